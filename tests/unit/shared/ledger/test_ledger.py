import threading
import time
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest

from shared.errors import SpendCeilingReached
from shared.ledger import (
    Ledger,
    LedgerBusy,
    Reservation,
    RunClosed,
    RunNotOpen,
    SpendOverrun,
    TrainingPurchase,
)
from tests.unit.shared.fakes import START, Clock
from tests.unit.shared.memory_dynamodb import MemoryDynamoDB, client_error

MONTH = "2026-11"


def wish(amount: str, entry_id: str = "job", run_id: str = "run") -> Reservation:
    return Reservation(
        run_id=run_id,
        entry_id=entry_id,
        purchase_id=entry_id,
        purpose="training",
        model="gpt-4.1-mini",
        provider="openai",
        amount=Decimal(amount),
    )


@pytest.fixture
def book(ledger: Ledger) -> Ledger:
    ledger.open_run("run", Decimal(10), MONTH, Decimal(100))
    return ledger


def intent(entry_id: str, writer: str = "me", attempt: int = 1) -> TrainingPurchase:
    return TrainingPurchase(
        purchase_id="model",
        run_id="run",
        entry_id=entry_id,
        attempt=attempt,
        writer=writer,
        intent_at=START,
        provider="openai",
        model="gpt-4.1-mini",
        price_amount=Decimal(5),
        price_per=1_000_000,
        file_id="file",
    )


def test_a_reservation_counts_against_the_run_and_the_month(book: Ledger) -> None:
    book.reserve(wish("4.000000000001"))
    for totals in (book.totals("run"), book.month_totals(MONTH)):
        assert (totals.settled, totals.reserved) == (0, Decimal("4.000000000001"))
    assert book.totals("run").available == Decimal("5.999999999999")


def test_the_last_cent_of_a_ceiling_can_be_reserved_and_no_more(book: Ledger) -> None:
    book.reserve(wish("10"))
    with pytest.raises(SpendCeilingReached):
        book.reserve(wish("0.000000000001", "one too many"))
    assert book.totals("run").available == 0


def test_reserving_again_returns_the_entry_and_holds_nothing_more(book: Ledger) -> None:
    first = book.reserve(wish("6"))
    assert book.reserve(wish("6")) == first
    assert book.totals("run").reserved == 6


def test_the_refusal_says_what_for_what_it_would_come_to_and_the_ceiling(book: Ledger) -> None:
    book.reserve(wish("8"))
    with pytest.raises(SpendCeilingReached) as refused:
        book.reserve(wish("2.5", "second"))
    assert "training gpt-4.1-mini" in str(refused.value)
    assert "the run to $10.500000, above the ceiling of $10.000000" in str(refused.value)
    assert book.entry("run", "second") is None


def test_the_month_stops_a_second_run_whose_own_ceiling_is_untouched(ledger: Ledger) -> None:
    ledger.open_run("one", Decimal(10), MONTH, Decimal(12))
    ledger.open_run("two", Decimal(10), MONTH, Decimal(12))
    ledger.reserve(wish("9", run_id="one"))
    with pytest.raises(SpendCeilingReached, match=r"the month 2026-11 to \$18\.000000"):
        ledger.reserve(wish("9", run_id="two"))
    assert ledger.totals("two").committed == 0


def test_another_month_has_its_own_ceiling(ledger: Ledger) -> None:
    ledger.open_run("november", Decimal(10), MONTH, Decimal(10))
    ledger.open_run("december", Decimal(10), "2026-12", Decimal(10))
    ledger.reserve(wish("10", run_id="november"))
    assert ledger.reserve(wish("10", run_id="december")).month == "2026-12"


def test_settling_frees_what_was_not_billed(book: Ledger, clock: Clock) -> None:
    book.reserve(wish("6"))
    clock.sleep(60)
    entry = book.settle("run", "job", Decimal("5.5"), "1100000 billed tokens")
    assert (entry.status, entry.settled, entry.overrun) == ("settled", Decimal("5.5"), 0)
    assert (entry.closed_at, entry.detail) == (clock.now(), "1100000 billed tokens")
    assert book.entry("run", "job") == entry
    assert book.totals("run").available == Decimal("4.5")
    assert book.month_totals(MONTH).available == Decimal("94.5")


def test_a_settled_entry_stays_as_it_is(book: Ledger) -> None:
    book.reserve(wish("6"))
    first = book.settle("run", "job", Decimal(5), "first")
    assert book.settle("run", "job", Decimal(1), "second") == first
    assert book.release("run", "job") == first
    assert book.totals("run").settled == 5


