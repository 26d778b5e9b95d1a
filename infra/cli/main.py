"""The `econchatr` command: the whole product on a laptop, and questions to what it left.

Each command imports what it needs when it is called, so that help and completion cost nothing.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from infra.cli import arguments as typed
from infra.cli.aws.declared import (
    QUERIES,
    aws,
    fields_of,
    query_of,
    run_fields,
    sentences,
    together,
)
from infra.cli.interruptions import terminated_like_interrupted
from shared.errors import BadInput, EconChatRError

DEFAULT_OUT = Path("build/demo")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it succeeded, 1 when a run failed, 2 when the caller must change something."""
    try:
        with terminated_like_interrupted():
            ended = int(
                econchatr.main(arguments, prog_name="econchatr", standalone_mode=False) or 0
            )
        sys.stdout.flush()  # so that a reader who has gone is noticed here
        return ended
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except BadInput as error:
        _complain(f"econchatr: {error}")
        return 2
    except EconChatRError as error:
        _complain(f"econchatr: {type(error).__name__}: {error}")
        return 1
    except BrokenPipeError:  # whoever reads our output, such as `head`, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:  # a file where a folder must be, a full disk
        print(f"econchatr: {error}; check the files and folders you named", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, click.Abort):
        print(
            "econchatr: stopped; run the same command again to continue from what is there",
            file=sys.stderr,
        )
        return 130


def _complain(text: str) -> None:
    from infra.cli.telling.screen import say

    say(text, to_stderr=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="econchatr", message="%(prog)s %(version)s")
def econchatr() -> None:
    """Make language models sound like a podcast host, inside a spend ceiling that holds."""


_show = together(
    click.argument("named", metavar="[SHOW]", required=False),
    click.option("--show", metavar="NAME_OR_FILE", help="the same as SHOW"),
)
_place = together(
    click.option(
        "--out", type=Path, metavar="DIR", help="Where everything is kept.  [default: build/SHOW]"
    ),
    click.option(
        "--catalogue",
        type=Path,
        metavar="FILE",
        help="Models, providers and prices of your own, before the packaged ones.",
    ),
    click.option(
        "--month-ceiling-usd",
        default=typed.MONTH_CEILING_USD,
        show_default=True,
        metavar="USD",
        help="What all runs of a month may spend.",
    ),
)
_provider = together(
    click.option(
        "--openai-base-url",
        metavar="URL",
        help="A real model provider in place of the stand-in; its key is in the likes of NEBIUS_API_KEY, in "
        "the system's store (`econchatr keys set`), or in OPENAI_API_KEY.",
    ),
    click.option("--yes", is_flag=True, help="Agree beforehand to what a real provider may bill."),
)
_run_input = together(
    click.option(
        "--input",
        "document",
        metavar="JSON_OR_@FILE",
        help="The run input as on AWS; options go before it.",
    ),
    run_fields,
)
_telling = together(
    click.option("--quiet", is_flag=True, help="Only how it ended."),
    click.option(
        "--json", is_flag=True, help="Summary and plan as one JSON object; the rest goes to stderr."
    ),
)
_out = click.option(
    "--out",
    type=Path,
    default=DEFAULT_OUT,
    show_default=True,
    metavar="DIR",
    help="Where runs left their results.",
)


econchatr.add_command(aws)


@econchatr.command(
    short_help="Write the profile of a show, from a sample of it.",
    epilog="""\b
Examples:
  econchatr init ~/transcripts
  econchatr init https://example.org/feed.xml --file mine.yaml""",
)
@click.argument("source", metavar="FEED_OR_FOLDER_OR_PAGE")
@click.option("--file", type=Path, metavar="FILE", help="The profile.  [default: NAME.yaml]")
@click.option("--title", metavar="TEXT", help="What the show is called.")
def init(**given: Any) -> int:
    """Write the profile of a show, from a sample: who the host is, what they repeat, what can be read."""
    from infra.cli.beginning import init as command

    return command.run(typed.Init(**given))


