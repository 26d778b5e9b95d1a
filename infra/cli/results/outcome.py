"""What a run came to, printed when it is over, and the exit code that says it."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.cli.results import pages
from infra.cli.results.history import rows_of
from infra.cli.terminal.results import (
    print_corpus,
    print_plan,
    print_results,
    print_statistics,
    print_stopped,
)
from infra.cli.terminal.screen import print_wrapped
from infra.machine.follow import Finished
from shared.lake import keys

STOPPED = 130  # what a shell makes of Ctrl-C


def exit_code(finished: Finished) -> int:
    """Return 0 where the run succeeded, else what a shell is told, and print the cause to stderr."""
    if finished.status == "SUCCEEDED":
        return 0
    print(file=sys.stderr)
    print_wrapped(f"{finished.status}: {finished.error}: {finished.cause}", to_stderr=True)
    return STOPPED if finished.status == "ABORTED" else 1


def print_outcome(out: Path, bucket: Path, run_id: str, *, dry_run: bool) -> None:
    """Print what a run came to, from its objects in a bucket's folder; `out` is where a person finds its pages."""
    summary = document_at(bucket / keys.summary(run_id))
    if summary is None:  # writing the report is what failed
        return
    if dry_run and summary["pairs"]:
        _print_plan(bucket, run_id, summary["ceiling_usd"])
    print_corpus(summary)
    if not dry_run:
        answers = bucket / keys.table_file("generations", run_id)
        print_results(summary, rows_of(answers))
    if summary["status"] == "ABORTED":
        print_stopped(summary)
    _print_places(out, bucket, summary)


def _print_plan(bucket: Path, run_id: str, ceiling_usd: str) -> None:
    statistics = bucket / keys.table_file("token_stats", run_id)
    if statistics.is_file():
        print_statistics(rows_of(statistics))
    planned = document_at(bucket / keys.plan(run_id))
    if planned:
        print_plan(planned, ceiling_usd)


def _print_places(out: Path, bucket: Path, summary: Mapping[str, Any]) -> None:
    """Where the run's own report and summary are, and the page of all runs."""
    print()
    if summary["report"]:
        first = pages.foremost(pages.reported(bucket))
        newest = first is not None and first.run_id == summary["run_id"]
        print(f"Report:  {out / (pages.LATEST if newest else summary['report'])}")
        print(f"Reports: {out / pages.INDEX}: every run in this folder")
    print(f"Summary: {out / keys.summary(summary['run_id'])}")


def print_end(out: Path, bucket: Path, run_id: str) -> None:
    """Print in one line how a run ended, what it cost and where its report is."""
    summary = document_at(bucket / keys.summary(run_id))
    if summary is not None:
        did = "would have cost" if summary["stand_in"] else "spent"
        print(
            f"{summary['status']}: {run_id} {did} {summary['settled_usd']} of {summary['ceiling_usd']} USD; "
            f"{out / summary['report'] if summary['report'] else 'no report'}"
        )


def document_at(path: Path) -> Any:
    """Return a decoded JSON file, or None where there is none."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
