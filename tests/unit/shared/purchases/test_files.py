"""A job that was made is known again by what every service echoes, and no other is taken for it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from shared.ledger import Entry
from shared.providers import Job, JobRequest, job_key
from shared.purchases import (
    FineTuneFailed,
    FineTuneTimedOut,
    PurchaseContext,
    cancel_jobs,
    settle_job,
)
from shared.purchases.files import FILE_PATIENCE, UNSAID_PATIENCE
from shared.purchases.rules import CLOCK_SKEW, adoptable, late_job, same_model
from tests.unit.shared.fakes import START, FakeProvider, Fault
from tests.unit.shared.purchases.orders import ORDER, SECOND_ORDER, poll, submit
from tests.unit.shared.purchases.test_rules import PURCHASE

BOUGHT = replace(PURCHASE, base_model="gpt-4.1-mini-2025-04-14", earlier_files=("file-before",))
OURS = Job(
    "ours",
    None,
    "running",
    training_file="file",
    base_model="gpt-4.1-mini-2025-04-14",
    created_at=START,
)


def test_a_job_without_our_metadata_is_ours_by_its_file_model_and_time() -> None:
    assert adoptable([OURS], BOUGHT) == OURS


@pytest.mark.parametrize("echoes", [True, False])
def test_a_lost_reply_does_not_buy_again_whether_the_provider_echoes_metadata_or_not(
    context: PurchaseContext, provider: FakeProvider, echoes: bool
) -> None:
    provider.echoes_metadata = echoes
    provider.script("create", Fault.LOST_AFTER)
    submit(context)
    context.sleep(context.submission_window.total_seconds() + 1)
    assert poll(context).job_id == "job-1"
    assert settle_job(context, ORDER).settled == provider.bill()
    assert provider.sent.count("create") == 1


KEY = job_key("run", "model-2")
SENT = replace(BOUGHT, suffix="porch", seed=7)
BARE = replace(OURS, training_file=None, suffix="porch", seed=7)
LATE_BY_A_DAY = START - timedelta(days=1)


@pytest.mark.parametrize(
    "other",
    [
        {"training_file": "copy-of-file", "run_key": KEY},
        {"training_file": None, "run_key": KEY, "base_model": None},
        {"run_key": "a-key-of-nobody"},
        {"base_model": "gpt-4.1-mini-Reference"},
        {"base_model": "meta-llama/Meta-Llama-3.1-8B-Instruct", "run_key": KEY},
        {"created_at": LATE_BY_A_DAY, "status": "failed"},
        {"created_at": None, "base_model": None, "suffix": "another", "seed": 1},
    ],
)
def test_any_one_thing_that_is_ours_makes_a_job_ours_whatever_else_differs(
    other: dict[str, Any],
) -> None:
    assert adoptable([replace(OURS, **other)], SENT) is not None


def test_our_suffix_and_seed_at_our_time_are_ours_where_no_mark_is_shown() -> None:
    assert adoptable([BARE], SENT) == BARE
    assert adoptable([BARE, replace(BARE, job_id="too")], SENT) is None


@pytest.mark.parametrize(
    "other",
    [
        {"training_file": "file-of-another"},
        {"run_key": job_key("another", "model-2")},
        {"suffix": "another"},
        {"seed": 8},
        {"base_model": "gpt-4o"},
        {"created_at": LATE_BY_A_DAY},
    ],
)
def test_a_job_that_bears_no_mark_of_ours_is_left_alone(other: dict[str, Any]) -> None:
    assert adoptable([replace(BARE, **other)], SENT) is None


def test_of_several_that_are_ours_the_right_model_and_the_latest_is_taken() -> None:
    wrong = replace(OURS, job_id="wrong", base_model="gpt-4o", created_at=START + CLOCK_SKEW)
    later = replace(OURS, job_id="later", created_at=START + timedelta(seconds=9))
    assert adoptable([wrong, OURS, later], BOUGHT) == later


WITHOUT_MARKS = {"training_file": None, "run_key": None}
HELD = timedelta(minutes=6)


def test_a_list_that_shows_too_little_is_not_believed_before_the_job_is_asked_for(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.script("create", Fault.LOST_AFTER)
    provider.listed_as = WITHOUT_MARKS
    submit(context)
    context.sleep(HELD.total_seconds())
    assert poll(context).job_id == "job-1"
    assert provider.sent.count("create") == 1


def test_a_job_that_cannot_be_told_from_ours_is_held_and_told_and_not_bought_again(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.script("create", Fault.LOST_AFTER)
    provider.job_ending = None
    provider.listed_as = provider.told_as = WITHOUT_MARKS
    submit(context)
    for _ in range(5):
        context.sleep(HELD.total_seconds())
        status = poll(context)
        assert (status.status, status.job_id) == ("submitting", None)
    assert "nothing that tells whether it made job-1" in status.detail
    assert provider.sent.count("create") == 1
    with pytest.raises(FineTuneTimedOut, match=r"nobody knows.*job-1.*cancel it"):
        poll(context, max_age=HELD)
    (left,) = cancel_jobs(context, "run", timedelta()).still_open
    assert "made job-1" in left.reason
    assert context.ledger.totals("run").reserved > 0


def test_a_doubtful_job_that_is_cancelled_by_hand_is_counted_and_another_run_buys_anew(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.script("create", Fault.LOST_AFTER)
    provider.job_seconds = 3_600
    provider.listed_as = provider.told_as = WITHOUT_MARKS
    submit(context)
    context.sleep(HELD.total_seconds())
    poll(context)
    provider.cancel("job-1")
    assert poll(context).status == "cancelled"
    with pytest.raises(FineTuneFailed):
        settle_job(context, ORDER)
    assert context.ledger.totals("run").settled == provider.bill() > 0
    assert submit(context, SECOND_ORDER).owner_run_id == "second"


def test_a_reply_that_names_another_orders_job_is_noticed(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.replied_as = {"job_id": "older", "training_file": "file-of-another"}
    submit(context)
    assert poll(context).job_id == "job-1"


def test_a_reply_with_a_file_of_another_name_is_taken_where_no_better_job_appears(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.replied_as = provider.listed_as = provider.told_as = {"training_file": "copy-of-1"}
    submit(context)
    context.sleep(HELD.total_seconds())
    assert poll(context).job_id == "job-1"
    assert provider.sent.count("create") == 1


def test_an_earlier_attempts_job_is_used_if_it_lives_and_this_attempts_goes_before() -> None:
    before = replace(OURS, job_id="before", training_file="file-before")
    assert adoptable([before], BOUGHT) == before
    assert adoptable([before, OURS], BOUGHT) == OURS
    assert adoptable([replace(before, status="cancelled")], BOUGHT) is None


@pytest.mark.parametrize(
    ("told", "wanted", "same"),
    [
        ("gpt-4.1-mini-2025-04-14", "gpt-4.1-mini", True),
        ("meta-llama/llama-3.3-70b-instruct", "meta-llama/Llama-3.3-70B-Instruct", True),
        (None, "any", True),
        ("gpt-4.1-mini", "gpt-4.1", False),
        ("gpt-4.1", "gpt-4o", False),
        ("2024-model", "model", False),
    ],
)
def test_a_base_model_may_be_echoed_with_its_date(
    told: str | None, wanted: str, same: bool
) -> None:
    assert same_model(told, wanted) is same


def test_a_late_job_is_told_from_the_one_that_was_bought_in_its_stead() -> None:
    entry = Entry(
        run_id="run", entry_id="model", purchase_id="model", purpose="training", model="m",
        provider="p", month="2026-11", reserved=PURCHASE.price_amount, status="released",
        created_at=START, intent_at=START, file_id="file-before",
    )  # fmt: skip
    bought = replace(BOUGHT, job_id="ours")
    late = replace(OURS, job_id="late", training_file="file-before")
    assert late_job([OURS, late], entry, bought) == late
    assert late_job([OURS], entry, bought) is None
    assert late_job([late], replace(entry, intent_at=None), bought) is None


def test_every_attempt_has_an_upload_of_its_own(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.script("create", Fault.LOST_BEFORE)
    submit(context)
    context.sleep(context.submission_window.total_seconds() + 1)
    poll(context)
    assert provider.made["job-1"].request.file_id == "file-2"
    assert len({file.name for file in provider.files.values()}) == 2


def test_an_attempt_that_surely_made_nothing_passes_its_upload_on(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.script("create", Fault.RATE_LIMITED, Fault.NOT_SENT)
    submit(context)
    with pytest.raises(Exception, match="no connection"):
        submit(context)
    submit(context)
    assert provider.made["job-1"].request.file_id == "file-1"
    assert provider.sent.count("upload") == 1


def test_another_run_never_takes_over_an_upload(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.script("create", Fault.NOT_SENT)
    with pytest.raises(Exception, match="no connection"):
        submit(context)
    submit(context, SECOND_ORDER)
    assert provider.made["job-1"].request.file_id == "file-2"


def test_an_upload_is_waited_for_until_it_is_processed(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.file_seconds = 20
    submit(context)
    assert provider.made["job-1"].created_at - START >= timedelta(seconds=20)


def test_an_upload_that_never_becomes_ready_is_tried_all_the_same(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.file_seconds = 10_000
    submit(context)
    waited = provider.made["job-1"].created_at - START
    assert FILE_PATIENCE <= waited < 2 * FILE_PATIENCE


def test_a_provider_that_says_nothing_of_an_upload_is_not_waited_for_long(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.file_ending = "unsaid"
    submit(context)
    waited = provider.made["job-1"].created_at - START
    assert UNSAID_PATIENCE <= waited < 2 * UNSAID_PATIENCE


def test_an_upload_that_the_provider_cannot_use_buys_nothing(
    context: PurchaseContext, provider: FakeProvider
) -> None:
    provider.file_ending = "broken"
    with pytest.raises(Exception, match="could not process the training file file-1"):
        submit(context)
    assert "create" not in provider.sent


def test_a_lambda_that_died_after_its_upload_does_not_upload_again(
    context: PurchaseContext, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(request: JobRequest) -> Job:
        raise KeyboardInterrupt

    monkeypatch.setattr(provider, "file", die)
    with pytest.raises(KeyboardInterrupt):
        submit(context)
    monkeypatch.undo()
    submit(context)
    assert provider.sent.count("upload") == 1
