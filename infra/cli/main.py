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
from infra.cli import options
from infra.cli.aws.declared import aws, sentences
from infra.cli.keys.declared import keys
from infra.machine.interruptions import terminated_like_interrupted
from shared.errors import BadInput, EconChatRError


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
        _complain(f"econchatr: {error}; check the files and folders you named")
        return 2
    except (KeyboardInterrupt, click.Abort):
        _complain("econchatr: stopped; run the same command again to continue from what is there")
        return 130


def _complain(text: str) -> None:
    from infra.cli.terminal.screen import print_wrapped

    print_wrapped(text, to_stderr=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="econchatr", message="%(prog)s %(version)s")
def econchatr() -> None:
    """Make language models sound like a podcast host, inside a spend ceiling that holds."""


econchatr.add_command(aws)
econchatr.add_command(keys)


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
    from infra.cli.init import profile as command

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
@options.show
@options.place
@options.run_input
@click.option("--dry-run", is_flag=True, help="Stop at the plan; spends nothing.")
@options.provider
@options.telling
def local(openai_base_url: str | None, yes: bool, document: str | None, **given: Any) -> int:
    """One run of the whole machine in an embedded cloud.

    Without --openai-base-url a stand-in takes the place of every model and charges nothing; then
    the ceiling is 10.00 unless --ceiling or --input say otherwise.
    """
    place, telling = options.place_of(given), options.telling_of(given)
    from infra.cli import local_run

    return local_run.local(
        typed.Run(
            place, document, options.fields_of(given), typed.Asked(openai_base_url, yes), telling
        )
    )


@econchatr.command(
    short_help="The same up to the plan; spends nothing.",
    epilog="""\b
Examples:
  econchatr plan demo
  econchatr plan mine.yaml --ceiling 40 --model gpt-4.1-mini --model llama-3.3-70b""",
)
@options.show
@options.place
@options.run_input
@options.telling
def plan(document: str | None, **given: Any) -> int:
    """What each model would cost and what the ceiling buys; spends nothing."""
    place, telling = options.place_of(given), options.telling_of(given)
    from infra.cli import local_run

    return local_run.plan(typed.Run(place, document, options.fields_of(given), telling=telling))


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
@options.show
@options.place
@options.provider
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
    place = options.place_of(given)
    from infra.cli.answers import ask as command

    return command.answer(
        typed.Ask(question, place, typed.Asked(openai_base_url, yes), model, ceiling_usd)
    )


@econchatr.command(
    short_help="A packaged query, or SQL, on the embedded Athena.",
    epilog="\b\nExamples:\n  econchatr query answers_side_by_side --format full\n"
    "  econchatr query 'SHOW TABLES' --out build/mine\n\n" + options.QUERIES,
)
@options.query_of
@options.out_of_demo
@click.option("--stack", metavar="NAME", help="A deployed stack's lake instead of a folder's.")
def query(stack: str | None, **given: Any) -> int:
    """A packaged query, or one SELECT, SHOW, DESCRIBE or EXPLAIN; it changes nothing."""
    from infra.cli.query import query as command

    with sentences():
        return command.run(typed.Query(**given, where=typed.Where(stack) if stack else None))


@econchatr.command(
    short_help="The runs in a folder, the newest first.",
    epilog="""\b
Example:
  econchatr runs --out build/mine""",
)
@options.out_of_demo
@click.option("--json", is_flag=True, help="The runs' whole summaries.")
def runs(**given: Any) -> int:
    """The runs in a folder, the newest first: how each ended, what it cost, where its report is."""
    from infra.cli.show import runs as command

    return command.run(typed.Runs(**given))


@econchatr.command(
    short_help="What a run's models answered, whole and side by side.",
    epilog="""\b
Example:
  econchatr answers --out build/mine --model llama-3.3-70b""",
)
@options.out_of_demo
@click.option("--run", metavar="RUN_ID", help="Which run.  [default: the newest with answers]")
@click.option("--model", metavar="NAME", help="Which finished model.  [default: the first]")
def answers(**given: Any) -> int:
    """What a run's models answered to the show's questions, whole and side by side."""
    from infra.cli.show import answers as command

    return command.run(typed.Answers(**given))


@econchatr.command(
    short_help="Which pairs train, which do not, and why.",
    epilog="""\b
Examples:
  econchatr pairs --out build/mine
  econchatr pairs --out build/mine --fate "prompt too short" --limit 3""",
)
@options.out_of_demo
@click.option("--run", metavar="RUN_ID", help="Which run.  [default: the newest with pairs]")
@click.option("--fate", metavar="FATE", help="Print pairs of which this became, `chosen` among it.")
@click.option("--pattern", metavar="PATTERN", help="Print pairs that this must_have found.")
@click.option("--limit", type=click.IntRange(1), default=5, show_default=True, help="How many.")
def pairs(**given: Any) -> int:
    """What became of every pair: which train which model, which do not and why, what each must_have found."""
    from infra.cli.show import pairs as command

    return command.run(typed.Pairs(**given))


@econchatr.command(
    "open",
    short_help="A run's report in the browser.",
    epilog="""\b
Example:
  econchatr open --out build/mine""",
)
@options.out_of_demo
@click.option("--run", metavar="RUN_ID", help="Which run.  [default: the one that matters most]")
def open_report(**given: Any) -> int:
    """A run's report in the browser; prints where it is."""
    from infra.cli.show import page

    return page.run(typed.Open(**given))


@econchatr.command(
    short_help="Training files in every format, and a recipe for a GPU of your own.",
    epilog="""\b
Examples:
  econchatr export demo
  econchatr export mine.yaml --out build/mine --into ~/training""",
)
@options.show
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
    show = options.show_of(given)
    from infra.cli.export import export as command

    return command.run(typed.Export(show, out, into))


@econchatr.command(
    short_help="Remove episodes from everything that is kept.",
    epilog="""\b
Example:
  econchatr forget mine.yaml https://example.org/an-episode/ --out build/mine""",
)
@click.argument("named", metavar="SHOW")
@click.argument("episodes", metavar="EPISODE...", nargs=-1, required=True)
@options.place
@click.option("--yes", is_flag=True, help="Agree beforehand.")
def forget(episodes: tuple[str, ...], yes: bool, **given: Any) -> int:
    """Remove episodes, by id or address, from everything that is kept, for good; names the models they trained."""
    place = options.place_of({**given, "show": None})
    from infra.cli import forget as command

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


if __name__ == "__main__":
    sys.exit(main())
