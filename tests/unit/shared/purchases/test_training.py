import io
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from shared.errors import SpendCeilingReached
from shared.ledger import Ledger, SpendOverrun
from shared.providers import (
    ProviderOutOfMoney,
    ProviderRejected,
    ProviderUnavailable,
    TrainingNotAvailable,
    job_key,
)
from shared.purchases import (
    FineTuneFailed,
    FineTuneTimedOut,
    PurchaseContext,
    PurchaseUnfinished,
    cancel_jobs,
    settle_job,
    settlement_of,
)
from shared.purchases.rules import BILL_POLLS, QUEUE_PATIENCE
from tests.unit.shared.fakes import Clock, FakeProvider, Fault
from tests.unit.shared.purchases.conftest import Dying
from tests.unit.shared.purchases.orders import (
    MAX_AGE,
    MONTH,
    ORDER,
    RESERVED,
    SECOND_ORDER,
    finish,
    open_file,
    poll,
    submit,
)


def test_a_job_is_reserved_bought_polled_and_settled(
    context: PurchaseContext, provider: FakeProvider, clock: Clock
) -> None:
    assert (submit(context).status, submit(context).job_id) == ("running", "job-1")
    assert context.ledger.totals("run").reserved == RESERVED
    assert (poll(context).status, poll(context).provider_status) == ("running", "validating_files")
    clock.sleep(200)
    done = poll(context)
    assert (done.status, done.fine_tuned_model, done.trained_tokens) == (
        "succeeded",
        "ft:job-1",
        100_000,
    )
    assert settle_job(context, ORDER).settled == provider.bill() == Decimal("0.5")
    assert context.ledger.totals("run").reserved == 0
    assert provider.sent.count("create") == 1


