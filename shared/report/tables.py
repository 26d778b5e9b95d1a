"""A run's own rows of `spend` and `runs`."""

from collections.abc import Iterable, Iterator
from typing import Any

from shared import money
from shared.ledger import Entry
from shared.report.record import RunRecord
from shared.report.summary import episode_counts
from shared.run import RunSettings


def spend_rows(settings: RunSettings, entries: Iterable[Entry]) -> Iterator[dict[str, Any]]:
    """Every reservation of the run and what became of it."""
    for entry in entries:
        yield {
            "run_id": settings.run_id,
            "show": settings.show.name,
            "month": entry.month,
            "entry_id": entry.entry_id,
            "purpose": entry.purpose,
            "model": entry.model,
            "provider": entry.provider,
            "stand_in": settings.stand_in,
            "status": entry.status,
            "reserved_usd": entry.reserved,
            "settled_usd": entry.settled,
            "created_at": entry.created_at,
            "settled_at": entry.closed_at if entry.status == "settled" else None,
            "detail": entry.detail,
        }


def run_row(record: RunRecord) -> dict[str, Any]:
    """The run's row of `runs`."""
    settings, totals, dataset = record.settings, record.totals, record.dataset or {}
    return {
        "run_id": record.run_id,
        "show": settings.show.name,
        "status": record.status,
        "error": record.error,
        "cause": record.cause,
        "dry_run": settings.dry_run,
        "code_version": settings.code_version,
        "ceiling_usd": settings.ceiling_usd,
        "settled_usd": totals.settled if totals else money.ZERO,
        "reserved_usd": totals.reserved if totals else money.ZERO,
        **{f"episodes_{status}": count for status, count in episode_counts(record).items()},
        "pairs": dataset.get("pairs", 0),
        "tokens": dataset.get("tokens", 0),
        "started_at": settings.started_at,
        "finished_at": record.finished_at,
    }
