"""What a run came to, printed when it is over, and the exit code that says it."""

import sys
from collections.abc import Callable
from pathlib import Path

from infra.cli.results import pages
from infra.cli.terminal.results import (
    print_corpus,
    print_plan,
    print_results,
    print_statistics,
    print_stopped,
)
from infra.cli.terminal.screen import print_wrapped
from infra.machine.follow import Finished
from infra.machine.runs import Run, RunStore
from shared.lake import keys

STOPPED = 130  # what a shell makes of Ctrl-C


def exit_code(finished: Finished) -> int:
    """Return 0 where the run succeeded, else what a shell is told, and print the cause to stderr."""
    if finished.status == "SUCCEEDED":
        return 0
    print(file=sys.stderr)
    print_wrapped(f"{finished.status}: {finished.error}: {finished.cause}", to_stderr=True)
    return STOPPED if finished.status == "ABORTED" else 1


def print_outcome(
    store: RunStore, run_id: str, out: Path, print_choice: Callable[[], None] = lambda: None
) -> None:
    """Print what a run came to; `out` is where a person finds its pages. Nothing where it left no summary.

    `print_choice` is what a plan prints of the models that it might have had.
    """
    run = store.find(run_id)
    if run is None or run.summary is None:  # writing the report is what failed
        return
    if run.dry and run.summary["pairs"]:
        _print_plan(run)
        print_choice()
    print_corpus(run.summary)
    if not run.dry:
        print_results(run.summary, run.rows("generations"))
    if run.summary["status"] == "ABORTED":
        print_stopped(run.summary)
    print()
    if run.summary["report"]:
        newest = pages.foremost(pages.reported(store)) == run
        print(f"Report:  {out / (pages.LATEST if newest else run.summary['report'])}")
        print(f"Reports: {out / pages.INDEX}: every run in this folder")
    print(f"Summary: {out / keys.summary(run_id)}")


def print_end(store: RunStore, run_id: str, out: Path) -> None:
    """Print in one line how a run ended, what it cost and where its report is."""
    run = store.find(run_id)
    if run is None or run.summary is None:
        return
    summary = run.summary
    did = "would have cost" if summary["stand_in"] else "spent"
    print(
        f"{summary['status']}: {run_id} {did} {summary['settled_usd']} of {summary['ceiling_usd']} USD; "
        f"{out / summary['report'] if summary['report'] else 'no report'}"
    )


def _print_plan(run: Run) -> None:
    if statistics := run.rows("token_stats"):
        print_statistics(statistics)
    if planned := run.json(keys.plan(run.run_id)):
        print_plan(planned, (run.summary or {})["ceiling_usd"])
        if power := (run.summary or {})["verdict"]:
            print_wrapped(power)