@econchatr.command(
    short_help="One run of the whole machine in an embedded cloud.",
    epilog="""\b
Examples:
  econchatr local demo
  econchatr local mine.yaml --ceiling 10 --model llama-3.3-70b --epochs 4
  econchatr local mine.yaml --dry-run
  econchatr local mine.yaml --ceiling 10 --openai-base-url https://api.tokenfactory.nebius.com/v1/""",
)
@_show
@_place
@_run_input
@click.option("--dry-run", is_flag=True, help="Stop at the plan; spends nothing.")
@_provider
@_telling
def local(openai_base_url: str | None, yes: bool, document: str | None, **given: Any) -> int:
    """One run of the whole machine in an embedded cloud.

    Without --openai-base-url a stand-in takes the place of every model and charges nothing; then
    the ceiling is 10.00 unless --ceiling or --input say otherwise.
    """
    place, telling = _place_of(given), _telling_of(given)
    from infra.cli import runs

    return runs.local(
        typed.Run(place, document, fields_of(given), typed.Asked(openai_base_url, yes), telling)
    )


@econchatr.command(
    short_help="The same up to the plan; spends nothing.",
    epilog="""\b
Examples:
  econchatr plan demo
  econchatr plan mine.yaml --ceiling 40 --model gpt-4.1-mini --model llama-3.3-70b""",
)
@_show
@_place
@_run_input
@_telling
def plan(document: str | None, **given: Any) -> int:
    """What each model would cost and what the ceiling buys; spends nothing."""
    place, telling = _place_of(given), _telling_of(given)
    from infra.cli import runs

    return runs.plan(typed.Run(place, document, fields_of(given), telling=telling))


@econchatr.command(
    short_help="What can be tuned, where, at what price, until when.",
    epilog="""\b
Examples:
  econchatr models
  econchatr models --out build/demo""",
)
@click.option(
    "--show", metavar="NAME_OR_FILE", help="Whose plan and horizon count.  [default: any]"
)
@click.option("--out", type=Path, metavar="DIR", help="Where a plan tells how large the corpus is.")
@click.option("--catalogue", type=Path, metavar="FILE", help="Models and prices of your own.")
@click.option(
    "--openai-base-url", metavar="URL", help="A provider to ask, for nothing, whether your key may."
)
def models(**given: Any) -> int:
    """What can be tuned, where, at what price, until when; cheapest for a corpus first."""
    from infra.cli import models as command

    return command.run(typed.Models(**given))


@econchatr.command(
    short_help="One question to a finished model, tuned and untuned.",
    epilog="""\b
Example:
  econchatr ask "Why do fences matter?" demo""",
)
@click.argument("question")
@_show
@_place
@_provider
@click.option(
    "--model", metavar="NAME", help="Which finished model.  [default: the newest run's first]"
)
@click.option(
    "--ceiling-usd",
    default="0.10",
    show_default=True,
    metavar="USD",
    help="What the answers may cost at most.",
)
def ask(
    question: str,
    model: str | None,
    ceiling_usd: str,
    openai_base_url: str | None,
    yes: bool,
    **given: Any,
) -> int:
    """One question to a finished model, to its base and to the prompted base, side by side."""
    place = _place_of(given)
    from infra.cli.answers import ask as command

    return command.answer(
        typed.Ask(question, place, typed.Asked(openai_base_url, yes), model, ceiling_usd)
    )


@econchatr.command(
    short_help="A packaged query, or SQL, on the embedded Athena.",
    epilog="\b\nExamples:\n  econchatr query answers_side_by_side --format full\n"
    "  econchatr query 'SHOW TABLES' --out build/mine\n\n" + QUERIES,
)
@query_of
@_out
@click.option("--stack", metavar="NAME", help="A deployed stack's lake instead of a folder's.")
def query(stack: str | None, **given: Any) -> int:
    """A packaged query, or one SELECT, SHOW, DESCRIBE or EXPLAIN; it changes nothing."""
    from infra.cli import query as command

    with sentences():
        return command.run(typed.Query(**given, where=typed.Where(stack) if stack else None))


@econchatr.command(
    short_help="The runs in a folder, the newest first.",
    epilog="""\b
Example:
  econchatr runs --out build/mine""",
)
@_out
@click.option("--json", is_flag=True, help="The runs' whole summaries.")
def runs(**given: Any) -> int:
    """The runs in a folder, the newest first: how each ended, what it cost, where its report is."""
    from infra.cli.looking import history

    return history.run(typed.Runs(**given))


