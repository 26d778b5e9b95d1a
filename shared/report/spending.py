"""A run's money: what was bought of each model, what is reserved, and what a plan comes to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict

from shared import money
from shared.catalogue import Model
from shared.lake.rows import PlanRow, SpendRow
from shared.ledger import Entry
from shared.report.record import RunRecord
from shared.report.text import dollars
from shared.run import RunSettings


@dataclass(frozen=True, slots=True)
class Bar:
    """The money bar in percent of its width, and the amounts it stands for.

    Of a plan, `settled` is what it expects and `reserved` what would be reserved besides.
    """

    settled: Decimal
    reserved: Decimal
    ceiling: Decimal
    overrun: Decimal
    settled_width: float
    reserved_width: float


@dataclass(frozen=True, slots=True)
class Spending:
    """What one purpose cost for one model."""

    purpose: str
    model: str
    purchases: int
    settled: Decimal
    reserved: Decimal
    unknown: Decimal


@dataclass(frozen=True, slots=True)
class Commitment:
    """What the models of a plan that fit come to together, in dollars: as expected, and at most."""

    expected: Decimal
    most: Decimal


class ModelLine(TypedDict):
    """One model of the summary: its job where there is one, else its plan, else that there is neither."""

    model: str
    provider: str
    job_id: str | None
    status: str
    fine_tuned_model: str | None
    training_tokens: int
    selected_pairs: int
    estimated_usd: str
    settled_usd: str
    unknown_usd: str
    name: str


def unknown(entries: Iterable[Entry]) -> Decimal:
    """Return the most that bills can come to which no provider ever told; it stays reserved and is not settled."""
    return money.add(*(entry.reserved for entry in entries if entry.status == "unknown"))


def untold(entries: Iterable[Entry]) -> str:
    """Return what goes on after what a run cost: the most that nobody told, or nothing."""
    most = unknown(entries)
    return f", and at most {dollars(most)} that no provider has told" if most else ""


def bar(record: RunRecord, together: Commitment) -> Bar:
    """Return the run's money against its ceiling; of a dry run what its plan comes to."""
    ceiling = record.settings.ceiling_usd
    settled = reserved = overrun = money.ZERO
    if record.settings.dry_run:
        settled, reserved = together.expected, together.most - together.expected
    elif totals := record.closing.totals:
        settled, reserved, overrun = totals.settled, totals.reserved, totals.overrun
    settled_width = min(100.0, float(100 * settled / ceiling))
    reserved_width = min(100.0 - settled_width, float(100 * reserved / ceiling))
    return Bar(
        settled, reserved, ceiling, overrun, round(settled_width, 3), round(reserved_width, 3)
    )


def commitment(plans: Iterable[Mapping[str, Any]]) -> Commitment:
    """Return the sums over rows of `plans`; `most` is what would be reserved if it were all at once."""
    fitting = [row for row in plans if row["fits"]]
    return Commitment(
        expected=money.add(
            *(Decimal(row["estimated_usd"]) for row in fitting),
            *(Decimal(row["evaluation_expected_usd"]) for row in fitting),
        ),
        most=money.add(
            *(Decimal(row["reserved_usd"]) for row in fitting),
            *(Decimal(row["evaluation_usd"]) for row in fitting),
        ),
    )


def spending(entries: Sequence[Entry]) -> list[Spending]:
    """Return the purchases by purpose and model; released reservations bought nothing and are left out."""
    groups: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.status != "released":
            groups[entry.purpose, entry.model].append(entry)
    return [
        Spending(
            purpose,
            model,
            len(own),
            settled=money.add(*(entry.settled or money.ZERO for entry in own)),
            reserved=money.add(*(entry.reserved for entry in own if entry.status == "reserved")),
            unknown=unknown(own),
        )
        for (purpose, model), own in sorted(
            groups.items(), key=lambda group: _purchase_order(*group[0])
        )
    ]


def model_line(record: RunRecord, model: Model) -> ModelLine:
    """Return what became of a model; what was settled is zero where an earlier run paid for its training."""
    plan = next((row for row in record.plans if row["model"] == model.model), None)
    job = next((row for row in record.jobs if row["model"] == model.model), None)
    known = job or plan
    trainings = [
        one
        for one in record.closing.entries
        if one.model == model.model and one.purpose == "training"
    ]
    settled = money.add(*(one.settled or money.ZERO for one in trainings))
    return {
        "model": model.model,
        "provider": model.provider,
        "job_id": job["job_id"] if job else None,
        "status": job["status"] if job else _status_without_job(plan),
        "fine_tuned_model": job["fine_tuned_model"] if job else None,
        "training_tokens": (job["training_tokens"] if job else None) or 0,
        "selected_pairs": plan["selected_pairs"] if plan else 0,
        "estimated_usd": money.format_usd(
            (known["estimated_usd"] if known else None) or money.ZERO
        ),
        "settled_usd": money.format_usd(settled),
        "unknown_usd": money.format_usd(unknown(trainings)),
        "name": record.settings.shown(model.model),
    }


def spend_rows(settings: RunSettings, entries: Iterable[Entry]) -> list[SpendRow]:
    """Return every reservation of the run and what became of it."""
    return [
        {
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
        for entry in entries
    ]


def _status_without_job(plan: PlanRow | None) -> str:
    if plan is None:
        return "not planned"
    return "planned" if plan["fits"] else "does not fit"


def _purchase_order(purpose: str, model: str) -> tuple[bool, str, str]:
    return purpose != "training", purpose, model