def test_releasing_gives_everything_back_once(book: Ledger) -> None:
    book.reserve(wish("6"))
    assert book.release("run", "job").status == "released"
    assert book.release("run", "job").status == "released"
    assert book.totals("run").available == 10


def test_a_bill_beyond_its_reservation_is_recorded_and_stops_the_run(book: Ledger) -> None:
    book.reserve(wish("6"))
    assert book.settle("run", "job", Decimal(11), "surprise").overrun == 5
    totals = book.totals("run")
    assert (totals.settled, totals.overrun, totals.available) == (11, 5, -1)
    with pytest.raises(SpendOverrun, match=r"\$5\.000000 beyond"):
        book.reserve(wish("0.000001", "another"))


def test_an_overrun_stops_the_run_even_where_its_ceiling_still_holds(book: Ledger) -> None:
    book.reserve(wish("1"))
    book.settle("run", "job", Decimal(2), "surprise")
    with pytest.raises(SpendOverrun):
        book.reserve(wish("1", "another"))


def test_a_bill_for_a_released_entry_is_recorded_whole_as_an_overrun(book: Ledger) -> None:
    book.reserve(wish("6"))
    book.release("run", "job")
    assert book.settle("run", "job", Decimal(2), "it was bought after all").overrun == 2
    totals = book.totals("run")
    assert (totals.settled, totals.reserved, totals.overrun, totals.available) == (2, 0, 2, 8)


def test_opening_a_run_again_changes_nothing(book: Ledger) -> None:
    book.reserve(wish("6"))
    book.open_run("run", Decimal(99), "2026-12", Decimal(1))
    assert (book.totals("run").ceiling, book.totals("run").month) == (10, MONTH)
    assert book.month_totals(MONTH).ceiling == 100


@pytest.mark.parametrize("ceiling", ["200", "5"])
def test_a_later_run_may_move_the_months_ceiling(book: Ledger, ceiling: str) -> None:
    book.reserve(wish("6"))
    book.open_run("later", Decimal(10), MONTH, Decimal(ceiling))
    month = book.month_totals(MONTH)
    assert (month.ceiling, month.available) == (Decimal(ceiling), Decimal(ceiling) - 6)


def test_a_lowered_month_ceiling_refuses_the_next_reservation(book: Ledger) -> None:
    book.reserve(wish("6"))
    book.open_run("later", Decimal(10), MONTH, Decimal(5))
    with pytest.raises(SpendCeilingReached, match="the month"):
        book.reserve(wish("0.01", "next", "later"))


def test_a_run_that_was_never_opened_can_neither_reserve_nor_settle(ledger: Ledger) -> None:
    with pytest.raises(RunNotOpen, match="RUN#stranger"):
        ledger.reserve(wish("1", run_id="stranger"))
    with pytest.raises(RunNotOpen, match="never reserved"):
        ledger.settle("stranger", "job", Decimal(1), "")


def test_a_closed_run_reserves_nothing_more_but_still_settles(book: Ledger) -> None:
    book.reserve(wish("6"))
    book.close_run("run")
    with pytest.raises(RunClosed):
        book.reserve(wish("1", "zombie"))
    assert book.settle("run", "job", Decimal(5), "").settled == 5


def test_all_entries_of_a_run_are_listed_across_pages(book: Ledger) -> None:
    names = [f"entry-{number:02}" for number in range(10)]
    entries = [book.reserve(wish("0.1", name)) for name in names]
    book.open_run("other", Decimal(10), MONTH, Decimal(100))
    book.reserve(wish("1", run_id="other"))
    assert book.entries("run") == entries


def test_an_intent_marks_its_reservation_and_is_kept_whole(book: Ledger) -> None:
    book.reserve(wish("6"))
    claimed = book.trainings.claim(intent("job"), None)
    assert claimed == intent("job")
    assert book.trainings.get("model") == claimed
    assert book.known_entry("run", "job").intent_at == START


def test_only_one_of_two_writers_gets_the_intent(book: Ledger) -> None:
    book.reserve(wish("3"))
    book.reserve(wish("3", "theirs"))
    book.trainings.claim(intent("job"), None)
    assert book.trainings.claim(intent("theirs", "them"), None) == intent("job")
    assert book.known_entry("run", "theirs").intent_at is None


def test_a_released_reservation_can_no_longer_buy(book: Ledger) -> None:
    book.reserve(wish("6"))
    book.release("run", "job", unless_intended=True)
    assert book.trainings.claim(intent("job"), None) is None


def test_a_reservation_with_an_intent_is_not_released_by_accident(book: Ledger) -> None:
    book.reserve(wish("6"))
    book.trainings.claim(intent("job"), None)
    assert book.release("run", "job", unless_intended=True).status == "reserved"
    assert book.totals("run").reserved == 6


