"""summary.json and the run's row of `runs`: the run in the few figures that scripts and queries rely on."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TypedDict

from shared import money
from shared.lake import keys
from shared.lake.rows import MetricRow, RunRow, ScoreRow
from shared.report.ending import RunningJob
from shared.report.record import EpisodeCounts
from shared.report.results import Report
from shared.report.results.jury import JudgeLine
from shared.report.spending import ModelLine, unknown


class MetricLine(ScoreRow):
    """A score, and what the votes behind it cost."""

    cost_usd: str


class Summary(TypedDict):
    """The summary; dollars are strings with six decimals."""

    run_id: str
    status: str
    error: str | None
    cause: str | None
    ceiling_usd: str
    settled_usd: str
    reserved_usd: str
    unknown_usd: str
    episodes: EpisodeCounts
    noticed: Sequence[dict[str, Any]]
    pairs: int
    tokens: int
    stand_in: bool
    models: Sequence[ModelLine]
    metrics: Sequence[MetricLine]
    jury: Sequence[JudgeLine]
    verdict: str
    left_running: Sequence[RunningJob]
    report: str | None


def summarise(report: Report) -> Summary:
    """Return the summary of a run."""
    record = report.record
    settings, closing = record.settings, record.closing
    return {
        "run_id": record.run_id,
        "status": closing.ending.status,
        "error": closing.ending.error,
        "cause": closing.ending.cause,
        "ceiling_usd": money.format_usd(settings.ceiling_usd),
        "settled_usd": money.format_usd(closing.settled),
        "reserved_usd": money.format_usd(closing.reserved),
        "unknown_usd": money.format_usd(unknown(closing.entries)),
        "episodes": report.episodes,
        "noticed": [{**asdict(one), "examples": list(one.examples)} for one in report.findings],
        "pairs": record.dataset.get("pairs", 0),
        "tokens": record.dataset.get("tokens", 0),
        "stand_in": settings.stand_in,
        "models": report.models,
        "metrics": [_metric(row) for row in report.metrics],
        "jury": report.jury.judges,
        "verdict": str(report.verdict),
        "left_running": report.left_running,
        "report": keys.report(record.run_id),
    }


def refused_summary(run_id: str, error: str | None, cause: str | None, status: str) -> Summary:
    """Return the summary of a run whose input was refused, so that it has no settings, money or report."""
    nothing = money.format_usd(money.ZERO)
    return {
        "run_id": run_id,
        "status": status,
        "error": error,
        "cause": cause,
        "ceiling_usd": nothing,
        "settled_usd": nothing,
        "reserved_usd": nothing,
        "unknown_usd": nothing,
        "episodes": {"discovered": 0, "parsed": 0, "refused": 0, "failed": 0},
        "noticed": [],
        "pairs": 0,
        "tokens": 0,
        "stand_in": False,
        "models": [],
        "metrics": [],
        "jury": [],
        "verdict": "",
        "left_running": [],
        "report": None,
    }


def run_row(report: Report) -> RunRow:
    """Return the run's row of `runs`."""
    record, episodes = report.record, report.episodes
    settings, closing = record.settings, record.closing
    return {
        "run_id": record.run_id,
        "show": settings.show.name,
        "status": closing.ending.status,
        "error": closing.ending.error,
        "cause": closing.ending.cause,
        "dry_run": settings.dry_run,
        "code_version": settings.code_version,
        "ceiling_usd": settings.ceiling_usd,
        "settled_usd": closing.settled,
        "reserved_usd": closing.reserved,
        "episodes_discovered": episodes["discovered"],
        "episodes_parsed": episodes["parsed"],
        "episodes_refused": episodes["refused"],
        "episodes_failed": episodes["failed"],
        "pairs": record.dataset.get("pairs", 0),
        "tokens": record.dataset.get("tokens", 0),
        "started_at": settings.started_at,
        "finished_at": closing.finished_at,
    }


def _metric(row: MetricRow) -> MetricLine:
    return {
        "arm": row["arm"],
        "model": row["model"],
        "metric": row["metric"],
        "value": row["value"],
        "n": row["n"],
        "low": row["low"],
        "high": row["high"],
        "reason": row["reason"],
        "cost_usd": money.format_usd(row["cost_usd"]),
    }
