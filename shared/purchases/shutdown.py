"""The end of a run: nothing of it goes on buying, and what it bought is paid for."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from shared.errors import Transient
from shared.ledger import Entry
from shared.providers import ProviderRefusal
from shared.purchases.answers import hold_lost, pay
from shared.purchases.context import PurchaseContext
from shared.purchases.files import delete_uploads
from shared.purchases.rules import BILLABLE, bill, ending, late_job, phase
from shared.purchases.steps import close, observe, pay_bill, reconcile

PAUSE_SECONDS = 5
PATIENCE = timedelta(minutes=8)


@dataclass(frozen=True, slots=True)
class OpenPurchase:
    """A purchase whose end could not be brought about or found out in time; it may cost `at_most`."""

    entry_id: str
    purchase_id: str
    model: str
    provider: str
    reason: str
    at_most: Decimal


@dataclass(frozen=True, slots=True)
class ShutdownResult:
    """The purchases of a run that are still open after its shutdown; normally none."""

    run_id: str
    still_open: tuple[OpenPurchase, ...]


def cancel_jobs(
    context: PurchaseContext, run_id: str, patience: timedelta = PATIENCE
) -> ShutdownResult:
    """Close the run, stop its jobs, settle what they billed, and free what bought nothing.

    Jobs that other runs pay for go on. Jobs that appeared after they were given up are stopped and
    paid for too. Waits at most `patience` for providers to answer; may be called again, and at the
    end of a good run too, where it clears up after Lambdas that died.
    """
    context.ledger.close_run(run_id)
    give_up_at = context.now() + patience
    while True:
        entries = context.ledger.entries(run_id)
        unsettled = [entry for entry in entries if entry.status in ("reserved", "released")]
        still_open = tuple(left for entry in unsettled if (left := _shut_down(context, entry)))
        _delete_uploads(context, run_id)
        if not still_open or context.now() >= give_up_at:
            return ShutdownResult(run_id, still_open)
        context.sleep(PAUSE_SECONDS)


def _delete_uploads(context: PurchaseContext, run_id: str) -> None:
    """No training text stays at a provider for a purchase that has come to its end."""
    for entry in context.ledger.entries(run_id):
        if entry.purpose == "training" and entry.status != "reserved":
            delete_uploads(context, entry)


def _shut_down(context: PurchaseContext, entry: Entry) -> OpenPurchase | None:
    """One move towards the end of what `entry` pays for; None when there is nothing to wait for."""
    if entry.status == "released" and (entry.purpose != "training" or entry.intent_at is None):
        return None
    if entry.intent_at is None:
        entry = context.ledger.release(entry.run_id, entry.entry_id, unless_intended=True)
        return _open(entry, "just begun") if entry.status == "reserved" else None
    try:
        reason = _step_of(entry)(context, entry)
    except (Transient, ProviderRefusal) as failure:
        reason = str(failure)
    return _open(entry, reason) if reason else None


def _step_of(entry: Entry) -> Callable[[PurchaseContext, Entry], str]:
    if entry.status == "released":
        return _shut_down_late_job
    return _shut_down_training if entry.purpose == "training" else _shut_down_answer


def _shut_down_training(context: PurchaseContext, entry: Entry) -> str:
    """Return why the job is still open, or nothing."""
    purchase = context.ledger.trainings.get(entry.purchase_id)
    if purchase is None or (purchase.run_id, purchase.entry_id) != (entry.run_id, entry.entry_id):
        return ""
    if purchase.state == "submitting":
        purchase = reconcile(context, purchase)
    if purchase.state == "created":
        purchase, _ = observe(context, purchase)
    if purchase.state == "created" and not purchase.bill_polls:
        context.provider_of(purchase.provider).cancel(purchase.job_id or "")
        purchase, _ = observe(context, purchase)
    still_open = f"{purchase.state} {purchase.job_id or purchase.reason}".strip()
    return "" if close(context, purchase) else still_open


def _shut_down_late_job(context: PurchaseContext, entry: Entry) -> str:
    """Return why a job that appeared after its attempt was given up is still open, or nothing.

    Its bill has no reservation any more, so all of it is an overrun.
    """
    purchase = context.ledger.trainings.get(entry.purchase_id)
    if purchase is None:
        return ""
    provider = context.provider_of(entry.provider)
    late = late_job(provider.jobs(), entry, purchase)
    if late is None:
        return ""
    if phase(late.status) not in BILLABLE:
        provider.cancel(late.job_id)
        late = provider.get(late.job_id) or late
    if phase(late.status) not in BILLABLE:
        return f"late {late.job_id}"
    owed = bill(replace(purchase, **ending(purchase, late)))
    detail = f"job {late.job_id} appeared after it was given up; {owed.detail}"
    pay_bill(context, entry.run_id, entry.entry_id, replace(owed, detail=detail))
    return ""


def _shut_down_answer(context: PurchaseContext, entry: Entry) -> str:
    """Return why the answer is still open, or nothing; a lost answer keeps its reservation for good."""
    purchase = context.ledger.answers.get(entry.purchase_id)
    if purchase and (purchase.run_id, purchase.entry_id) == (entry.run_id, entry.entry_id):
        if pay(context, purchase):
            return ""
        waiting = context.now() - purchase.intent_at <= context.answer_window
        if purchase.state == "submitting" and waiting:
            return "being answered"
    hold_lost(context, entry.run_id, entry.entry_id)
    return ""


def _open(entry: Entry, reason: str) -> OpenPurchase:
    return OpenPurchase(
        *(entry.entry_id, entry.purchase_id, entry.model, entry.provider, reason, entry.reserved)
    )
