"""The provider's own bill, reckoned from its own counts and the catalogue's prices alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_UP, Decimal

from infra.local.provider import jobs as clock
from infra.local.provider.catalogue import Model
from infra.local.provider.store import Call, Job
from infra.local.provider.wire import ApiError, Json

_MICRO_DOLLAR = Decimal("0.000001")


def price(model: Model, purpose: str) -> Decimal:
    """US dollars for one token. Raises ApiError for a price the catalogue does not have."""
    if purpose not in model.prices:
        raise ApiError(400, f"{model.name} has no price for {purpose} in the catalogue")
    return model.prices[purpose]


def call_charge(model: Model, tuned: bool, prompt_tokens: int, completion_tokens: int) -> Decimal:
    asked, answered = ("input", "output") if tuned else ("base_input", "base_output")
    return prompt_tokens * price(model, asked) + completion_tokens * price(model, answered)


def job_charge(job: Job, model: Model, now: float) -> Decimal:
    """What a finished job costs, nothing before."""
    tokens = 0 if clock.is_running(job, now) else clock.trained_tokens(job, now) or 0
    return tokens * price(model, "training") * Decimal(job.traits.get("bill_factor", "1"))


def bill(
    jobs: Iterable[Job], calls: Iterable[Call], catalogue: Mapping[str, Model], now: float
) -> Json:
    """Everything charged so far in US dollars as strings, exact but for `total_usd`.

    `total_usd` is what would stand on an invoice: `exact_usd` in six decimals, rounded up.
    `by_model` is by base model.
    """
    by_model: dict[str, Decimal] = defaultdict(Decimal)
    job_rows, call_rows, running = [], [], 0
    for job in jobs:
        charge = job_charge(job, catalogue[job.model], now)
        by_model[job.model] += charge
        running += clock.is_running(job, now)
        job_rows.append(_job_row(job, charge, now))
    for call in calls:
        by_model[call.base_model] += Decimal(call.charged_usd)
        call_rows.append(_call_row(call))
    exact = sum(by_model.values(), Decimal())
    return {
        "total_usd": str(exact.quantize(_MICRO_DOLLAR, rounding=ROUND_UP)),
        "exact_usd": plain(exact),
        "running_jobs": running,
        "by_model": {model: plain(amount) for model, amount in by_model.items()},
        "jobs": job_rows,
        "calls": call_rows,
    }


def plain(amount: Decimal) -> str:
    """`amount` in digits, never in scientific notation."""
    return format(amount.normalize(), "f")


def _job_row(job: Job, charge: Decimal, now: float) -> Json:
    return {
        "job_id": job.id,
        "model": job.model,
        "metadata": job.metadata,
        "status": clock.status(job, now),
        "trained_tokens": clock.trained_tokens(job, now),
        "charged_usd": plain(charge),
    }


def _call_row(call: Call) -> Json:
    return {
        "id": call.id,
        "model": call.model,
        "prompt_tokens": call.prompt_tokens,
        "completion_tokens": call.completion_tokens,
        "charged_usd": call.charged_usd,
    }