@econchatr.command(
    short_help="What a run's models answered, whole and side by side.",
    epilog="""\b
Example:
  econchatr answers --out build/mine --model llama-3.3-70b""",
)
@_out
@click.option("--run", metavar="RUN_ID", help="Which run.  [default: the newest with answers]")
@click.option("--model", metavar="NAME", help="Which finished model.  [default: the first]")
def answers(**given: Any) -> int:
    """What a run's models answered to the show's questions, whole and side by side."""
    from infra.cli.looking import answers as command

    return command.run(typed.Answers(**given))


@econchatr.command(
    short_help="Which pairs train, which do not, and why.",
    epilog="""\b
Examples:
  econchatr pairs --out build/mine
  econchatr pairs --out build/mine --fate "prompt too short" --limit 3""",
)
@_out
@click.option("--run", metavar="RUN_ID", help="Which run.  [default: the newest with pairs]")
@click.option("--fate", metavar="FATE", help="Print pairs of which this became, `chosen` among it.")
@click.option("--pattern", metavar="PATTERN", help="Print pairs that this must_have found.")
@click.option("--limit", type=click.IntRange(1), default=5, show_default=True, help="How many.")
def pairs(**given: Any) -> int:
    """What became of every pair: which train which model, which do not and why, what each must_have found."""
    from infra.cli.looking import pairs as command

    return command.run(typed.Pairs(**given))


@econchatr.command(
    "open",
    short_help="A run's report in the browser.",
    epilog="""\b
Example:
  econchatr open --out build/mine""",
)
@_out
@click.option("--run", metavar="RUN_ID", help="Which run.  [default: the one that matters most]")
def open_report(**given: Any) -> int:
    """A run's report in the browser; prints where it is."""
    from infra.cli.looking import page

    return page.run(typed.Open(**given))


@econchatr.command(
    short_help="Training files in every format, and a recipe for a GPU of your own.",
    epilog="""\b
Examples:
  econchatr export demo
  econchatr export mine.yaml --out build/mine --into ~/training""",
)
@_show
@click.option(
    "--out",
    type=Path,
    metavar="DIR",
    help="Where a plan or a run left pairs; a plan is made where none did.  [default: build/SHOW]",
)
@click.option(
    "--into", type=Path, metavar="FOLDER", help="Where the files go.  [default: DIR/export]"
)
def export(out: Path | None, into: Path | None, **given: Any) -> int:
    """Training files in every format, a recipe for a GPU of your own and a model card; buys nothing."""
    show = _show_of(given)
    from infra.cli.exporting import export as command

    return command.run(typed.Export(show, out, into))


@econchatr.command(
    short_help="Remove episodes from everything that is kept.",
    epilog="""\b
Example:
  econchatr forget mine.yaml https://example.org/an-episode/ --out build/mine""",
)
@click.argument("named", metavar="SHOW")
@click.argument("episodes", metavar="EPISODE...", nargs=-1, required=True)
@_place
@click.option("--yes", is_flag=True, help="Agree beforehand.")
def forget(episodes: tuple[str, ...], yes: bool, **given: Any) -> int:
    """Remove episodes, by id or address, from everything that is kept, for good; names the models they trained."""
    place = _place_of({**given, "show": None})
    from infra.cli.removing import forget as command

    return command.run(typed.Forget(place, episodes, yes))


@econchatr.command(
    short_help="What the parser sees on one page.",
    epilog="""\b
Example:
  econchatr inspect https://example.org/an-episode/ --show mine.yaml""",
)
@click.argument("page", metavar="URL_OR_FILE")
@click.option("--show", required=True, metavar="NAME_OR_FILE", help="A packaged show or a profile.")
@click.option(
    "--out", type=Path, metavar="DIR", help="Where a lake tells of episodes with the same turns."
)
def inspect(**given: Any) -> int:
    """What the parser sees on one page or in one file of a transcript."""
    from infra.cli import inspect_page

    return inspect_page.run(typed.Inspect(**given))


