"""The stages that buy a model: submit, poll, settle, deploy and, when a run fails, cancel."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, BinaryIO, TypeVar

from shared import money, purchases
from shared.catalogue import Model, check_lifetime
from shared.errors import EconChatRError, SpendCeilingReached, Transient
from shared.ids import digest
from shared.lake import Bucket, keys
from shared.ledger import SpendOverrun
from shared.providers import Deployment, ModelProvider, ProviderRefusal
from shared.purchases import (
    FineTuneFailed,
    FineTuneTimedOut,
    JobStatus,
    PurchaseContext,
    ReservationReleased,
    Settlement,
    TrainingOrder,
)
from shared.run import RunSettings

MAX_JOB_AGE = timedelta(hours=24)
MAX_DEPLOYMENT_AGE = timedelta(hours=1)
MOST_EVENTS = 200  # of a job's log, the last
ENDS_A_MODEL = (
    ProviderRefusal,
    SpendCeilingReached,
    ReservationReleased,
    FineTuneTimedOut,
)
Shown = TypeVar("Shown")


class JobsLeftRunning(Transient):
    """A job could not be stopped, so it may go on billing; the message names it and the most it may cost."""


class DeploymentFailed(EconChatRError):
    """A finished fine-tune could not be made to answer."""


def order_of(bucket: Bucket, settings: RunSettings, model: Model) -> TrainingOrder:
    """Return the order for the model's training; the same training has the same purchase id in every run."""
    plan = next(
        row for row in bucket.read_json(keys.plan(settings.run_id)) if row["model"] == model.model
    )
    return TrainingOrder(
        purchase_id=digest(
            settings.show.name,
            model.provider,
            model.base_model,
            plan["training_sha256"],
            settings.n_epochs,
            settings.show.training.seed,
        ),
        run_id=settings.run_id,
        model=model,
        n_epochs=settings.n_epochs,
        estimate=Decimal(plan["estimated_usd"]),
        reserved=Decimal(plan["reserved_usd"]),
        suffix=settings.show.name,
        seed=settings.show.training.seed,
        open_validation=_validation(bucket, settings, model),
    )


def check_still_offered(
    provider: ModelProvider, settings: RunSettings, model: Model, today: date
) -> None:
    """Raise ModelShutdown when the provider's own list names an earlier last day than the catalogue."""
    announced = provider.shutdown_dates().get(model.base_model)
    known = [day for day in (announced, model.shutdown_date) if day is not None]
    if known:
        dated = model.model_copy(update={"shutdown_date": min(known)})
        check_lifetime(dated, today, settings.show.horizon_days)


def submit(
    bucket: Bucket, context: PurchaseContext, settings: RunSettings, model: Model
) -> JobStatus:
    """Reserve and create exactly once; raises SpendCeilingReached before anything is bought.

    What ends this model's training ends the run only where it has no other that money was put into.
    """
    order = order_of(bucket, settings, model)
    try:
        status = purchases.ensure_job(context, order, _opener(bucket, settings, model))
    except ENDS_A_MODEL as failure:
        status = _given_up(bucket, context, settings, order, failure)
    context.warn(settings.run_id)
    return status


def poll(
    bucket: Bucket, context: PurchaseContext, settings: RunSettings, model: Model
) -> JobStatus:
    """Return the job as the provider has it now; raises when it is too old or no longer fits the ceiling.

    What ends this model's training ends the run only where it has no other that money was put into.
    """
    order = order_of(bucket, settings, model)
    opener = _opener(bucket, settings, model)
    try:
        return purchases.poll_job(context, order, opener, MAX_JOB_AGE)
    except ENDS_A_MODEL as failure:
        return _given_up(bucket, context, settings, order, failure)


def check_patience(since: datetime, now: datetime, trouble: Transient) -> None:
    """Raise `trouble` again once a job that cannot be looked at is as old as one may become."""
    if now - since > MAX_JOB_AGE:
        raise trouble


