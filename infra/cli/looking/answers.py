"""`econchatr answers`: what a run's models answered, whole and side by side."""

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from infra.cli.answers.side_by_side import answered, print_answers
from infra.cli.arguments import Answers
from infra.cli.looking.history import NoRuns, summaries
from shared.errors import InvalidField
from shared.lake import keys

COLUMNS = ["arm", "model", "item_kind", "question", "prompt", "answer"]


def run(arguments: Answers) -> int:
    """Print every question of the show with what each arm of a model answered; 0."""
    summary = _summary(arguments.out, arguments.run)
    tuned = [one["model"] for one in summary["models"] if one["status"] == "succeeded"]
    model = arguments.model or next(iter(tuned), "")
    if model not in tuned:
        raise InvalidField(
            f"run {summary['run_id']} has no finished model {model!r}; it has {', '.join(tuned) or 'none'}"
        )
    path = arguments.out / keys.table_file("generations", summary["run_id"])
    rows = pq.read_table(path, columns=COLUMNS, partitioning=None).to_pylist()
    print(f"{summary['run_id']}, {model}")
    for question in answered(rows, model):
        print_answers(question, lines=None)
    if summary["verdict"]:
        print(f"\n{summary['verdict']}")
    return 0


def _summary(out: Path, run_id: str | None) -> dict[str, Any]:
    """The named run's, or the newest that bought answers; raises NoRuns."""
    for summary in summaries(out):
        answers = out / keys.table_file("generations", summary["run_id"])
        if answers.is_file() and run_id in (None, summary["run_id"]):
            return summary
    which = f"run {run_id!r}" if run_id else "run"
    raise NoRuns(f"{out} holds no {which} with answers; `econchatr runs --out {out}` lists them")
