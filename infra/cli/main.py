"""The `econchatr` command: the whole product on a laptop, and questions to what it left."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.cli import inspect_page, models, query, runs
from infra.cli.answers import ask, quiz, score
from infra.cli.interruptions import terminated_like_interrupted
from shared.errors import BadInput, EconChatRError

DEFAULT_OUT = Path("build/demo")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it succeeded, 1 when a run failed, 2 when the caller must change something."""
    asked = _parser().parse_args(arguments)
    try:
        with terminated_like_interrupted():
            ended = int(asked.run(asked))
        sys.stdout.flush()  # so that a reader who has gone is noticed here
        return ended
    except BadInput as error:
        print(f"econchatr: {error}", file=sys.stderr)
        return 2
    except EconChatRError as error:
        print(f"econchatr: {type(error).__name__}: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # whoever reads our output, such as `head`, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:  # a file where a folder must be, a full disk
        print(f"econchatr: {error}; check the files and folders you named", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "econchatr: stopped; run the same command again to continue from what is there",
            file=sys.stderr,
        )
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="econchatr",
        description="Make language models sound like a podcast host, inside a spend ceiling that holds.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_local(
        commands.add_parser("local", help="one run of the whole machine in an embedded cloud")
    )
    _add_plan(commands.add_parser("plan", help="the same up to the plan; spends nothing"))
    _add_models(
        commands.add_parser("models", help="what can be tuned, where, at what price, until when")
    )
    _add_ask(commands.add_parser("ask", help="one question to a finished model, tuned and untuned"))
    _add_query(
        commands.add_parser("query", help="a packaged or ad-hoc Athena query on the embedded lake")
    )
    _add_inspect(commands.add_parser("inspect", help="what the parser sees on one page"))
    _add_score(
        commands.add_parser("score", help="the free measures on answers that came from anywhere")
    )
    _add_quiz(commands.add_parser("quiz", help="how often people told the host from machines"))
    return parser


def _add_prices(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--catalogue",
        type=Path,
        metavar="FILE",
        help="models and prices of your own, before the packaged ones",
    )


def _add_place_and_prices(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--show", required=True, metavar="NAME_OR_FILE", help="a packaged show or a profile file"
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="the bucket as plain files"
    )
    _add_prices(parser)
    parser.add_argument(
        "--month-ceiling-usd",
        default="1000.00",
        metavar="USD",
        help="what all runs of a month may spend (default: %(default)s)",
    )


def _add_run_options(parser: argparse.ArgumentParser) -> None:
    _add_place_and_prices(parser)
    parser.add_argument(
        "--input", default="{}", metavar="JSON_OR_@FILE", help="the run input, as JSON or @file"
    )


def _add_models(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--show", metavar="NAME_OR_FILE", help="whose plan and horizon count (default: any plan)"
    )
    parser.add_argument(
        "--out", type=Path, metavar="DIR", help="where a plan tells how large the corpus is"
    )
    _add_prices(parser)
    _add_address(parser, "a provider to ask, for nothing, whether your key may; needs")
    parser.set_defaults(run=models.run)


def _add_address(parser: argparse.ArgumentParser, meant: str) -> None:
    parser.add_argument("--openai-base-url", metavar="URL", help=f"{meant} OPENAI_API_KEY")


def _add_provider(parser: argparse.ArgumentParser) -> None:
    _add_address(parser, "a model provider to use in place of the stand-in; needs")
    parser.add_argument(
        "--yes", action="store_true", help="agree beforehand to what a real provider may bill"
    )


def _add_local(parser: argparse.ArgumentParser) -> None:
    _add_run_options(parser)
    _add_provider(parser)
    parser.set_defaults(run=runs.local)


def _add_plan(parser: argparse.ArgumentParser) -> None:
    _add_run_options(parser)
    parser.set_defaults(run=runs.plan, openai_base_url=None, yes=False)


def _add_ask(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("question", metavar="QUESTION", help="what the models are asked")
    _add_place_and_prices(parser)
    _add_provider(parser)
    parser.add_argument(
        "--model", metavar="NAME", help="which finished model (default: the newest run's first)"
    )
    parser.add_argument(
        "--ceiling-usd",
        default="0.10",
        metavar="USD",
        help="what the answers may cost at most (default: %(default)s)",
    )
    parser.set_defaults(run=ask.answer)


def _add_query(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "query", metavar="NAME_OR_SQL", help=f"one of {', '.join(query.packaged_names())}; or SQL"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=DEFAULT_OUT,
        metavar="DIR",
        help="where a run left its lake (default: %(default)s)",
    )
    parser.set_defaults(run=query.run)


def _add_inspect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("page", metavar="URL_OR_FILE")
    parser.add_argument(
        "--show", required=True, metavar="NAME_OR_FILE", help="a packaged show or a profile file"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="where a run left its lake, to tell whether an episode has the same turns",
    )
    parser.set_defaults(run=inspect_page.run)


def _add_score(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "answers",
        type=Path,
        metavar="FILE.csv",
        help="columns question and answer, and where there are several arms, arm and model",
    )
    parser.add_argument(
        "--show", required=True, metavar="NAME_OR_FILE", help="a packaged show or a profile file"
    )
    parser.add_argument(
        "--feed", metavar="FILE_OR_URL", help="the show's feed, which knows its guests by year"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="where a run left its lake, for quotes, guests and what was copied",
    )
    parser.add_argument(
        "--json", action="store_true", help="a list of metric, arm, model, value, n"
    )
    parser.set_defaults(run=score.run)


def _add_quiz(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    scored = actions.add_parser("score", help="read back what a blind quiz lets one download")
    scored.add_argument(
        "answers",
        type=Path,
        metavar="FILE.csv",
        help="as downloaded from quiz.html; several people's files may stand one below the other",
    )
    scored.add_argument("--json", action="store_true", help="one object instead of sentences")
    scored.set_defaults(run=quiz.score)


if __name__ == "__main__":
    sys.exit(main())