def settle(
    bucket: Bucket, context: PurchaseContext, settings: RunSettings, model: Model, now: datetime
) -> dict[str, Any]:
    """Settle and write how it ended, as a row of `jobs`. One model's failure is not yet the run's.

    Raises SpendOverrun, after writing it down, when the bill passed even the reservation.
    """
    order = order_of(bucket, settings, model)
    outcome: dict[str, Any] = {**_outcome(settings, model, order), "settled_at": now}
    before = bucket.read_json(keys.outcome(settings.run_id, model.model)) or {}
    if before.get("given_up"):
        outcome.update({**before, **_paid(purchases.settlement_of(context.ledger, order))})
        bucket.write_json(keys.outcome(settings.run_id, model.model), outcome)
        return outcome
    try:
        settlement = purchases.settle_job(context, order)
        outcome["status"] = "succeeded"
        if (
            settlement.fine_tuned_model is None
            and settings.provider(model.provider).deploy == "none"
        ):
            outcome.update(status="failed", error=_nameless(model, settlement))
    except SpendOverrun as overrun:
        paid = _paid(purchases.settlement_of(context.ledger, order))
        outcome.update(status="overrun", error=str(overrun), **paid)
        bucket.write_json(keys.outcome(settings.run_id, model.model), outcome)
        raise
    except FineTuneFailed as failure:
        settlement = failure.settlement
        outcome.update(status="failed", error=str(failure))
    outcome.update(_paid(settlement))
    bucket.write_json(keys.outcome(settings.run_id, model.model), outcome)
    context.warn(settings.run_id)
    return outcome


def _nameless(model: Model, settlement: Settlement) -> str:
    return (
        f"job {settlement.job_id} for {model.model} succeeded and is paid for, and {model.provider} has not "
        "named the model that it made; a later run of the show asks again, and buys nothing"
    )


def _given_up(
    bucket: Bucket,
    context: PurchaseContext,
    settings: RunSettings,
    order: TrainingOrder,
    failure: EconChatRError,
) -> JobStatus:
    """Write down that a model's training is over, so that the others go on; raise `failure` where there are none."""
    others = [
        entry
        for entry in context.ledger.entries(settings.run_id)
        if entry.purpose == "training"
        and entry.purchase_id != order.purchase_id
        and entry.status != "released"
    ]
    if not others:
        raise failure
    error = f"{type(failure).__name__}: {failure}"
    outcome = {**_outcome(settings, order.model, order), "status": "failed", "error": error}
    key = keys.outcome(settings.run_id, order.model.model)
    bucket.write_json(key, {**outcome, "given_up": True})
    return JobStatus(
        order.purchase_id, "failed", settings.run_id, None, "given up", None, None, error
    )


def _paid(settlement: Settlement) -> dict[str, Any]:
    return {
        "job_id": settlement.job_id,
        "fine_tuned_model": settlement.fine_tuned_model,
        "bought_by": settlement.owner_run_id,
        "training_tokens": settlement.trained_tokens,
        "settled_usd": settlement.settled,
    }


def save_curve(
    bucket: Bucket, provider: ModelProvider, settings: RunSettings, model: Model
) -> None:
    """Keep the training curve and the job's log as rows of `job_metrics`, a row a step and a row a line.

    A provider that shows neither costs the run nothing.
    """
    job_id = bucket.read_json(keys.outcome(settings.run_id, model.model))["job_id"]
    if job_id is None:
        return
    own = {
        "run_id": settings.run_id,
        "show": settings.show.name,
        "model": model.model,
        "job_id": job_id,
    }
    steps = _if_shown(lambda: provider.result_metrics(job) if (job := provider.get(job_id)) else [])
    log = _if_shown(lambda: provider.events(job_id))[-MOST_EVENTS:]
    rows = [{**own, **row} for row in (*map(asdict, steps), *map(asdict, log))]
    bucket.write_json(keys.curve(settings.run_id, model.model), rows)


def _if_shown(ask: Callable[[], list[Shown]]) -> list[Shown]:
    """Return the list that `ask` gets from a provider, empty if the provider does not show it."""
    try:
        return ask()
    except (ProviderRefusal, Transient):
        return []


def deploy(
    bucket: Bucket, provider: ModelProvider, settings: RunSettings, model: Model, now: datetime
) -> bool:
    """Return whether the tuned model answers; asks for its deployment where nobody has yet.

    The outcome carries the deployment's name from then on, whatever becomes of the run.
    Raises DeploymentFailed when the provider gives up on it, or has taken longer than MAX_DEPLOYMENT_AGE.
    """
    outcome = bucket.read_json(keys.outcome(settings.run_id, model.model))
    deployment = _deployment(bucket, provider, settings, model, outcome)
    name = deployment.name if deployment else outcome["fine_tuned_model"]
    if name != outcome["fine_tuned_model"]:
        named = {**outcome, "fine_tuned_model": name}
        bucket.write_json(keys.outcome(settings.run_id, model.model), named)
    status = deployment.status if deployment else "no checkpoint yet"
    age = now - datetime.fromisoformat(outcome["settled_at"])
    if status != "active" and (status == "error" or age > MAX_DEPLOYMENT_AGE):
        raise DeploymentFailed(
            f"{model.provider} did not make {name or model.model} answer (status {status}, "
            f"{age} after its training); the trained model is kept there as job {outcome['job_id']}"
        )
    return status == "active"


