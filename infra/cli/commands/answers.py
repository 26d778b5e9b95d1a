"""`econchatr answers`: what a run's models answered, whole and side by side."""

import click

from infra.cli import options
from infra.cli.options import RunsFolder

TABLE = "generations"
COLUMNS = ("arm", "model", "item_kind", "question", "prompt", "answer")


@click.command(
    short_help="What a run's models answered, whole and side by side.",
    epilog="""\b
Example:
  econchatr answers mine.yaml --model llama-3.3-70b""",
)
@options.runs_folder
@click.option(
    "--run", "run_id", metavar="RUN_ID", help="Which run.  [default: the newest with answers]"
)
@click.option("--model", metavar="NAME", help="Which finished model.  [default: the first]")
def answers(runs_folder: RunsFolder, run_id: str | None, model: str | None) -> int:
    """What a run's models answered to the show's questions, whole and side by side."""
    from infra.cli.results.history import finished_run
    from infra.cli.terminal.screen import print_wrapped
    from infra.cli.terminal.side_by_side import answered, print_answers
    from shared.errors import InvalidField
    from shared.lake import keys

    out = runs_folder.path
    run = finished_run(
        out, run_id, lambda run: run.left(keys.table_file(TABLE, run.run_id)), "answers"
    )
    summary = run.summary or {}
    if run.dry:
        raise InvalidField(
            f"run {run.run_id} was a plan, which asks no model; `econchatr local {run.show or 'SHOW'}` asks them"
        )
    tuned = [one["model"] for one in summary["models"] if one["status"] == "succeeded"]
    named = model or next(iter(tuned), "")
    if named not in tuned:
        raise InvalidField(
            f"run {run.run_id} has no finished model {named!r}; it has {', '.join(tuned) or 'none'}"
        )
    print(f"{run.run_id}, {named}")
    for question in answered(run.rows(TABLE, COLUMNS), named):
        print_answers(question, lines=None)
    if summary["verdict"]:
        print()
        print_wrapped(summary["verdict"])
    return 0
