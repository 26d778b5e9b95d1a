"""`econchatr runs`: the runs whose results lie in a folder, the newest first."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from infra.cli.arguments import Runs
from infra.cli.terminal.screen import print_table
from shared.errors import BadInput


class NoRuns(BadInput):
    """The folder holds no run."""


def run(arguments: Runs) -> int:
    """Print a line a run, or the summaries as JSON; 0."""
    found = list(summaries(arguments.out))
    if arguments.json:
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return 0
    print_runs(found, arguments.out)
    return 0


def print_runs(found: Sequence[Mapping[str, Any]], place: Path | str) -> None:
    """A line a run, from the summaries; `place` is where the reports lie."""
    print_table(
        ("run", "status", "models", "cost", "ceiling", "report"),
        [
            (
                one["run_id"],
                one["error"] or one["status"],
                ", ".join(model["name"] for model in one["models"]) or "-",
                one["settled_usd"],
                one["ceiling_usd"],
                f"{place}/{one['report']}" if one["report"] else "-",
            )
            for one in found
        ],
    )


def newest(
    out: Path, run_id: str | None, leaves: Callable[[str], str], what: str
) -> dict[str, Any]:
    """The summary of the named run, or of the newest, that left the file which `leaves` names; raises NoRuns."""
    for summary in summaries(out):
        there = (out / leaves(summary["run_id"])).is_file()
        if there and run_id in (None, summary["run_id"]):
            return summary
    which = f"run {run_id!r}" if run_id else "run"
    raise NoRuns(f"{out} holds no {which} with {what}; `econchatr runs --out {out}` lists them")


def rows_of(path: Path, columns: Sequence[str] | None = None) -> list[dict[str, Any]]:
    """The rows of a Parquet file, only `columns` if given; none where there is no such file."""
    if not path.is_file():
        return []
    import pyarrow.parquet as pq

    rows: list[dict[str, Any]] = pq.read_table(
        path, columns=list(columns) if columns else None, partitioning=None
    ).to_pylist()
    return rows


def summaries(out: Path) -> Iterator[dict[str, Any]]:
    """The summaries of the runs in `out`, the newest first; raises NoRuns."""
    files = sorted(out.glob("runs/*/summary.json"), key=lambda path: path.stat().st_mtime)
    if not files:
        raise NoRuns(f"{out} holds no run; run `econchatr local --out {out} ...` first")
    for path in reversed(files):
        yield json.loads(path.read_text("utf-8"))
