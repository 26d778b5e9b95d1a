"""The single steps that buying and shutting down share; each may be repeated or raced by others."""

from collections.abc import Sequence
from contextlib import suppress

from shared.errors import Transient
from shared.ledger import Entry, TrainingPurchase
from shared.providers import Job, ProviderRefusal
from shared.purchases.context import PurchaseContext
from shared.purchases.rules import (
    BILL_POLLS,
    BILLABLE,
    Bill,
    adoptable,
    bill,
    ending,
    is_lost,
    is_untold,
    is_useful,
    lacks_an_answer,
    may_be_ours,
    phase,
)

MOST_ASKED = 20  # jobs of which a list shows too little


def reconcile(context: PurchaseContext, purchase: TrainingPurchase) -> TrainingPurchase:
    """Learn from the provider what became of an intent; unchanged when it is too early to say."""
    asked_at = context.now()
    job, doubtful = _found(context, purchase)
    if job is not None:
        return _created(context, purchase, job.job_id)
    if not is_lost(purchase, asked_at, context.submission_window):
        return purchase
    if purchase.job_id is not None:
        return _created(context, purchase, purchase.job_id)
    if doubtful:
        return _held(context, purchase, doubtful)
    return withdraw(context, purchase, "no job appeared at the provider")


def _created(context: PurchaseContext, purchase: TrainingPurchase, job_id: str) -> TrainingPurchase:
    return context.ledger.trainings.update(purchase, state="created", job_id=job_id, reason="")


def _found(
    context: PurchaseContext, purchase: TrainingPurchase
) -> tuple[Job | None, Sequence[Job]]:
    """Return the job that an intent made, else those that cannot be told from it.

    A job of which the list shows too little is asked for by itself. The only one that cannot be told from
    ours counts as ours once it has ended without a model: its bill is then in the books.
    """
    provider = context.provider_of(purchase.provider)
    listed = provider.jobs()
    job = adoptable(listed, purchase)
    if job is not None:
        return job, ()
    unclear = [job for job in listed if may_be_ours(job, purchase)][:MOST_ASKED]
    asked = [provider.get(job.job_id) or job for job in unclear]
    doubtful = [job for job in asked if may_be_ours(job, purchase)]
    if len(doubtful) == 1 and not is_useful(doubtful[0]):
        return doubtful[0], ()
    return adoptable(asked, purchase), doubtful


def _held(
    context: PurchaseContext, purchase: TrainingPurchase, doubtful: Sequence[Job]
) -> TrainingPurchase:
    """Keep the money of an intent that may have made one of these jobs; a second one is not bought."""
    names = ", ".join(job.job_id for job in doubtful)
    reason = (
        f"the reply to the creation was lost, and {purchase.provider} shows nothing that tells whether it "
        f"made {names}; nothing is bought again. Look there, and cancel it: what it billed is then "
        "counted here, and a new run buys anew"
    )
    if purchase.reason == reason:
        return purchase
    return context.ledger.trainings.update(purchase, reason=reason)


def withdraw(
    context: PurchaseContext, purchase: TrainingPurchase, reason: str, *, never_sent: bool = False
) -> TrainingPurchase:
    """Nothing was bought: give the money back, and let anyone try again.

    `never_sent`: for certain, so that the next attempt may use the same training file.
    """
    withdrawn = context.ledger.trainings.update(
        purchase, state="withdrawn", reason=reason, file_unused=never_sent
    )
    close(context, withdrawn)
    return withdrawn


def observe(
    context: PurchaseContext, purchase: TrainingPurchase
) -> tuple[TrainingPurchase, Job | None]:
    """Ask the provider about a created job, and record its end once its bill is known.

    The job is None while the provider does not show it.
    """
    job = context.provider_of(purchase.provider).get(purchase.job_id or "")
    if job is None or phase(job.status) not in BILLABLE:
        return purchase, job
    if is_untold(purchase, job) and purchase.bill_polls < BILL_POLLS:
        polls = purchase.bill_polls + 1
        return context.ledger.trainings.update(purchase, bill_polls=polls), job
    return context.ledger.trainings.update(purchase, **ending(purchase, job)), job


def asked_again(context: PurchaseContext, purchase: TrainingPurchase) -> TrainingPurchase:
    """Return a purchase that has ended with what its provider has told since: what it billed, which model it made."""
    if not lacks_an_answer(purchase):
        return purchase
    with suppress(Transient, ProviderRefusal):
        job = context.provider_of(purchase.provider).get(purchase.job_id or "")
        if job is None or phase(job.status) != purchase.state:
            return purchase
        known = ending(purchase, job)
        news = {
            name: value
            for name, value in known.items()
            if value and value != getattr(purchase, name)
        }
        if news:
            purchase = context.ledger.trainings.update(purchase, **news)
            close(context, purchase)
    return purchase


def close(context: PurchaseContext, purchase: TrainingPurchase) -> Entry | None:
    """Settle or release the reservation of a purchase that has come to an end, else None.

    One whose bill nobody knows stays reserved, and is marked as unknown.
    Always before the next attempt is claimed, so that no reservation is ever left without an owner.
    """
    if purchase.state in ("withdrawn", "refused"):
        never_sent = purchase.file_unused or purchase.state == "refused"
        return context.ledger.release(purchase.run_id, purchase.entry_id, never_sent=never_sent)
    if purchase.state not in BILLABLE:
        return None
    return pay_bill(context, purchase.run_id, purchase.entry_id, bill(purchase))


def pay_bill(context: PurchaseContext, run_id: str, entry_id: str, owed: Bill) -> Entry:
    """Settle a bill, or leave open what nobody knows."""
    if owed.amount is None:
        return context.ledger.leave_unknown(run_id, entry_id, owed.detail)
    return context.ledger.settle(run_id, entry_id, owed.amount, owed.detail)