@econchatr.command(
    short_help="The free measures on answers that came from anywhere.",
    epilog="""\b
Example:
  econchatr score answers.csv --show demo --out build/demo""",
)
@click.argument("answers", type=Path, metavar="FILE.csv")
@click.option("--show", required=True, metavar="NAME_OR_FILE", help="A packaged show or a profile.")
@click.option(
    "--feed", metavar="FILE_OR_URL", help="The show's feed, which knows its guests by year."
)
@click.option(
    "--out",
    type=Path,
    metavar="DIR",
    help="Where a lake tells of quotes, guests and what was copied.",
)
@click.option("--json", is_flag=True, help="A list of metric, arm, model, value, n.")
def score(**given: Any) -> int:
    """The free measures on answers: columns question and answer, and where there are several, arm and model."""
    from infra.cli.answers import score as command

    return command.run(typed.Score(**given))


@econchatr.group(short_help="How often people told the host from machines.")
def quiz() -> None:
    """How often people told the host from machines in the blind quiz."""


@quiz.command(
    "score",
    short_help="Read back what the blind quiz lets one download.",
    epilog="""\b
Example:
  econchatr quiz score answers.csv""",
)
@click.argument("answers", type=Path, metavar="FILE.csv")
@click.option("--json", is_flag=True, help="One object instead of sentences.")
def quiz_score(**given: Any) -> int:
    """Read back a quiz's file; several people's may stand one below the other in it."""
    from infra.cli.answers import quiz as command

    return command.score(typed.QuizScore(**given))


@econchatr.group(
    short_help="Providers' API keys, in the system's own store of secrets.",
    epilog="""\b
Example:
  econchatr keys set nebius""",
)
def keys() -> None:
    """Providers' API keys, in the system's own store of secrets.

    A provider's own variable, such as NEBIUS_API_KEY, goes before it. OPENAI_API_KEY is OpenAI's own, and asked
    last for every other.
    """


_own_catalogue = click.option(
    "--catalogue", type=Path, metavar="FILE", help="Providers of your own."
)


@keys.command(
    "set",
    short_help="Keep a provider's key.",
    epilog="""\b
Examples:
  econchatr keys set nebius
  econchatr keys set nebius < key.txt""",
)
@click.argument("name", metavar="PROVIDER_OR_HOST")
@_own_catalogue
def keys_set(**given: Any) -> int:
    """Keep a provider's key: asked for without an echo, or read from standard input."""
    from infra.cli.keys import commands

    return commands.put(typed.Keys(**given))


@keys.command(
    "list",
    short_help="Which providers there is a key for, and where.",
    epilog="""\b
Example:
  econchatr keys list""",
)
@_own_catalogue
def keys_list(**given: Any) -> int:
    """Which providers there is a key for, and where; never the key."""
    from infra.cli.keys import commands

    return commands.show(typed.Keys(**given))


@keys.command(
    "forget",
    short_help="Take a provider's key out of the store.",
    epilog="""\b
Example:
  econchatr keys forget nebius""",
)
@click.argument("name", metavar="PROVIDER_OR_HOST")
def keys_forget(**given: Any) -> int:
    """Take a provider's key out of the store."""
    from infra.cli.keys import commands

    return commands.forget(typed.Keys(**given))


def _place_of(given: dict[str, Any]) -> typed.Place:
    """The show that was named and where its results lie; takes them out of `given`."""
    return typed.Place(
        _show_of(given), given.pop("out"), given.pop("catalogue"), given.pop("month_ceiling_usd")
    )


def _telling_of(given: dict[str, Any]) -> typed.Telling:
    """How much is to be told; takes it out of `given`."""
    return typed.Telling(quiet=given.pop("quiet"), json=given.pop("json"))


def _show_of(given: dict[str, Any]) -> str:
    """The show that was named in one of two ways; takes them out of `given`."""
    names = [name for name in (given.pop("named"), given.pop("show")) if name]
    if len(set(names)) != 1:
        raise click.UsageError(
            "name one show: a packaged one such as demo, or a profile file such as mine.yaml"
        )
    return str(names[0])


if __name__ == "__main__":
    sys.exit(main())
