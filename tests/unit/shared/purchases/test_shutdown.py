from datetime import timedelta
from decimal import Decimal

import pytest

from shared.ledger import Entry, RunClosed
from shared.providers import ProviderRejected, TrainingNotAvailable
from shared.purchases import PurchaseContext, ask, cancel_jobs, ensure_job
from tests.unit.shared.fakes import Clock, FakeProvider, Fault
from tests.unit.shared.purchases.conftest import Dying
from tests.unit.shared.purchases.orders import ORDER, RESERVED, SECOND_ORDER, open_file, question


def test_a_running_job_is_cancelled_and_its_share_settled(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    ensure_job(context, ORDER, open_file)
    context.sleep(60)
    assert cancel_jobs(context, "run").still_open == ()
    assert provider.running() == []
    assert context.ledger.totals("run").settled == provider.bill() == Decimal("0.25")
    assert context.ledger.totals("run").reserved == 0


def test_a_good_run_is_closed_with_one_look(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    assert cancel_jobs(context, "run").still_open == ()
    assert provider.sent == []


def test_a_job_whose_reply_was_lost_is_found_and_cancelled(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.listing_delay = 120
    provider.script("create", Fault.LOST_AFTER)
    provider.job_ending = None
    ensure_job(context, ORDER, open_file)
    assert cancel_jobs(context, "run").still_open == ()
    assert provider.running() == []
    assert context.ledger.totals("run").settled == provider.bill()


def test_an_intent_that_bought_nothing_is_released_after_the_window(
    context: PurchaseContext, provider: FakeProvider, clock: Clock
) -> None:
    provider.script("create", Fault.LOST_BEFORE)
    begun = clock.now()
    ensure_job(context, ORDER, open_file)
    assert cancel_jobs(context, "run").still_open == ()
    assert clock.now() - begun > context.submission_window
    assert context.ledger.totals("run").committed == 0


def test_a_reservation_without_an_intent_is_released(
    context: PurchaseContext, killed_at: Dying
) -> None:
    with killed_at(3, after=True):
        ensure_job(context, ORDER, open_file)
    assert context.ledger.totals("run").reserved == RESERVED
    cancel_jobs(context, "run")
    assert context.ledger.totals("run").committed == 0


def test_a_lambda_that_outlives_its_run_buys_nothing(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    cancel_jobs(context, "run")
    with pytest.raises(RunClosed):
        ensure_job(context, ORDER, open_file)
    assert provider.sent == []


def test_a_cancellation_that_is_refused_is_tried_again(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.job_ending = None
    ensure_job(context, ORDER, open_file)
    provider.script("cancel", Fault.REJECTED, Fault.NOT_SENT)
    assert cancel_jobs(context, "run").still_open == ()
    assert provider.running() == []


def test_a_job_that_cannot_be_cancelled_is_reported_and_keeps_its_reservation(
    context: PurchaseContext, provider: FakeProvider, clock: Clock
) -> None:
    provider.job_ending = None
    ensure_job(context, ORDER, open_file)
    provider.script("cancel", *[Fault.REJECTED] * 1000)
    begun = clock.now()
    (left,) = cancel_jobs(context, "run", timedelta(minutes=1)).still_open
    assert (left.model, left.reason) == ("gpt-4.1-mini", "no")
    assert clock.now() - begun < timedelta(minutes=2)
    assert context.ledger.totals("run").reserved == RESERVED


def test_a_job_that_ends_before_it_can_be_cancelled_is_settled_whole(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    ensure_job(context, ORDER, open_file)
    provider.script("cancel", *[Fault.REJECTED] * 1000)
    assert cancel_jobs(context, "run").still_open == ()
    assert context.ledger.totals("run").settled == provider.bill() == Decimal("0.5")


def test_another_runs_job_goes_on(context: PurchaseContext, provider: FakeProvider) -> None:
    ensure_job(context, ORDER, open_file)
    ensure_job(context, SECOND_ORDER, open_file)
    cancel_jobs(context, "second")
    assert provider.running() == ["job-1"]


def given_up_too_early(context: PurchaseContext, provider: FakeProvider) -> None:
    """Two jobs of one purchase: the list did not show the first until the second was made."""
    provider.listing_delay = context.submission_window.total_seconds() + 60
    provider.script("create", Fault.LOST_AFTER)
    ensure_job(context, ORDER, open_file)
    context.sleep(context.submission_window.total_seconds() + 1)
    assert ensure_job(context, ORDER, open_file).job_id == "job-2"


def test_a_job_that_appears_after_it_was_given_up_is_stopped_and_paid_for_as_an_overrun(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.job_seconds = 10_000
    given_up_too_early(context, provider)
    context.sleep(60)
    assert cancel_jobs(context, "run").still_open == ()
    assert provider.running() == []
    totals = context.ledger.totals("run")
    assert (totals.settled, totals.reserved) == (provider.bill(), 0)
    late = context.ledger.known_entry("run", ORDER.reservation(1).entry_id)
    assert late.settled
    assert late.overrun == late.settled > 0
    assert "job-1 appeared after it was given up" in late.detail


def test_a_late_job_that_has_ended_by_itself_is_paid_for_whole(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    given_up_too_early(context, provider)
    context.sleep(600)
    cancel_jobs(context, "run")
    assert context.ledger.totals("run").settled == provider.bill() == Decimal(1)


def test_an_attempt_whose_job_never_appeared_is_looked_for_once_more_at_the_end(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.script("create", Fault.LOST_BEFORE, Fault.REJECTED)
    ensure_job(context, ORDER, open_file)
    context.sleep(context.submission_window.total_seconds() + 1)
    with pytest.raises(ProviderRejected):
        ensure_job(context, ORDER, open_file)
    looked = provider.sent.count("jobs")
    assert cancel_jobs(context, "run").still_open == ()
    assert provider.sent.count("jobs") == looked + 1
    assert context.ledger.totals("run").committed == 0


def test_an_attempt_that_was_surely_not_made_is_not_looked_for(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.script("create", Fault.RATE_LIMITED)
    ensure_job(context, ORDER, open_file)
    assert cancel_jobs(context, "run").still_open == ()
    assert "jobs" not in provider.sent
    assert context.ledger.totals("run").committed == 0


@pytest.mark.parametrize("ending", ["cancelled", "failed", "never made", "uploaded"])
def test_no_training_text_stays_at_the_provider_however_a_run_ends(
    context: PurchaseContext, provider: FakeProvider, killed_at: Dying, ending: str
) -> None:
    provider.job_ending = "failed" if ending == "failed" else None
    if ending == "never made":
        provider.script("create", Fault.LOST_BEFORE)
    calls_up_to_the_intent = 4 if ending == "uploaded" else 1000
    with killed_at(calls_up_to_the_intent):
        ensure_job(context, ORDER, open_file)
    assert provider.files
    context.sleep(600 if ending == "failed" else 60)
    cancel_jobs(context, "run")
    assert provider.files == {}


def test_a_file_that_cannot_be_deleted_is_tried_again_when_the_run_is_shut_down_anew(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    ensure_job(context, ORDER, open_file)
    provider.script("delete_file", *[Fault.NOT_SENT] * 5)
    assert cancel_jobs(context, "run").still_open == ()
    assert provider.files
    provider.faults.clear()
    cancel_jobs(context, "run")
    assert provider.files == {}
    asked = len(provider.sent)
    cancel_jobs(context, "run")
    assert len(provider.sent) == asked


def test_the_file_of_a_job_that_goes_on_stays(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.job_ending = None
    ensure_job(context, ORDER, open_file)
    provider.script("cancel", *[Fault.REJECTED] * 1000)
    assert cancel_jobs(context, "run", timedelta(minutes=1)).still_open
    assert len(provider.files) == 1


def test_a_provider_that_refused_the_job_is_not_asked_about_it_at_the_end(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.script("create", Fault.NOT_ELIGIBLE)
    with pytest.raises(TrainingNotAvailable):
        ensure_job(context, ORDER, open_file)
    asked = len(provider.sent)
    assert cancel_jobs(context, "run").still_open == ()
    assert len(provider.sent) == asked


def test_winding_up_again_changes_nothing(context: PurchaseContext, provider: FakeProvider) -> None:
    ensure_job(context, ORDER, open_file)
    context.sleep(60)
    cancel_jobs(context, "run")
    totals = context.ledger.totals("run")
    cancel_jobs(context, "run")
    assert context.ledger.totals("run") == totals


def test_an_answer_that_was_kept_but_not_paid_for_is_settled(
    context: PurchaseContext, provider: FakeProvider, killed_at: Dying
) -> None:
    ledger_calls_of_a_whole_answer = 7
    with killed_at(ledger_calls_of_a_whole_answer):
        ask(context, question())
    assert context.ledger.totals("run").settled == 0
    cancel_jobs(context, "run")
    totals = context.ledger.totals("run")
    assert (totals.settled, totals.reserved) == (provider.bill(), 0)


def test_a_lost_answer_keeps_its_reservation_and_holds_nobody_up(
    context: PurchaseContext, provider: FakeProvider, clock: Clock
) -> None:
    provider.script("complete", Fault.LOST_AFTER, None)
    ask(context, question())
    begun = clock.now()
    assert cancel_jobs(context, "run").still_open == ()
    assert clock.now() == begun
    assert context.ledger.totals("run").reserved == question().reserved


def test_a_purchase_begun_after_the_last_look_is_shut_down_too(
    context: PurchaseContext,
    provider: FakeProvider,
    killed_at: Dying,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with killed_at(3, after=True):
        ensure_job(context, ORDER, open_file)
    stale, look = context.ledger.entries("run"), context.ledger.entries
    ensure_job(context, ORDER, open_file)

    def look_late(run_id: str) -> list[Entry]:
        monkeypatch.setattr(context.ledger, "entries", look)
        return stale

    monkeypatch.setattr(context.ledger, "entries", look_late)
    context.sleep(60)
    assert cancel_jobs(context, "run").still_open == ()
    assert context.ledger.totals("run").settled == provider.bill() > 0
    assert context.ledger.totals("run").overrun == 0