def test_an_update_on_old_knowledge_changes_nothing(book: Ledger) -> None:
    book.reserve(wish("6"))
    old = book.trainings.claim(intent("job"), None)
    assert old
    created = book.trainings.update(old, state="created", job_id="job-1")
    assert (created.state, created.job_id, created.version) == ("created", "job-1", 2)
    assert book.trainings.update(old, state="withdrawn") == created


def test_the_next_attempt_replaces_the_purchase_it_has_read(book: Ledger) -> None:
    book.reserve(wish("3"))
    book.reserve(wish("3", "job-2"))
    first = book.trainings.claim(intent("job"), None)
    second = book.trainings.claim(intent("job-2", "you", attempt=2), first)
    assert second == replace(intent("job-2", "you", attempt=2), version=2)


class Interrupted(MemoryDynamoDB):
    """Refuses calls with `code` as often as told, before or after doing what was asked."""

    def fail(self, code: str, times: int, *, after: bool = False) -> None:
        left = count(times, -1)

        def refuse(operation: str) -> None:
            if operation == "TransactWriteItems" and next(left) > 0:
                reasons = [{"Code": "None"}, {"Code": code}]
                raise client_error("TransactionCanceledException", reasons)

        if after:
            self.after = refuse
        else:
            self.before = refuse


@pytest.fixture
def interrupted(clock: Clock) -> tuple[Interrupted, Ledger]:
    client = Interrupted()
    ledger = Ledger(client, "ledger", now=clock.now, sleep=clock.sleep)
    ledger.open_run("run", Decimal(10), MONTH, Decimal(100))
    return client, ledger


@pytest.mark.parametrize("code", ["TransactionConflict", "ThrottlingError"])
def test_contention_is_waited_out(interrupted: tuple[Interrupted, Ledger], code: str) -> None:
    client, ledger = interrupted
    client.fail(code, times=20)
    assert ledger.reserve(wish("6")).status == "reserved"
    assert ledger.totals("run").reserved == 6


def test_contention_without_end_is_given_up(
    interrupted: tuple[Interrupted, Ledger], clock: Clock
) -> None:
    client, ledger = interrupted
    client.fail("TransactionConflict", times=10_000)
    with pytest.raises(LedgerBusy, match="60 tries"):
        ledger.reserve(wish("6"))
    assert (clock.now() - START).total_seconds() < 60


def test_an_error_that_waiting_cannot_cure_is_not_retried(
    interrupted: tuple[Interrupted, Ledger], clock: Clock
) -> None:
    client, ledger = interrupted
    client.fail("ValidationError", times=1)
    with pytest.raises(Exception, match="TransactionCanceled"):
        ledger.reserve(wish("6"))
    assert clock.now() == START


def test_a_transaction_whose_reply_was_lost_is_not_done_twice(
    interrupted: tuple[Interrupted, Ledger],
) -> None:
    client, ledger = interrupted
    client.fail("InternalServerError", times=1, after=True)
    assert ledger.reserve(wish("6")).reserved == 6
    client.fail("InternalServerError", times=1, after=True)
    assert ledger.trainings.claim(intent("job"), None) == intent("job")
    client.fail("InternalServerError", times=1, after=True)
    assert ledger.settle("run", "job", Decimal(5), "").settled == 5
    totals = ledger.totals("run")
    assert (totals.settled, totals.reserved, totals.available) == (5, 0, 5)


def test_of_200_at_once_exactly_the_20_that_fit_win() -> None:
    client = MemoryDynamoDB()
    writing = threading.Lock()
    outcomes: Counter[str] = Counter()

    def conflict(operation: str) -> None:
        if operation == "TransactWriteItems" and not writing.acquire(blocking=False):
            outcomes["conflicts"] += 1
            reasons = [{"Code": "TransactionConflict"}]
            raise client_error("TransactionCanceledException", reasons)

    def done(operation: str) -> None:
        if operation == "TransactWriteItems":
            time.sleep(0.001)
            writing.release()

    ledger = Ledger(client, "ledger")
    ledger.open_run("run", Decimal(10), MONTH, Decimal(100))
    client.before, client.after = conflict, done

    def contend(number: int) -> None:
        try:
            ledger.reserve(wish("0.5", str(number)))
            outcomes["won"] += 1
        except SpendCeilingReached:
            outcomes["refused"] += 1

    threads = [threading.Thread(target=contend, args=(number,)) for number in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.pop("conflicts") > 0
    assert outcomes == {"won": 20, "refused": 180}
    assert ledger.totals("run").available == 0
    assert len(ledger.entries("run")) == 20
