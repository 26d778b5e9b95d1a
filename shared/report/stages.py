"""The last stage, of a failed run too: what was bought and answered into the lake, then the report."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.lake import from_json, keys
from shared.lake.rows import TABLES
from shared.lake.tables import Lake
from shared.ledger import Entry, Ledger, RunNotOpen, Totals
from shared.report import jury, tables
from shared.report.ending import (
    ending,
    left_running,
    still_running,
    style_failure,
    unsettled_jobs,
)
from shared.report.page import choice, exports, quiz
from shared.report.page.html import render
from shared.report.record import collect
from shared.report.scores import copied, known, scores
from shared.report.summary import refused_summary, summarise

HTML = "text/html; charset=utf-8"
MAX_SUBJECT = 99  # characters that SNS takes


def close(
    lake: Lake, ledger: Ledger, run_id: str, state: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """Write the run's last tables, summary and report; return how it ended, for the machine.

    `state` is the machine's, see `ending`. A run that failed by itself has been closed already: of a
    closing after it the status is CLOSED, and nothing is written, unless something was still running.
    """
    if (state.get("closing") or {}).get("status") == "FAILED" and _is_closed(lake, run_id):
        return {"status": "CLOSED"}
    totals, entries = _money(ledger, run_id)
    _keep(lake, run_id, "jobs", "jobs", unsettled_jobs(lake, ledger, run_id, entries))
    _keep(lake, run_id, "job_metrics", "curves")
    _keep(lake, run_id, "generations", "answers")
    _keep(lake, run_id, "judgements", "judgements")
    ended = ending(lake, run_id, state)
    left = left_running(ledger, entries)
    summary = write_report(
        *(lake, run_id, totals, entries, ended.error, ended.cause, now),
        status=ended.status,
        left=left,
        no_style=style_failure(state),
    )
    return {
        "status": summary["status"],
        "error": ended.error,
        "cause": ended.cause,
        "subject": f"EconChatR run {run_id}: {summary['status']}"[:MAX_SUBJECT],
        "message": _message(summary),
        "summary_key": keys.summary(run_id),
        "report_key": keys.report(run_id),
    }


def _is_closed(lake: Lake, run_id: str) -> bool:
    summary = lake.read_json(keys.summary(run_id))
    return summary is not None and not summary["left_running"]


def _message(summary: Mapping[str, Any]) -> str:
    did = "A stand-in answered; it would have cost" if summary["stand_in"] else "Spent"
    spent = f"{did} {summary['settled_usd']} USD of {summary['ceiling_usd']}."
    left = [f"{still_running(job)}; stop it there." for job in summary["left_running"]]
    return " ".join([f"{summary['status']}.", spent, *left, summary["cause"] or ""])


def _keep(
    lake: Lake, run_id: str, table: str, folder: str, more: Iterable[Mapping[str, Any]] = ()
) -> None:
    rows: list[dict[str, object]] = [from_json(TABLES[table], row) for row in more]
    for key in lake.keys(f"runs/{run_id}/{folder}/"):
        kept = lake.read_json(key)
        rows.extend(
            from_json(TABLES[table], row) for row in (kept if isinstance(kept, list) else [kept])
        )
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
    *,
    status: str | None = None,
    left: Sequence[Mapping[str, Any]] = (),
    no_style: str | None = None,
) -> dict[str, Any]:
    """Write the run's `metrics`, `spend` and `runs` rows, summary.json and report.html; return the summary.

    A run may have failed anywhere: what it did not come to is zero or None. A run refused before it
    had a manifest leaves its summary alone. Writing again replaces everything. `no_style` says why
    its style could not be measured.
    """
    record = collect(lake, run_id, totals, entries, error, cause, finished_at, status, left)
    if record is None:
        summary = refused_summary(run_id, error, cause, status or "FAILED")
        lake.write_json(keys.summary(run_id), summary)
        return summary
    facts = known(lake, record)
    scored = scores(lake, record, facts, no_style)
    verdict = jury.verdict(record, scored)
    summary = summarise(record, scored, verdict)
    lake.write_rows("metrics", keys.table_file("metrics", run_id), scored)
    lake.write_rows(
        "spend",
        keys.table_file("spend", run_id),
        tables.spend_rows(record.settings, record.entries),
    )
    lake.write_rows("runs", keys.table_file("runs", run_id), [tables.run_row(record)])
    quizzed = quiz.items(record)
    no_quiz = quiz.missing(quizzed)
    if not no_quiz:
        lake.write(keys.quiz(run_id), quiz.render(record, quizzed).encode(), HTML)
    chosen = choice.read(lake, record)
    page = render(
        record,
        scored,
        facts,
        copied(lake, record),
        chosen,
        exports.write(lake, record, scored, chosen),
        verdict,
        no_quiz=no_quiz,
    )
    lake.write(keys.report(run_id), page.encode(), HTML)
    lake.write_json(keys.summary(run_id), summary)  # last: whoever finds it need not close the run
    return summary
