"""Buying a fine-tuning job exactly once, following it, and paying for it.

Every function may be called again at any time with the same arguments, by several executions at
once, after a Lambda died anywhere in between. The order of writes is what makes it so: reserve,
write the intent (one transaction with a mark on the reservation), create, write the job's id.
Only the writer of an intent creates; everyone else looks for its job at the provider.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from shared import money
from shared.errors import SpendCeilingReached, Transient
from shared.ledger import Entry, Ledger, LedgerBusy, SpendOverrun, TrainingPurchase
from shared.providers import (
    REFUSALS,
    FileNotReady,
    Job,
    OutcomeUnknown,
    ProviderRefusal,
    ProviderUnavailable,
    RateLimited,
)
from shared.purchases.context import (
    FineTuneFailed,
    FineTuneTimedOut,
    PurchaseContext,
    PurchaseUnfinished,
    ReservationReleased,
    Settlement,
    TrainingOrder,
)
from shared.purchases.files import OpenFile, delete_uploads, training_file, validation_file
from shared.purchases.rules import (
    BILLABLE,
    CREATE_WITHIN,
    QUEUE_PATIENCE,
    Step,
    billed,
    is_doubtful,
    next_step,
    passes_ceiling,
)
from shared.purchases.steps import asked_again, close, observe, reconcile, withdraw

RACES = 10


@dataclass(frozen=True, slots=True)
class JobStatus:
    """Where a purchase stands.

    `status`: submitting (perhaps created, ask again), running, succeeded, failed or cancelled;
    `provider_status` is the provider's own word. `owner_run_id` is the run that pays.
    """

    purchase_id: str
    status: str
    owner_run_id: str
    job_id: str | None
    provider_status: str
    fine_tuned_model: str | None
    trained_tokens: int | None
    detail: str

    @property
    def done(self) -> bool:
        return self.status in BILLABLE


def ensure_job(context: PurchaseContext, order: TrainingOrder, open_file: OpenFile) -> JobStatus:
    """Buy the job unless it is bought, or attach to another run's.

    `open_file` opens the training file, only if it must be uploaded. Raises SpendCeilingReached,
    a ProviderRefusal, or a Transient error after which a call with the same arguments goes on. A provider
    without a free slot, or with a file that is not ready, is a queue: nothing is reserved while the
    job stands in it, and `poll_job` tries again.
    """
    try:
        return _status(_ensured(context, order, open_file))
    except (RateLimited, FileNotReady) as busy:
        return _in_line(context, order, busy)


def poll_job(
    context: PurchaseContext, order: TrainingOrder, open_file: OpenFile, max_age: timedelta
) -> JobStatus:
    """Return where the job stands now; one that certainly was never created is bought anew.

    A provider that cannot be reached says nothing new. Raises FineTuneTimedOut when the job is older than
    `max_age`, and SpendCeilingReached when what it has billed so far passes a ceiling, both after asking
    the provider to cancel it.
    """
    try:
        purchase = _ensured(context, order, open_file)
        if purchase.state not in ("created", "submitting"):
            return _status(purchase)
        purchase, job = (
            observe(context, purchase) if purchase.state == "created" else (purchase, None)
        )
    except (RateLimited, ProviderUnavailable) as busy:
        return _no_news(context, order, busy, max_age)
    if purchase.state == "created" and purchase.run_id == order.run_id:
        _check_bill_so_far(context, purchase, job)
    if purchase.state in ("created", "submitting"):
        _check_age(context, purchase, order, max_age)
    return _status(purchase, job)


def _no_news(
    context: PurchaseContext,
    order: TrainingOrder,
    busy: RateLimited | ProviderUnavailable,
    max_age: timedelta,
) -> JobStatus:
    """Return where a purchase stood when it was last seen; raises FineTuneTimedOut when that is too long ago."""
    purchase = context.ledger.trainings.get(order.purchase_id)
    if purchase is None or purchase.state not in ("created", "submitting"):
        return _in_line(context, order, busy)
    _check_age(context, purchase, order, max_age)
    return _status(purchase)


def _in_line(
    context: PurchaseContext, order: TrainingOrder, busy: RateLimited | ProviderUnavailable
) -> JobStatus:
    """Return that the order waits for the provider; raises FineTuneTimedOut when it has for QUEUE_PATIENCE."""
    entries = context.ledger.entries(order.run_id)
    tried = [one.created_at for one in entries if one.purchase_id == order.purchase_id]
    if tried and context.now() - min(tried) > QUEUE_PATIENCE:
        raise FineTuneTimedOut(
            f"{order.model.provider} has taken no job for {order.model.model} in {QUEUE_PATIENCE}: {busy}"
        )
    return JobStatus(
        order.purchase_id, "submitting", order.run_id, None, "waiting", None, None, str(busy)
    )


def settle_job(context: PurchaseContext, order: TrainingOrder) -> Settlement:
    """Pay for a finished job from what the provider billed.

    Raises FineTuneFailed or SpendOverrun after the money is recorded, PurchaseUnfinished before.
    """
    purchase = context.ledger.trainings.get(order.purchase_id)
    if purchase is None or purchase.state not in BILLABLE:
        raise PurchaseUnfinished(f"purchase {order.purchase_id} has not ended; poll it first")
    entry = close(context, purchase)
    settlement = _settlement(purchase, entry, order.run_id)
    if entry is not None:
        delete_uploads(context, entry)
    if entry is not None and entry.run_id == order.run_id:
        _require_no_overrun(entry)
    if purchase.state != "succeeded":
        raise FineTuneFailed(
            f"job {purchase.job_id} for {purchase.model} ended {purchase.state}: "
            f"{purchase.reason or 'the provider gives no reason'}",
            settlement,
        )
    return settlement


def _ensured(
    context: PurchaseContext, order: TrainingOrder, open_file: OpenFile
) -> TrainingPurchase:
    purchase = context.ledger.trainings.get(order.purchase_id)
    for _ in range(RACES):
        step = next_step(purchase, order.run_id)
        if step is Step.BUY or purchase is None:
            purchase = _buy(context, order, open_file, purchase)
            continue
        if step is Step.FOLLOW:
            return _accepted(asked_again(context, purchase))
        reconciled = reconcile(context, purchase)
        if reconciled == purchase:
            return purchase
        purchase = reconciled
    raise LedgerBusy(f"purchase {order.purchase_id} is contended; try again")


def _accepted(purchase: TrainingPurchase) -> TrainingPurchase:
    if purchase.state == "refused":
        raise REFUSALS[purchase.refusal](purchase.reason)
    return purchase


def _buy(
    context: PurchaseContext,
    order: TrainingOrder,
    open_file: OpenFile,
    previous: TrainingPurchase | None,
) -> TrainingPurchase | None:
    """Reserve, write the intent and create; or stand back for another execution that was first."""
    if previous is not None:
        close(context, previous)
    attempt = 1 if previous is None else previous.attempt + 1
    entry = context.ledger.reserve(order.reservation(attempt))
    if entry.status != "reserved":
        return _moved_on(context, entry, previous)
    validation_id = validation_file(context, entry, order.open_validation)
    intent = _intent(context, order, previous, training_file(context, entry, previous, open_file))
    claimed = context.ledger.trainings.claim(intent, previous)
    if claimed is not None and claimed.writer == intent.writer:
        return _create(context, order, claimed, validation_id)
    if claimed is None or (claimed.run_id, claimed.entry_id) != (entry.run_id, entry.entry_id):
        context.ledger.release(entry.run_id, entry.entry_id, unless_intended=True)
        delete_uploads(context, context.ledger.known_entry(entry.run_id, entry.entry_id))
    return claimed


def _moved_on(
    context: PurchaseContext, entry: Entry, previous: TrainingPurchase | None
) -> TrainingPurchase | None:
    """Return the purchase after `previous`, for which this entry was closed by a twin of this Lambda."""
    current = context.ledger.trainings.get(entry.purchase_id)
    if current == previous:
        raise ReservationReleased(
            f"the reservation {entry.entry_id} of run {entry.run_id} is {entry.status}; "
            "start a new run to buy this model"
        )
    return current


def _intent(
    context: PurchaseContext, order: TrainingOrder, previous: TrainingPurchase | None, file_id: str
) -> TrainingPurchase:
    price = order.model.price("training")
    attempt = 1 if previous is None else previous.attempt + 1
    earlier = () if previous is None else (*previous.earlier_files, previous.file_id)
    earlier = tuple(one for one in dict.fromkeys(earlier) if one != file_id)
    return TrainingPurchase(
        purchase_id=order.purchase_id,
        run_id=order.run_id,
        entry_id=order.reservation(attempt).entry_id,
        attempt=attempt,
        writer=uuid4().hex,
        intent_at=context.now(),
        provider=order.model.provider,
        model=order.model.model,
        price_amount=price.amount,
        price_per=price.per_second,
        price_unit="second" if price.by_time else "token",
        file_id=file_id,
        base_model=order.model.base_model,
        earlier_files=earlier,
        suffix=order.suffix,
        seed=order.seed,
    )


def _create(
    context: PurchaseContext,
    order: TrainingOrder,
    intent: TrainingPurchase,
    validation_id: str | None,
) -> TrainingPurchase:
    if context.now() - intent.intent_at > CREATE_WITHIN:
        return withdraw(
            context, intent, "delayed until the job could no longer be sent", never_sent=True
        )
    provider = context.provider_of(intent.provider)
    try:
        job = provider.create(order.request(intent, validation_id))
    except OutcomeUnknown:
        return intent
    except ProviderRefusal as refusal:
        _refuse(context, intent, refusal)
        raise
    except Transient as failure:
        withdraw(context, intent, str(failure), never_sent=True)
        raise
    if is_doubtful(job, intent):
        named = None if job.run_key else job.job_id
        return context.ledger.trainings.update(intent, job_id=named)
    created = context.ledger.trainings.update(intent, state="created", job_id=job.job_id)
    if created.job_id != job.job_id:
        _ask_to_stop(context, intent.provider, job.job_id)
    return created


def _refuse(context: PurchaseContext, intent: TrainingPurchase, refusal: ProviderRefusal) -> None:
    refused = context.ledger.trainings.update(
        intent, state="refused", refusal=type(refusal).__name__, reason=str(refusal)
    )
    entry = close(context, refused)
    if entry is not None:
        delete_uploads(context, entry)


def _check_bill_so_far(
    context: PurchaseContext, purchase: TrainingPurchase, job: Job | None
) -> None:
    units = billed(purchase, job) if job else None
    if units is None:
        return
    so_far = money.cost(purchase.price_amount, purchase.price_per, units)
    entry = context.ledger.known_entry(purchase.run_id, purchase.entry_id)
    run, month = context.ledger.totals(entry.run_id), context.ledger.month_totals(entry.month)
    tightest = min(run, month, key=lambda totals: totals.available)
    if not passes_ceiling(so_far, entry.reserved, tightest.available):
        return
    _ask_to_stop(context, purchase.provider, purchase.job_id)
    would_be = money.add(tightest.committed, so_far - entry.reserved)
    raise SpendCeilingReached(
        f"job {purchase.job_id} has billed ${money.format_usd(so_far)} so far, which brings "
        f"{tightest.title} to ${money.format_usd(would_be)}, above the ceiling of "
        f"${money.format_usd(tightest.ceiling)}; the job was asked to stop"
    )


def _check_age(
    context: PurchaseContext, purchase: TrainingPurchase, order: TrainingOrder, max_age: timedelta
) -> None:
    age = context.now() - purchase.intent_at
    if age <= max_age:
        return
    if purchase.state == "submitting":
        raise FineTuneTimedOut(
            f"nobody knows after {age} whether {purchase.provider} made a job for {purchase.model}; "
            f"{purchase.reason}"
        )
    if purchase.run_id == order.run_id:
        _ask_to_stop(context, purchase.provider, purchase.job_id)
    raise FineTuneTimedOut(
        f"job {purchase.job_id} for {purchase.model} is {age} old, longer than the {max_age} allowed; "
        "it was asked to stop"
    )


def _ask_to_stop(context: PurchaseContext, provider: str, job_id: str | None) -> None:
    # Whether it did stop is found out when the run is shut down.
    with suppress(Transient, ProviderRefusal):
        if job_id is not None:
            context.provider_of(provider).cancel(job_id)


def _require_no_overrun(entry: Entry) -> None:
    if entry.overrun:
        raise SpendOverrun(
            f"{entry.provider} billed ${money.format_usd(entry.settled or money.ZERO)} for "
            f"{entry.purpose} {entry.model}, above the ${money.format_usd(entry.reserved)} reserved"
        )


def settlement_of(ledger: Ledger, order: TrainingOrder) -> Settlement:
    """Return what is known of an order: its model and its cost, or nothing if it was not bought."""
    purchase = ledger.trainings.get(order.purchase_id)
    if purchase is None:
        return Settlement(order.purchase_id, order.run_id, None, None, None, money.ZERO, "")
    return _settlement(purchase, ledger.entry(purchase.run_id, purchase.entry_id), order.run_id)


def _settlement(purchase: TrainingPurchase, entry: Entry | None, run_id: str) -> Settlement:
    ours = entry if entry is not None and entry.run_id == run_id else None
    return Settlement(
        purchase_id=purchase.purchase_id,
        owner_run_id=purchase.run_id,
        job_id=purchase.job_id,
        fine_tuned_model=purchase.fine_tuned_model,
        trained_tokens=purchase.trained_tokens,
        settled=(ours.settled or money.ZERO) if ours else money.ZERO,
        detail=entry.detail if entry else "",
    )


def _status(purchase: TrainingPurchase, job: Job | None = None) -> JobStatus:
    return JobStatus(
        purchase_id=purchase.purchase_id,
        status=_public_state(purchase),
        owner_run_id=purchase.run_id,
        job_id=purchase.job_id,
        provider_status=job.status if job else purchase.state,
        fine_tuned_model=purchase.fine_tuned_model,
        trained_tokens=purchase.trained_tokens,
        detail=purchase.reason,
    )


def _public_state(purchase: TrainingPurchase) -> str:
    if purchase.state in BILLABLE:
        return purchase.state
    return "running" if purchase.state == "created" else "submitting"
