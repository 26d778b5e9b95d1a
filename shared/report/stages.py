"""The last stage, of a failed run too: what was bought and answered into the lake, then the report."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.lake import keys
from shared.lake.tables import Lake, typed
from shared.ledger import Entry, Ledger, RunNotOpen, Totals
from shared.report import tables
from shared.report.collect import collect
from shared.report.html import render
from shared.report.scores import scores
from shared.report.summary import refused_summary, summarise

MAX_SUBJECT = 99  # characters that SNS takes


def close(
    lake: Lake, ledger: Ledger, run_id: str, failure: Mapping[str, str] | None, now: datetime
) -> dict[str, Any]:
    """Write the run's last tables, summary and report; return how it ended, for the machine.

    `failure` is what Step Functions caught: {"Error", "Cause"}.
    """
    for table, folder in (("jobs", "jobs"), ("job_metrics", "curves"), ("generations", "answers")):
        _keep(lake, run_id, table, folder)
    error, cause = explain(lake, run_id, failure)
    summary = write_report(lake, run_id, *_money(ledger, run_id), error, cause, now)
    return {
        "status": summary["status"],
        "error": error,
        "cause": cause,
        "subject": f"EconChatR run {run_id}: {summary['status']}"[:MAX_SUBJECT],
        "message": (
            f"{summary['status']}. Spent {summary['settled_usd']} USD of {summary['ceiling_usd']}. "
            f"{cause or ''}"
        ),
        "summary_key": keys.summary(run_id),
        "report_key": keys.report(run_id),
    }


def explain(
    lake: Lake, run_id: str, failure: Mapping[str, str] | None
) -> tuple[str | None, str | None]:
    """The error's name and its sentence, dug out of what Step Functions caught."""
    if failure is None:
        return None, None
    # A Distributed Map reports only that too many items failed; the batch left the reason behind.
    stopped = lake.read_json(keys.stopped(run_id))
    if stopped is not None and failure["Error"].startswith("States."):
        return stopped["error"], stopped["cause"]
    return failure["Error"], _sentence(failure.get("Cause", ""))


def _sentence(cause: str) -> str:
    try:
        return str(json.loads(cause)["errorMessage"])
    except (ValueError, KeyError, TypeError):
        return cause


def _keep(lake: Lake, run_id: str, table: str, folder: str) -> None:
    rows: list[dict[str, object]] = []
    for key in lake.keys(f"runs/{run_id}/{folder}/"):
        kept = lake.read_json(key)
        rows.extend(typed(table, row) for row in (kept if isinstance(kept, list) else [kept]))
    lake.write_rows(table, keys.table_file(table, run_id), rows)


def _money(ledger: Ledger, run_id: str) -> tuple[Any, Any]:
    try:
        return ledger.totals(run_id), ledger.entries(run_id)
    except RunNotOpen:
        return None, ()


def write_report(
    lake: Lake,
    run_id: str,
    totals: Totals | None,
    entries: Sequence[Entry],
    error: str | None,
    cause: str | None,
    finished_at: datetime,
) -> dict[str, Any]:
    """Write the run's `metrics`, `spend` and `runs` rows, summary.json and report.html; return the summary.

    A run may have failed anywhere: what it did not come to is zero or None. A run refused before it
    had a manifest leaves its summary alone. Writing again replaces everything.
    """
    record = collect(lake, run_id, totals, entries, error, cause, finished_at)
    if record is None:
        summary = refused_summary(run_id, error, cause)
        lake.write_json(keys.summary(run_id), summary)
        return summary
    scored = scores(lake, record)
    summary = summarise(record, scored)
    lake.write_rows("metrics", keys.table_file("metrics", run_id), scored)
    lake.write_rows("spend", keys.table_file("spend", run_id), tables.spend_rows(record))
    lake.write_rows("runs", keys.table_file("runs", run_id), [tables.run_row(record)])
    lake.write_json(keys.summary(run_id), summary)
    lake.write(keys.report(run_id), render(record, scored).encode(), "text/html; charset=utf-8")
    return summary
