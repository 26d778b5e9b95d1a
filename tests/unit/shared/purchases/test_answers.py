from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from shared.errors import SpendCeilingReached
from shared.ledger import Ledger, RunClosed
from shared.providers import (
    UNUSABLE,
    ChatRequest,
    Completion,
    ModelNotReady,
    ProviderOutOfMoney,
    RateLimited,
)
from shared.purchases import AnswerLost, PurchaseContext, ask, cancel_jobs
from shared.purchases.rules import CREATE_WITHIN, MODEL_PATIENCE
from tests.unit.shared.fakes import START, Clock, FakeProvider, Fault
from tests.unit.shared.purchases.conftest import Dying
from tests.unit.shared.purchases.orders import MONTH, question

COST = Decimal("0.000072")


def test_an_answer_is_paid_for_from_what_was_used(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    answer = ask(context, question())
    assert (answer.text, answer.cost, answer.paid) == ("An answer.", COST, True)
    totals = context.ledger.totals("run")
    assert (totals.settled, totals.reserved) == (provider.bill(), 0)


def test_the_longest_answer_is_reserved_before_it_is_asked(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    context.ledger.open_run("poor", Decimal("0.000367"), MONTH, Decimal(100))
    # 60 tokens in at $0.80 and 100 out at $3.20 per million.
    with pytest.raises(SpendCeilingReached, match=r"\$0\.000368 for inference"):
        ask(context, question("poor"))
    assert provider.calls == []


def test_the_same_question_is_free_the_second_time_for_any_run(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    ask(context, question())
    again = ask(context, question("second"))
    assert (again.text, again.cost, again.paid) == ("An answer.", COST, False)
    assert len(provider.calls) == 1
    assert context.ledger.totals("second").committed == 0


def test_a_different_question_is_another_purchase(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    assert question().generation_id == question("second").generation_id
    assert question().generation_id != question(text="Why?").generation_id


@pytest.mark.parametrize("fault", [Fault.LOST_AFTER, Fault.LOST_BEFORE])
def test_a_lost_reply_keeps_its_reservation_and_is_asked_once_more(
    context: PurchaseContext, provider: FakeProvider, fault: Fault
) -> None:
    provider.script("complete", fault)
    assert ask(context, question()).paid
    totals = context.ledger.totals("run")
    assert (totals.settled, totals.reserved) == (COST, question().reserved)


def test_a_reply_lost_twice_is_given_up_but_a_later_run_may_ask(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.script("complete", Fault.LOST_AFTER, Fault.LOST_AFTER)
    for _ in range(2):
        with pytest.raises(AnswerLost):
            ask(context, question())
    assert provider.sent.count("complete") == 2
    assert context.ledger.totals("run").reserved == 2 * question().reserved
    assert ask(context, question("second")).paid


def test_a_provider_that_is_too_busy_is_asked_again_after_the_time_it_names(
    context: PurchaseContext, provider: FakeProvider, clock: Clock
) -> None:
    provider.script("complete", Fault.RATE_LIMITED, Fault.RATE_LIMITED)
    begun = clock.now()
    assert ask(context, question()).paid
    assert clock.now() - begun == timedelta(seconds=2)
    assert context.ledger.totals("run").committed == COST


def test_a_provider_that_stays_too_busy_is_left_alone_with_nothing_reserved(
    context: PurchaseContext, provider: FakeProvider, clock: Clock
) -> None:
    provider.script("complete", *[Fault.RATE_LIMITED] * 1000)
    begun = clock.now()
    with pytest.raises(RateLimited):
        ask(context, question())
    assert clock.now() - begun == timedelta(seconds=60)
    assert context.ledger.totals("run").committed == 0


def test_a_refused_question_costs_nothing_and_may_be_asked_again(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.script("complete", Fault.OUT_OF_MONEY)
    with pytest.raises(ProviderOutOfMoney):
        ask(context, question())
    assert context.ledger.totals("run").committed == 0
    assert ask(context, question()).paid


def test_a_model_that_was_just_made_is_waited_for(
    context: PurchaseContext, provider: FakeProvider, clock: Clock
) -> None:
    provider.script("complete", *[Fault.NOT_READY] * 20)
    assert ask(context, question()).paid
    assert clock.now() - START == timedelta(seconds=200)
    assert context.ledger.totals("run").committed == COST


def test_a_model_that_never_answers_is_not_waited_for_for_ever(
    context: PurchaseContext, provider: FakeProvider, clock: Clock
) -> None:
    provider.script("complete", *[Fault.NOT_READY] * 1000)
    with pytest.raises(ModelNotReady):
        ask(context, question())
    assert clock.now() - START == MODEL_PATIENCE
    assert context.ledger.totals("run").committed == 0


def test_an_unusable_answer_is_paid_for_and_asked_again_only_by_another_run(
    context: PurchaseContext, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    useless = Completion("", UNUSABLE, 50, 0)
    monkeypatch.setattr(provider, "complete", lambda request: useless)
    answer = ask(context, question())
    assert (answer.text, answer.finish_reason, answer.paid) == ("", UNUSABLE, True)
    assert answer.cost == context.ledger.totals("run").settled > 0
    monkeypatch.undo()
    assert ask(context, question()).text == ""
    assert ask(context, question("second")).text == "An answer."


def test_what_an_answer_without_a_count_cost_is_held_and_said_to_be_unknown(
    context: PurchaseContext, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    uncounted = Completion("An answer.", "stop", None, None)
    monkeypatch.setattr(provider, "complete", lambda request: uncounted)
    assert ask(context, question()).cost is None
    (entry,) = context.ledger.entries("run")
    assert (entry.status, entry.settled) == ("unknown", None)
    assert "never said" in entry.detail
    totals = context.ledger.totals("run")
    assert (totals.settled, totals.reserved) == (0, question().reserved)


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", range(1, 9))
def test_a_lambda_killed_at_any_write_gets_its_answer_the_next_time(
    context: PurchaseContext,
    provider: FakeProvider,
    ledger: Ledger,
    killed_at: Dying,
    number: int,
    after: bool,
) -> None:
    with killed_at(number, after=after):
        ask(context, question())
    ask(context, question())
    totals = ledger.totals("run")
    assert totals.settled + totals.reserved >= provider.bill()
    assert totals.overrun == 0
    assert len(provider.calls) <= 2


def test_an_answer_that_another_execution_is_getting_is_waited_for(
    context: PurchaseContext, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = []
    asked = provider.complete

    def complete(request):
        reply = asked(request)
        # A duplicate of the same event arrives while the provider is still thinking.
        with pytest.raises(StopIteration):
            ask(impatient, question())
        answers.append(reply)
        return reply

    def give_up(seconds: float) -> None:
        raise StopIteration

    impatient = PurchaseContext(context.ledger, context.provider_of, context.now, give_up)
    monkeypatch.setattr(provider, "complete", complete)
    ask(context, question())
    assert (len(answers), len(provider.calls)) == (1, 1)


def test_a_question_withdrawn_by_a_dying_lambda_leaves_nothing_reserved(
    context: PurchaseContext, provider: FakeProvider, killed_at: Dying
) -> None:
    provider.script("complete", Fault.OUT_OF_MONEY)
    with killed_at(5, after=True):
        ask(context, question())
    assert context.ledger.totals("run").reserved == question().reserved
    ask(context, question())
    assert context.ledger.totals("run").committed == COST


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.NOT_READY])
def test_a_busy_provider_costs_the_ledger_no_more_than_one_that_answers_at_once(
    context: PurchaseContext, provider: FakeProvider, table_calls: list[str], fault: Fault
) -> None:
    ask(context, question(text="Who made it?"))
    undisturbed = len(table_calls) - 1  # the run's month was read once and for all
    table_calls.clear()
    provider.script("complete", *[fault] * 3)
    ask(context, question())
    assert (provider.sent.count("complete"), len(table_calls)) == (5, undisturbed)
    assert len(context.ledger.entries("run")) == 2


@pytest.mark.parametrize("seconds", [0.1, 1.0, 5.0])
def test_a_minute_of_a_busy_provider_costs_a_few_calls_and_one_entry_however_often_it_is_asked(
    context: PurchaseContext, provider: FakeProvider, table_calls: list[str], seconds: float
) -> None:
    def busy(request: ChatRequest) -> Completion:
        raise RateLimited("too fast", seconds)

    provider.complete = busy  # type: ignore[method-assign]
    with pytest.raises(RateLimited):
        ask(context, question())
    # Look, the month, reserve, claim; once a read and a write to renew; withdraw, release.
    assert len(table_calls) == 9
    (entry,) = context.ledger.entries("run")
    assert entry.status == "released"
    assert context.ledger.totals("run").committed == 0


@pytest.mark.parametrize("run_id", ["run", "second"])
def test_a_question_that_waits_for_a_busy_provider_is_left_alone_by_others(
    context: PurchaseContext, provider: FakeProvider, clock: Clock, run_id: str
) -> None:
    def give_up(seconds: float) -> None:
        raise StopIteration

    others = replace(context, sleep=give_up)
    answer = provider.complete

    def complete(request: ChatRequest) -> Completion:
        with pytest.raises(StopIteration):
            ask(others, question(run_id))
        return answer(request)

    provider.complete = complete  # type: ignore[method-assign]
    provider.script("complete", *[Fault.NOT_READY] * 25)
    assert ask(context, question()).paid
    assert clock.now() - START > 2 * context.answer_window
    assert (len(provider.calls), len(context.ledger.entries("run"))) == (1, 1)
    assert context.ledger.totals("run").committed == COST


def test_a_run_that_is_shut_down_waits_no_longer_for_a_busy_provider(
    context: PurchaseContext, provider: FakeProvider, clock: Clock
) -> None:
    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        context.ledger.close_run("run")

    provider.script("complete", *[Fault.NOT_READY] * 1000)
    with pytest.raises(RunClosed):
        ask(replace(context, sleep=sleep), question())
    assert clock.now() - START <= CREATE_WITHIN + timedelta(seconds=10)
    assert context.ledger.totals("run").committed == 0


def test_a_question_taken_over_from_a_lambda_that_overslept_is_bought_once_and_held_once(
    context: PurchaseContext, provider: FakeProvider, clock: Clock
) -> None:
    def oversleep(seconds: float) -> None:
        clock.sleep(context.answer_window.total_seconds() + 1)
        ask(context, question("second"))

    provider.script("complete", Fault.RATE_LIMITED)
    answer = ask(replace(context, sleep=oversleep), question())
    assert (answer.text, answer.paid) == ("An answer.", False)
    assert len(provider.calls) == 1
    assert context.ledger.totals("run").committed == 0
    assert context.ledger.totals("second").committed == COST


def test_a_lambda_that_dies_while_it_waits_leaves_its_question_to_the_next(
    context: PurchaseContext, provider: FakeProvider, ledger: Ledger
) -> None:
    def die(seconds: float) -> None:
        raise KeyboardInterrupt

    provider.script("complete", Fault.RATE_LIMITED)
    with pytest.raises(KeyboardInterrupt):
        ask(replace(context, sleep=die), question())
    assert ask(context, question()).paid
    assert len(provider.calls) == 1
    cancel_jobs(context, "run")
    # Whether the dead one's call was billed nobody can say.
    assert ledger.totals("run").committed == COST + question().reserved