def test_the_provider_gets_the_training_file_and_both_keys(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    submit(context)
    request = provider.made["job-1"].request
    assert provider.contents[request.file_id] == open_file().read()
    assert provider.files[request.file_id].name.startswith("model-of-the-host-")
    assert (request.purchase_id, request.run_key) == (
        "model-of-the-host",
        job_key("run", "model-of-the-host"),
    )
    assert (request.base_model, request.n_epochs) == ("gpt-4.1-mini-2025-04-14", 2)


def test_a_job_that_does_not_fit_is_neither_uploaded_nor_bought(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    with pytest.raises(SpendCeilingReached, match=r"\$1\.020000"):
        submit(context, replace(ORDER, reserved=2 * RESERVED))
    assert provider.sent == []


def test_a_job_whose_reply_was_lost_is_found_again(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.script("create", Fault.LOST_AFTER)
    assert (submit(context).status, submit(context).job_id) == ("running", "job-1")
    assert provider.sent.count("create") == 1


def test_a_lost_reply_keeps_its_reservation_while_the_list_is_stale(
    context: PurchaseContext, provider: FakeProvider, clock: Clock
) -> None:
    provider.listing_delay = 120
    provider.script("create", Fault.LOST_AFTER)
    assert submit(context).status == "submitting"
    clock.sleep(60)
    assert poll(context).status == "submitting"
    assert context.ledger.totals("run").reserved == RESERVED
    clock.sleep(61)
    assert poll(context).job_id == "job-1"
    assert provider.sent.count("create") == 1


def test_a_request_that_never_arrived_is_sent_again_after_the_window_at_no_extra_hold(
    context: PurchaseContext, provider: FakeProvider, clock: Clock
) -> None:
    provider.script("create", Fault.LOST_BEFORE)
    submit(context)
    clock.sleep(context.submission_window.total_seconds())
    assert poll(context).status == "submitting"
    clock.sleep(1)
    assert poll(context).status == "running"
    assert provider.made["job-1"].request.run_key == job_key("run", "model-of-the-host-2")
    assert context.ledger.totals("run").reserved == RESERVED


def test_a_job_of_an_attempt_given_up_too_early_is_used_instead_of_buying_again(
    context: PurchaseContext, provider: FakeProvider, clock: Clock
) -> None:
    provider.listing_delay = context.submission_window.total_seconds() + 10
    provider.script("create", Fault.LOST_AFTER, Fault.LOST_BEFORE)
    submit(context)
    clock.sleep(context.submission_window.total_seconds() + 1)
    assert poll(context).status == "submitting"
    clock.sleep(10)
    assert (poll(context).status, poll(context).job_id) == ("succeeded", "job-1")
    assert provider.sent.count("create") == 2
    assert settle_job(context, ORDER).settled == provider.bill()


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("number", range(1, 12))
def test_a_lambda_killed_at_any_write_buys_one_job_in_the_end(
    context: PurchaseContext,
    provider: FakeProvider,
    killed_at: Dying,
    number: int,
    after: bool,
) -> None:
    with killed_at(number, after=after):
        submit(context)
    submit(context)
    context.sleep(context.submission_window.total_seconds() + 1)
    assert poll(context).job_id == "job-1"
    context.sleep(200)
    assert poll(context).status == "succeeded"
    assert settle_job(context, ORDER).settled == provider.bill() == Decimal("0.5")
    assert context.ledger.totals("run").committed == Decimal("0.5")


def test_an_upload_whose_reply_was_lost_is_repeated_and_goes_with_the_other_in_the_end(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.script("upload", Fault.LOST_AFTER)
    with pytest.raises(ProviderUnavailable):
        submit(context)
    finish(context)
    assert len(provider.files) == 2
    settle_job(context, ORDER)
    assert provider.files == {}


def test_only_what_the_purchase_uploaded_is_deleted_when_the_model_is_there(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    finish(context)
    provider.upload("model-of-the-host.jsonl", open_file())
    settle_job(context, ORDER)
    assert [file.name for file in provider.files.values()] == ["model-of-the-host.jsonl"]


def test_an_undeletable_file_does_not_hinder_the_settlement(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    finish(context)
    provider.script("delete_file", Fault.NOT_SENT)
    assert settle_job(context, ORDER).fine_tuned_model == "ft:job-1"


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault.OUT_OF_MONEY, ProviderOutOfMoney), (Fault.REJECTED, ProviderRejected)],
)
def test_a_refusal_is_final_for_the_run_and_gives_the_money_back(
    context: PurchaseContext, provider: FakeProvider, fault: Fault, error: type[Exception]
) -> None:
    provider.script("create", fault)
    for _ in range(2):
        with pytest.raises(error):
            submit(context)
    assert provider.sent.count("create") == 1
    assert context.ledger.totals("run").committed == 0


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault.NOT_ELIGIBLE, TrainingNotAvailable), (Fault.REJECTED, ProviderRejected)],
)
def test_a_refused_creation_leaves_no_file_behind(
    context: PurchaseContext, provider: FakeProvider, fault: Fault, error: type[Exception]
) -> None:
    provider.script("create", fault)
    with pytest.raises(error):
        submit(context)
    assert provider.files == {}


