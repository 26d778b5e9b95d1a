"""`econchatr answers`: what a run's models answered, whole and side by side."""

from infra.cli.arguments import Answers
from infra.cli.results.history import finished_run
from infra.cli.terminal.side_by_side import answered, print_answers
from shared.errors import InvalidField
from shared.lake import keys

TABLE = "generations"
COLUMNS = ("arm", "model", "item_kind", "question", "prompt", "answer")


def run(arguments: Answers) -> int:
    """Print every question of the show with what each arm of a model answered; 0."""
    run = finished_run(
        arguments.out,
        arguments.run,
        lambda run: run.left(keys.table_file(TABLE, run.run_id)),
        "answers",
    )
    summary = run.summary or {}
    tuned = [one["model"] for one in summary["models"] if one["status"] == "succeeded"]
    model = arguments.model or next(iter(tuned), "")
    if model not in tuned:
        raise InvalidField(
            f"run {run.run_id} has no finished model {model!r}; it has {', '.join(tuned) or 'none'}"
        )
    print(f"{run.run_id}, {model}")
    for question in answered(run.rows(TABLE, COLUMNS), model):
        print_answers(question, lines=None)
    if summary["verdict"]:
        print(f"\n{summary['verdict']}")
    return 0
