"""What a run leaves behind: its rows in the lake, its summary and a page for a person."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from shared import keys
from shared.lake import Lake
from shared.ledger import Entry, Totals
from shared.report import tables
from shared.report.collect import collect
from shared.report.html import render
from shared.report.scores import scores
from shared.report.summary import refused_summary, summarise


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
