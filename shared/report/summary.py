"""summary.json: the run in the few figures that scripts rely on."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from shared import money
from shared.catalogue import Model
from shared.evaluation.verdicts import Verdict
from shared.lake import keys
from shared.ledger import Entry
from shared.report import jury
from shared.report.data_quality import findings
from shared.report.record import RunRecord, unknown

Scored = Sequence[Mapping[str, Any]]
METRIC_FIELDS = ("arm", "model", "metric", "value", "n", "low", "high", "reason")


def summarise(record: RunRecord, scored: Scored, verdict: Verdict) -> dict[str, Any]:
    """The summary; dollars are strings with six decimals."""
    totals, dataset = record.totals, record.dataset or {}
    return {
        "run_id": record.run_id,
        "status": record.status,
        "error": record.error,
        "cause": record.cause,
        "ceiling_usd": money.format_usd(record.settings.ceiling_usd),
        "settled_usd": money.format_usd(totals.settled if totals else money.ZERO),
        "reserved_usd": money.format_usd(totals.reserved if totals else money.ZERO),
        "unknown_usd": money.format_usd(unknown(record.entries)),
        "episodes": episode_counts(record),
        "noticed": [
            {**asdict(found), "examples": list(found.examples)}
            for found in findings(record.episodes, record.discovery, record.dataset)
        ],
        "pairs": dataset.get("pairs", 0),
        "tokens": dataset.get("tokens", 0),
        "stand_in": record.settings.stand_in,
        "models": [model_line(record, model) for model in record.settings.models],
        "metrics": [_metric(row) for row in scored],
        "jury": jury.lines(record),
        "verdict": str(verdict),
        "left_running": [dict(job) for job in record.left_running],
        "report": keys.report(record.run_id),
    }


def refused_summary(
    run_id: str, error: str | None, cause: str | None, status: str
) -> dict[str, Any]:
    """The summary of a run whose input was refused, so that it has no settings, money or report."""
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


def _metric(row: Mapping[str, Any]) -> dict[str, Any]:
    cost = money.format_usd(row.get("cost_usd") or money.ZERO)
    return {**{name: row[name] for name in METRIC_FIELDS}, "cost_usd": cost}


def episode_counts(record: RunRecord) -> dict[str, int]:
    """How many episodes the source lists and how many the lake has by status."""
    by_status = Counter(row["status"] for row in record.episodes)
    return {
        "discovered": (record.discovery or {}).get("discovered", 0),
        **{status: by_status[status] for status in ("parsed", "refused", "failed")},
    }


def model_line(record: RunRecord, model: Model) -> dict[str, Any]:
    """One model of the summary: its job where there is one, else its plan, else that there is neither."""
    plan = next((row for row in record.plans if row["model"] == model.model), None)
    job = next((row for row in record.jobs if row["model"] == model.model), None)
    known = job or plan
    estimated = (known["estimated_usd"] if known else None) or money.ZERO
    return {
        "model": model.model,
        "provider": model.provider,
        "job_id": job["job_id"] if job else None,
        "status": job["status"] if job else _status_without_job(plan),
        "fine_tuned_model": job["fine_tuned_model"] if job else None,
        "training_tokens": (job["training_tokens"] if job else None) or 0,
        "selected_pairs": plan["selected_pairs"] if plan else 0,
        "estimated_usd": money.format_usd(estimated),
        "settled_usd": money.format_usd(settled_for_training(record, model.model)),
        "unknown_usd": money.format_usd(unknown(_trainings(record, model.model))),
        "name": record.settings.shown(model.model),
    }


def settled_for_training(record: RunRecord, model: str) -> Decimal:
    """What this run paid to train `model`; zero when an earlier run did."""
    return money.add(*(entry.settled or money.ZERO for entry in _trainings(record, model)))


def _trainings(record: RunRecord, model: str) -> Iterator[Entry]:
    return (e for e in record.entries if e.model == model and e.purpose == "training")


def _status_without_job(plan: Mapping[str, Any] | None) -> str:
    if plan is None:
        return "not planned"
    return "planned" if plan["fits"] else "does not fit"
