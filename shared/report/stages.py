"""The last stage, of a failed run too: what was bought and answered into the lake, then the report."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.lake import keys
from shared.lake.tables import Lake
from shared.ledger import Ledger
from shared.report import ending, record
from shared.report.ending import Closing, still_running
from shared.report.page import exports, html, quiz
from shared.report.record import RunRecord
from shared.report.results import Report, compute
from shared.report.summary import Summary, refused_summary, run_row, summarise

HTML = "text/html; charset=utf-8"
MAX_SUBJECT = 99  # characters that SNS takes


def close(
    lake: Lake, ledger: Ledger, run_id: str, state: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Write the run's last tables, summary and report; return how it ended, for the machine.

    `state` is the machine's, see `ending.ending`. A run that failed by itself has been closed already: of
    a closing after it the status is CLOSED, and nothing is written, unless something was still running.
    """
    if (state.get("closing") or {}).get("status") == "FAILED" and _is_closed(lake, run_id):
        return {"status": "CLOSED"}
    stopped = lake.read_json(keys.stopped(run_id)) if ending.failure(state) else None
    closing = ending.closing(ledger, run_id, state, stopped, now)
    summary = write_report(lake, closing)
    return {
        "status": summary["status"],
        "error": summary["error"],
        "cause": summary["cause"],
        "subject": f"EconChatR run {run_id}: {summary['status']}"[:MAX_SUBJECT],
        "message": _message(summary),
        "summary_key": keys.summary(run_id),
        "report_key": keys.report(run_id),
    }


def write_report(lake: Lake, closing: Closing) -> Summary:
    """Write the run's tables, its report with the rows beside it, and its summary, which is returned.

    A run may have failed anywhere: what it did not come to is zero or None. Of a run that was refused
    before it had a manifest there is a summary alone. Writing again replaces everything.
    """
    found = record.read(lake, closing)
    if found is None:
        how = closing.ending
        summary = refused_summary(closing.run_id, how.error, how.cause, how.status)
    else:
        report = compute(lake, found)
        summary = summarise(report)
        _write_tables(lake, found, report)
        _write_pages(lake, report)
    # Last: whoever finds it need not close the run.
    lake.write_json(keys.summary(closing.run_id), summary)
    return summary


def _is_closed(lake: Lake, run_id: str) -> bool:
    summary = lake.read_json(keys.summary(run_id))
    return summary is not None and not summary["left_running"]


def _message(summary: Summary) -> str:
    did = "A stand-in answered; it would have cost" if summary["stand_in"] else "Spent"
    spent = f"{did} {summary['settled_usd']} USD of {summary['ceiling_usd']}."
    left = [f"{still_running(job)}; stop it there." for job in summary["left_running"]]
    return " ".join([f"{summary['status']}.", spent, *left, summary["cause"] or ""])


def _write_tables(lake: Lake, found: RunRecord, report: Report) -> None:
    rows = {
        "jobs": found.jobs,
        "job_metrics": found.job_metrics,
        "generations": found.generations,
        "judgements": found.judgements,
        "metrics": report.metrics,
        "spend": report.spend,
        "runs": [run_row(report)],
    }
    for table, own in rows.items():
        lake.write_rows(table, keys.table_file(table, found.run_id), own)


def _write_pages(lake: Lake, report: Report) -> None:
    run_id = report.record.run_id
    if not report.no_quiz:
        page = quiz.render(report.record.settings, report.quiz)
        lake.write(keys.quiz(run_id), page.encode(), HTML)
    files = exports.write(lake, report)
    lake.write(keys.report(run_id), html.render(report, files).encode(), HTML)