def test_a_refused_purchase_can_be_tried_by_a_later_run(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.script("create", Fault.OUT_OF_MONEY)
    with pytest.raises(ProviderOutOfMoney):
        submit(context)
    assert submit(context, SECOND_ORDER).owner_run_id == "second"


def test_a_request_that_was_surely_not_sent_can_be_tried_again_at_once(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.script("create", Fault.NOT_SENT)
    with pytest.raises(ProviderUnavailable):
        submit(context)
    assert submit(context).status == "running"
    assert context.ledger.totals("run").reserved == RESERVED


@pytest.mark.parametrize("fault", [Fault.RATE_LIMITED, Fault.FILE_NOT_READY])
def test_a_provider_without_a_free_slot_is_a_queue_that_holds_no_money(
    context: PurchaseContext, provider: FakeProvider, fault: Fault
) -> None:
    provider.script("create", *[fault] * 40)
    assert submit(context).status == "submitting"
    for _ in range(39):
        assert context.ledger.totals("run").committed == 0
        context.sleep(600)
        assert (status := poll(context)).status == "submitting"
        assert status.provider_status == "waiting"
    assert poll(context).status == "running"
    assert len(provider.contents) == 1
    context.sleep(200)
    assert poll(context).status == "succeeded"
    assert settle_job(context, ORDER).settled == provider.bill() == Decimal("0.5")


def test_a_queue_that_does_not_move_ends_after_a_day(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.script("create", *[Fault.RATE_LIMITED] * 40)
    submit(context)
    context.sleep(QUEUE_PATIENCE.total_seconds() - 1)
    assert poll(context).status == "submitting"
    context.sleep(2)
    with pytest.raises(
        FineTuneTimedOut, match=r"has taken no job for gpt-4\.1-mini in 1 day.*: too fast"
    ):
        poll(context)
    assert cancel_jobs(context, "run").still_open == ()
    assert context.ledger.totals("run").committed == provider.bill() == 0


def test_a_busy_provider_does_not_end_a_job_that_runs(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    submit(context)
    provider.script("get", Fault.RATE_LIMITED)
    assert poll(context).status == "running"
    context.sleep(200)
    assert poll(context).status == "succeeded"


def test_a_second_run_attaches_and_pays_nothing(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    submit(context)
    assert submit(context, SECOND_ORDER).owner_run_id == "run"
    context.sleep(200)
    assert poll(context, SECOND_ORDER).fine_tuned_model == "ft:job-1"
    assert settle_job(context, SECOND_ORDER).settled == 0
    assert context.ledger.entries("second") == []
    assert context.ledger.totals("run").settled == provider.bill()
    assert settle_job(context, ORDER).settled == provider.bill()


def test_what_was_bought_before_costs_nothing(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    assert settlement_of(context.ledger, ORDER).job_id is None
    finish(context)
    settle_job(context, ORDER)
    found = settlement_of(context.ledger, ORDER)
    assert (found.job_id, found.fine_tuned_model) == ("job-1", "ft:job-1")
    assert submit(context, SECOND_ORDER).status == "succeeded"
    assert provider.sent.count("create") == 1


def test_a_later_run_buys_anew_what_an_earlier_one_cancelled(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    submit(context)
    context.sleep(60)
    cancel_jobs(context, "run")
    assert submit(context, SECOND_ORDER).owner_run_id == "second"
    context.sleep(200)
    poll(context, SECOND_ORDER)
    assert settle_job(context, SECOND_ORDER).settled == Decimal("0.5")
    assert context.ledger.month_totals(MONTH).settled == provider.bill() == Decimal("0.75")


def test_the_same_run_does_not_buy_again_what_failed(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.job_ending = "failed"
    assert finish(context).status == "failed"
    assert submit(context).status == "failed"
    with pytest.raises(FineTuneFailed, match="the loss diverged") as failed:
        settle_job(context, ORDER)
    assert failed.value.settlement.settled == provider.bill() == 0
    assert provider.sent.count("create") == 1


def test_an_odd_status_is_polled_on_until_the_deadline_then_cancelled(
    context: PurchaseContext, provider: FakeProvider, clock: Clock
) -> None:
    provider.job_ending = None
    submit(context)
    provider.script("get", *[Fault.ODD_STATUS] * 10)
    assert (poll(context).status, poll(context).provider_status) == ("running", "reticulating")
    clock.sleep(MAX_AGE.total_seconds() + 1)
    with pytest.raises(FineTuneTimedOut, match="longer than the 1:00:00 allowed"):
        poll(context)
    assert provider.running() == []


def test_a_job_that_is_not_shown_yet_is_polled_on(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    submit(context)
    provider.script("get", Fault.HIDDEN)
    assert poll(context).status == "running"


def test_a_deadline_of_an_attached_run_leaves_the_owners_job_alone(
    context: PurchaseContext, provider: FakeProvider, clock: Clock
) -> None:
    provider.job_ending = None
    submit(context)
    clock.sleep(MAX_AGE.total_seconds() + 1)
    with pytest.raises(FineTuneTimedOut):
        poll(context, SECOND_ORDER)
    assert provider.running() == ["job-1"]


def test_a_finished_job_is_asked_again_for_its_bill(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.tells_tokens = False
    assert finish(context).status == "running"
    provider.made["job-1"].tells_tokens = True
    assert poll(context).trained_tokens == 100_000


def test_a_bill_that_never_comes_is_held_and_said_to_be_unknown(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.tells_tokens = False
    finish(context)
    statuses = [poll(context).status for _ in range(BILL_POLLS)]
    assert statuses == ["running"] * (BILL_POLLS - 1) + ["succeeded"]
    settlement = settle_job(context, ORDER)
    assert (settlement.fine_tuned_model, settlement.settled) == ("ft:job-1", 0)
    assert "never said" in settlement.detail
    totals = context.ledger.totals("run")
    assert (totals.settled, totals.reserved) == (0, RESERVED)
    (entry,) = context.ledger.entries("run")
    assert (entry.status, entry.settled) == ("unknown", None)


def finish_untold(context: PurchaseContext, provider: FakeProvider, unsaid: dict[str, Any]) -> None:
    submit(context)
    context.sleep(200)
    provider.told_as = unsaid
    poll(context)


@pytest.mark.parametrize(
    "unsaid", [{"fine_tuned_model": None}, {"trained_tokens": 0}, {"trained_tokens": None}]
)
def test_an_end_is_written_down_when_model_and_bill_are_known(
    context: PurchaseContext, provider: FakeProvider, unsaid: dict[str, Any]
) -> None:
    finish_untold(context, provider, unsaid)
    assert [poll(context).status for _ in range(BILL_POLLS - 2)] == ["running"] * (BILL_POLLS - 2)
    provider.told_as = {}
    status = poll(context)
    assert (status.status, status.fine_tuned_model) == ("succeeded", "ft:job-1")
    assert settle_job(context, ORDER).settled == provider.bill() == Decimal("0.5")


@pytest.mark.parametrize("unsaid", [{"fine_tuned_model": None}, {"trained_tokens": 0}])
def test_whoever_attaches_to_a_purchase_asks_again_for_what_is_missing(
    context: PurchaseContext, provider: FakeProvider, unsaid: dict[str, Any]
) -> None:
    finish_untold(context, provider, unsaid)
    for _ in range(BILL_POLLS):
        poll(context)
    settle_job(context, ORDER)
    cancel_jobs(context, "run")
    context.sleep(86_400)
    assert submit(context, SECOND_ORDER).status == "succeeded"
    provider.told_as = {}
    assert submit(context, SECOND_ORDER).fine_tuned_model == "ft:job-1"
    assert context.ledger.totals("run").settled == provider.bill() == Decimal("0.5")
    assert context.ledger.totals("run").reserved == 0


def test_a_model_that_a_service_never_names_is_not_waited_for(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    submit(context)
    context.sleep(200)
    provider.told_as = {"fine_tuned_model": None, "names_model": False}
    assert poll(context).status == "succeeded"


def test_a_failed_job_that_says_no_count_is_unknown_unless_it_never_took_a_step(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.tells_tokens, provider.job_ending = False, "failed"
    finish(context)
    for _ in range(BILL_POLLS):
        poll(context)
    with pytest.raises(FineTuneFailed) as failed:
        settle_job(context, ORDER)
    assert "never said" in failed.value.settlement.detail
    assert context.ledger.totals("run").reserved == RESERVED

    provider.never_began = True
    second = finish(context, SECOND_ORDER)
    assert (second.status, second.trained_tokens) == ("failed", 0)
    with pytest.raises(FineTuneFailed):
        settle_job(context, SECOND_ORDER)
    assert context.ledger.totals("second").committed == provider.bill() == 0


def test_a_bill_three_times_the_estimate_keeps_the_models_name(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.job_tokens = 3 * provider.job_tokens
    finish(context)
    with pytest.raises(SpendOverrun):
        settle_job(context, ORDER)
    paid = settlement_of(context.ledger, ORDER)
    assert (paid.job_id, paid.fine_tuned_model) == ("job-1", "ft:job-1")
    assert paid.settled == provider.bill() == 3 * ORDER.estimate


def test_nothing_is_settled_before_the_job_has_ended(context: PurchaseContext) -> None:
    submit(context)
    with pytest.raises(PurchaseUnfinished):
        settle_job(context, ORDER)
    assert context.ledger.totals("run").reserved == RESERVED


def test_a_bill_within_the_margin_is_settled_quietly(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.job_tokens = 102_000
    finish(context)
    assert settle_job(context, ORDER).settled == RESERVED == provider.bill()


def test_a_bill_beyond_the_margin_is_recorded_as_it_is_and_stops_the_run(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.job_tokens = 130_000
    finish(context)
    with pytest.raises(SpendOverrun, match=r"\$0\.650000 .* above the \$0\.510000"):
        settle_job(context, ORDER)
    assert context.ledger.totals("run").settled == provider.bill()
    paid = settlement_of(context.ledger, ORDER)
    assert (paid.fine_tuned_model, paid.settled) == ("ft:job-1", provider.bill())


def test_a_job_that_outgrows_the_ceiling_while_it_runs_is_stopped(
    context: PurchaseContext,
    provider: FakeProvider,
    ledger: Ledger,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    provider.job_ending = None
    submit(context)
    shown = provider.get("job-1")
    assert shown
    monkeypatch.setattr(provider, "get", lambda job_id: replace(shown, trained_tokens=250_000))
    with pytest.raises(SpendCeilingReached, match=r"billed \$1\.250000 .* \$1\.250000, above"):
        poll(context)
    assert provider.running() == []


def test_what_an_earlier_run_left_unpaid_is_settled_before_the_next_attempt(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    submit(context)
    context.sleep(60)
    provider.cancel("job-1")
    assert poll(context).status == "cancelled"
    submit(context, SECOND_ORDER)
    assert context.ledger.totals("run").settled == Decimal("0.25")
    assert context.ledger.totals("run").reserved == 0


def test_an_overrun_stops_the_run_that_pays_not_one_that_attached(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.job_tokens = 130_000
    submit(context)
    submit(context, SECOND_ORDER)
    context.sleep(200)
    poll(context, SECOND_ORDER)
    assert settle_job(context, SECOND_ORDER).settled == 0
    with pytest.raises(SpendOverrun):
        settle_job(context, ORDER)


def held_out() -> io.BytesIO:
    return io.BytesIO(b'{"messages": ["held out"]}\n')


VALIDATED = replace(ORDER, open_validation=held_out)


def test_what_a_model_is_validated_on_goes_along_and_is_deleted_with_the_training_file(
    context: PurchaseContext, provider: FakeProvider, clock: Clock
) -> None:
    submit(context, VALIDATED)
    request = provider.made["job-1"].request
    assert request.validation_id is not None
    assert provider.contents[request.validation_id] == held_out().read()
    assert len(provider.files) == 2
    clock.sleep(200)
    poll(context, VALIDATED)
    settle_job(context, VALIDATED)
    assert provider.files == {}


def test_nothing_that_a_model_was_validated_on_stays_however_often_its_purchase_was_tried(
    context: PurchaseContext, provider: FakeProvider, clock: Clock
) -> None:
    provider.script("create", Fault.RATE_LIMITED)
    for _ in range(2):
        submit(context, VALIDATED)
    assert provider.made["job-1"].request.validation_id in provider.files
    clock.sleep(200)
    poll(context, VALIDATED)
    settle_job(context, VALIDATED)
    cancel_jobs(context, "run")
    assert provider.files == {}


def test_a_purchase_with_and_without_validation_is_the_same_purchase(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    submit(context, VALIDATED)
    assert submit(context, ORDER).job_id == "job-1"
    assert provider.sent.count("create") == 1
