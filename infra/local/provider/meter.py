"""The provider's own bill, from the engine's counts and the catalogue's prices alone."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_UP, Decimal

from infra.local.provider.catalogue import Model
from infra.local.provider.engine import JobState
from infra.local.provider.store import Call, Job
from infra.local.provider.wire import ApiError, Json

_MICRO_DOLLAR = Decimal("0.000001")


def price(model: Model, purpose: str) -> Decimal:
    """Return US dollars for one token, or second. Raises ApiError for a price the catalogue does not have."""
    if purpose not in model.prices:
        raise ApiError(400, f"{model.name} has no price for {purpose} in the catalogue")
    return model.prices[purpose]


def call_charge(model: Model, tuned: bool, prompt_tokens: int, completion_tokens: int) -> Decimal:
    """Return what an answer costs in US dollars."""
    asked, answered = ("input", "output") if tuned else ("base_input", "base_output")
    return prompt_tokens * price(model, asked) + completion_tokens * price(model, answered)


def job_charge(job: Job, state: JobState, model: Model) -> Decimal:
    """Return what a finished job costs in US dollars, nothing before."""
    if state.is_running:
        return Decimal(0)
    units = state.billed_seconds if model.billed_by_time else state.trained_tokens
    return (units or 0) * price(model, "training") * Decimal(job.traits.get("bill_factor", "1"))


def bill(
    jobs: Iterable[tuple[Job, JobState]], calls: Iterable[Call], catalogue: Mapping[str, Model]
) -> Json:
    """Return everything charged so far in US dollars as strings, exact but for `total_usd`.

    `total_usd` is what would stand on an invoice: `exact_usd` in six decimals, rounded up.
    `by_model` is by base model.
    """
    by_model: dict[str, Decimal] = defaultdict(Decimal)
    job_rows, call_rows, running = [], [], 0
    for job, state in jobs:
        charge = job_charge(job, state, catalogue[job.model])
        by_model[job.model] += charge
        running += state.is_running
        job_rows.append(_job_row(job, state, charge))
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
    """Return `amount` in digits, never in scientific notation."""
    return format(amount.normalize(), "f")


def _job_row(job: Job, state: JobState, charge: Decimal) -> Json:
    return {
        "job_id": job.id,
        "model": job.model,
        "metadata": job.metadata,
        "status": state.status,
        "trained_tokens": state.trained_tokens,
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
