"""Buying an answer once: asked, paid for, and kept, so that the same question is free ever after."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal
from uuid import uuid4

from shared import money
from shared.catalogue import Price
from shared.errors import Transient
from shared.ids import digest
from shared.ledger import AnswerPurchase, Entry, Reservation
from shared.providers import (
    ChatRequest,
    Completion,
    ModelNotReady,
    OutcomeUnknown,
    ProviderRefusal,
    RateLimited,
    run_key,
)
from shared.purchases.context import AnswerLost, PurchaseContext, ReservationReleased
from shared.purchases.rules import (
    CREATE_WITHIN,
    MAX_LOST_ANSWERS,
    AnswerStep,
    answer_cost,
    losses,
    next_answer_step,
)

PAUSE_SECONDS = 2.0
# Within one call, how long to obey a provider that says "too fast" before handing the wait back.
RATE_LIMIT_PATIENCE = timedelta(seconds=60)
MODEL_PAUSE_SECONDS = 10.0
LONGEST_RATE_PAUSE_SECONDS = 30.0


@dataclass(frozen=True)
class Question:
    """Something to ask a model once, in the name of a run.

    `model` is the catalogue's name, for the ledger. `prompt_tokens` is the most the messages can
    count as at the provider.
    """

    run_id: str
    model: str
    provider: str
    request: ChatRequest
    prompt_tokens: int
    input_price: Price
    output_price: Price
    purpose: Literal["inference", "judging"] = "inference"

    @cached_property
    def generation_id(self) -> str:
        """The digest of everything that was sent: the same question has the same name."""
        request = self.request
        messages = [(message.role, message.content) for message in request.messages]
        return digest(
            self.provider,
            request.model,
            messages,
            request.max_tokens,
            request.temperature,
            request.seed,
        )

    @property
    def reserved(self) -> Decimal:
        """What the longest answer would cost."""
        return money.add(
            self.input_price.of_tokens(self.prompt_tokens),
            self.output_price.of_tokens(self.request.max_tokens),
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """A model's words and their price; `paid` is false when another run paid for them.

    `cost` is None where the provider did not count.
    """

    generation_id: str
    text: str
    finish_reason: str
    prompt_tokens: int | None
    completion_tokens: int | None
    cost: Decimal | None
    paid: bool


def ask(context: PurchaseContext, question: Question) -> Answer:
    """Return the answer, bought now unless it was before.

    Raises SpendCeilingReached before anything is bought, AnswerLost, a ProviderRefusal, or a
    Transient error after which the same call goes on.
    """
    begun = context.now()
    while True:
        answer = _advance(context, question, begun)
        if answer is not None:
            return answer


def _advance(context: PurchaseContext, question: Question, begun: datetime) -> Answer | None:
    """One move towards the answer, asked for since `begun`; None when there must be another."""
    looked_at = context.now()
    purchase = context.ledger.answers.get(question.generation_id)
    step = next_answer_step(purchase, question.run_id, looked_at, context.answer_window)
    if step is AnswerStep.GIVE_UP:
        raise AnswerLost(
            f"{question.model} was asked {MAX_LOST_ANSWERS} times and no reply arrived "
            f"({question.generation_id}); each may have been billed, so it is not asked again"
        )
    if step is AnswerStep.WAIT:
        context.sleep(PAUSE_SECONDS)
        return None
    if purchase is not None and step is AnswerStep.KEEP:
        pay(context, purchase)
        return _answer(purchase, question.run_id)
    claimed = _claim(context, question, purchase)
    return None if claimed is None else _call(context, question, claimed, begun)


def pay(context: PurchaseContext, purchase: AnswerPurchase) -> Entry | None:
    """Settle what an answer cost, or free what bought none; None while that is not known.

    The cost of an answer that came without its count of tokens stays unknown.
    """
    if purchase.state == "answered" and purchase.cost is not None:
        detail = f"{purchase.prompt_tokens} + {purchase.completion_tokens} billed tokens"
        return context.ledger.settle(purchase.run_id, purchase.entry_id, purchase.cost, detail)
    if purchase.state == "answered":
        detail = "answered; the provider never said what it billed"
        return context.ledger.leave_unknown(purchase.run_id, purchase.entry_id, detail)
    if purchase.state == "withdrawn":
        return context.ledger.release(purchase.run_id, purchase.entry_id)
    return None


def hold_lost(context: PurchaseContext, run_id: str, entry_id: str) -> None:
    """Hold what a reply that never came may have cost."""
    context.ledger.leave_unknown(run_id, entry_id, "the reply was lost, and may have been billed")


def _claim(
    context: PurchaseContext, question: Question, previous: AnswerPurchase | None
) -> AnswerPurchase | None:
    """Reserve and write the intent; None when another execution was first."""
    if previous is not None:
        pay(context, previous)
    attempt = 1 if previous is None else previous.attempt + 1
    entry = context.ledger.reserve(_reservation(question, attempt))
    if entry.status != "reserved":
        _moved_on(context, entry, previous)
        return None
    intent = AnswerPurchase(
        purchase_id=question.generation_id,
        run_id=question.run_id,
        entry_id=entry.entry_id,
        attempt=attempt,
        writer=uuid4().hex,
        intent_at=context.now(),
        losses=losses(previous, question.run_id),
    )
    claimed = context.ledger.answers.claim(intent, previous)
    if claimed is not None and claimed.writer == intent.writer:
        return claimed
    if claimed is None or (claimed.run_id, claimed.entry_id) != (entry.run_id, entry.entry_id):
        context.ledger.release(entry.run_id, entry.entry_id, unless_intended=True)
    return None


def _moved_on(context: PurchaseContext, entry: Entry, previous: AnswerPurchase | None) -> None:
    """Let the caller look anew, unless this entry was closed for good and not by a twin."""
    if context.ledger.answers.get(entry.purchase_id) == previous:
        raise ReservationReleased(
            f"the reservation {entry.entry_id} of run {entry.run_id} is {entry.status}; "
            "start a new run to ask this question"
        )


def _call(
    context: PurchaseContext, question: Question, claimed: AnswerPurchase, begun: datetime
) -> Answer | None:
    """Return the answer, or None when there is none and the question may be looked at anew.

    A provider that will answer later is asked again under the same claim, renewed before it is
    older than CREATE_WITHIN at a call, so that no other execution takes it for given up.
    """
    while context.now() - claimed.intent_at <= CREATE_WITHIN:
        try:
            completion = context.provider_of(question.provider).complete(question.request)
        except OutcomeUnknown:
            context.ledger.answers.update(claimed, state="lost")
            hold_lost(context, claimed.run_id, claimed.entry_id)
            return None
        except (RateLimited, ModelNotReady) as busy:
            patience, pause = _patience(context, busy)
            if context.now() - begun >= patience:
                _withdraw(context, claimed)
                raise
            context.sleep(pause)
            claimed = _renewed(context, claimed)
        except (ProviderRefusal, Transient):
            _withdraw(context, claimed)
            raise
        else:
            return _save(context, question, claimed, completion)
    _withdraw(context, claimed)
    return None


def _patience(
    context: PurchaseContext, busy: RateLimited | ModelNotReady
) -> tuple[timedelta, float]:
    """Return how long to wait in all for a provider that will answer later, and the next pause in seconds."""
    if isinstance(busy, ModelNotReady):
        return context.model_patience, MODEL_PAUSE_SECONDS
    pause = busy.retry_after or PAUSE_SECONDS
    return RATE_LIMIT_PATIENCE, min(pause, LONGEST_RATE_PAUSE_SECONDS)


def _renewed(context: PurchaseContext, claimed: AnswerPurchase) -> AnswerPurchase:
    """Return the claim with a new intent time if it is too old to call under, else as it is.

    It stays too old when another execution has taken the question over, or the run was shut down.
    """
    if context.now() - claimed.intent_at <= CREATE_WITHIN:
        return claimed
    if context.ledger.totals(claimed.run_id).closed_at is not None:
        return claimed
    intent = replace(claimed, intent_at=context.now())
    standing = context.ledger.answers.claim(intent, claimed)
    if standing is None or standing.writer != claimed.writer:
        return claimed
    return standing


def _save(
    context: PurchaseContext, question: Question, claimed: AnswerPurchase, completion: Completion
) -> Answer:
    cost = answer_cost(completion, question.input_price, question.output_price)
    answer: dict[str, Any] = {
        "state": "answered",
        "text": completion.text,
        "finish_reason": completion.finish_reason,
        "prompt_tokens": completion.prompt_tokens,
        "completion_tokens": completion.completion_tokens,
        "cost": cost,
    }
    context.ledger.answers.update(claimed, **answer)
    # Paid for even if another execution has given this one up and asked again.
    mine = replace(claimed, **answer)
    pay(context, mine)
    return _answer(mine, question.run_id)


def _withdraw(context: PurchaseContext, claimed: AnswerPurchase) -> None:
    context.ledger.answers.update(claimed, state="withdrawn")
    # Freed even if another execution has given this one up and asked again.
    pay(context, replace(claimed, state="withdrawn"))


def _reservation(question: Question, attempt: int) -> Reservation:
    return Reservation(
        run_id=question.run_id,
        entry_id=run_key(question.generation_id, attempt),
        purchase_id=question.generation_id,
        purpose=question.purpose,
        model=question.model,
        provider=question.provider,
        amount=question.reserved,
    )


def _answer(purchase: AnswerPurchase, run_id: str) -> Answer:
    return Answer(
        generation_id=purchase.purchase_id,
        text=purchase.text or "",
        finish_reason=purchase.finish_reason,
        prompt_tokens=purchase.prompt_tokens,
        completion_tokens=purchase.completion_tokens,
        cost=purchase.cost,
        paid=purchase.run_id == run_id,
    )
