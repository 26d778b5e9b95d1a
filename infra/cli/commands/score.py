"""`econchatr score` and `econchatr quiz score`: answers from anywhere measured, and a blind quiz read back."""

from pathlib import Path

import click

from infra.cli.terminal.screen import print_json


@click.command(
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
@click.option("--json", "as_json", is_flag=True, help="A list of metric, arm, model, value, n.")
def score(answers: Path, show: str, feed: str | None, out: Path | None, as_json: bool) -> int:
    """The free measures on answers: columns question and answer, and where there are several, arm and model."""
    from infra.cli import inputs
    from infra.cli.answers.answer_file import read_answers
    from infra.cli.answers.score import print_scores, scores

    profile = inputs.show_profile(show)
    found = scores(read_answers(answers), profile, feed, out)
    if as_json:
        print_json(found)
    else:
        print_scores(found)
    return 0


@click.group(short_help="How often people told the host from machines.")
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
@click.option("--json", "as_json", is_flag=True, help="One object instead of sentences.")
def quiz_score(answers: Path, as_json: bool) -> int:
    """Read back a quiz's file; several people's may stand one below the other in it."""
    from infra.cli.answers.quiz import print_score, read_picks, scored

    found = scored(read_picks(answers))
    if as_json:
        print_json(found)
    else:
        print_score(found)
    return 0