def _deployment(
    bucket: Bucket,
    provider: ModelProvider,
    settings: RunSettings,
    model: Model,
    outcome: Mapping[str, Any],
) -> Deployment | None:
    """Return the deployment as it is now, None while there is no checkpoint to deploy.

    A provider names it itself, so the name is kept, and found by, for later runs.
    """
    wanted = f"econchatr-{outcome['purchase_id']}"
    if settings.provider(model.provider).deploy == "by_hand":
        # Nobody but the service's own console knows whether it is there; the first question will tell.
        return Deployment(wanted, "active")
    key = keys.deployment(outcome["purchase_id"])
    saved = bucket.read_json(key)
    deployment = provider.deployment(saved["name"]) if saved else None
    if deployment is None:
        checkpoints = provider.checkpoints(outcome["job_id"])
        if not checkpoints:
            return None
        checkpoint = checkpoints[0]
        deployment = provider.deploy(wanted, model.base_model, outcome["job_id"], checkpoint)
        bucket.write_json(key, {"name": deployment.name, "run_id": settings.run_id})
    return deployment


def retire(
    bucket: Bucket, provider_of: Callable[[str], ModelProvider], settings: RunSettings
) -> None:
    """Take down what this run deployed where that costs while nobody asks; raises JobsLeftRunning.

    The model stays: a later run, or a question, deploys it again.
    """
    left = []
    for model in settings.models:
        saved = _deployed_here(bucket, settings, model)
        if saved is None:
            continue
        try:
            provider_of(model.provider).undeploy(saved["name"])
        except (ProviderRefusal, Transient) as failure:
            left.append(f"{saved['name']} at {model.provider} ({failure})")
    if left:
        raise JobsLeftRunning(
            f"not everything of run {settings.run_id} could be retired, and it costs while it stands: "
            + "; ".join(left)
        )


def _deployed_here(bucket: Bucket, settings: RunSettings, model: Model) -> Any:
    """Return the deployment of a model that this run asked for and has to pay by the hour, if any."""
    if not settings.provider(model.provider).idle_costs:
        return None
    outcome = bucket.read_json(keys.outcome(settings.run_id, model.model)) or {}
    saved = bucket.read_json(keys.deployment(outcome.get("purchase_id", ""))) or {}
    return saved if saved.get("run_id") == settings.run_id else None


def cancel(context: PurchaseContext, run_id: str) -> None:
    """Cancel and settle every unfinished purchase of the run; raises JobsLeftRunning."""
    result = purchases.cancel_jobs(context, run_id)
    context.warn(run_id)
    if result.still_open:
        left = "; ".join(
            f"{purchase.model} at {purchase.provider} ({purchase.reason}), "
            f"at most ${money.format_usd(purchase.at_most)}"
            for purchase in result.still_open
        )
        raise JobsLeftRunning(f"not everything of run {run_id} could be stopped: {left}")


def next_wait(wait: int, waited: int) -> dict[str, int]:
    """Return how long to wait before the next look, in seconds, after looks `wait` apart for `waited` in all.

    Each wait is at least a twelfth of what was waited before, so that looks are a matter of the
    logarithm of a job's length: some 120 in a day, whatever the first wait was.
    """
    waited += wait
    return {"wait": max(wait, waited // 12), "waited": waited}


def _validation(
    bucket: Bucket, settings: RunSettings, model: Model
) -> Callable[[], BinaryIO] | None:
    """Return a function that opens the validation file, or None if the provider takes none."""
    if "validation_file" not in settings.provider(model.provider).fields:
        return None
    key = keys.validation_file(settings.run_id, model.model)
    return (lambda: bucket.open(key)) if bucket.keys(key) else None


def _opener(bucket: Bucket, settings: RunSettings, model: Model) -> Callable[[], BinaryIO]:
    return lambda: bucket.open(keys.training_file(settings.run_id, model.model))


def _outcome(settings: RunSettings, model: Model, order: TrainingOrder) -> dict[str, Any]:
    return {
        "run_id": settings.run_id,
        "show": settings.show.name,
        "model": model.model,
        "provider": model.provider,
        "stand_in": settings.stand_in,
        "purchase_id": order.purchase_id,
        "job_id": None,
        "status": "running",
        "fine_tuned_model": None,
        "bought_by": settings.run_id,
        "training_tokens": None,
        "estimated_usd": order.estimate,
        "settled_usd": Decimal(0),
        "error": None,
    }
