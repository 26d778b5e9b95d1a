from dataclasses import replace
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ledger import TrainingPurchase
from shared.ledger.records import TrainingState
from shared.providers import Job, job_key
from shared.purchases.rules import Step, adoptable, bill, ending, next_step, passes_ceiling, phase
from tests.unit.shared.fakes import START

PURCHASE = TrainingPurchase(
    purchase_id="model",
    run_id="run",
    entry_id="model-2",
    attempt=2,
    writer="me",
    intent_at=START,
    provider="openai",
    model="gpt-4.1-mini",
    price_amount=Decimal(5),
    price_per=1_000_000,
    file_id="file",
)
OWN_KEY, KEY_BEFORE = job_key("run", "model-2"), job_key("run", "model")
amounts = st.decimals(0, 100, places=6)


@given(st.text())
def test_a_status_nobody_knows_is_unknown_and_never_taken_for_waiting(status: str) -> None:
    known = {"validating_files", "queued", "pending", "running", "paused"}
    known |= {"succeeded", "failed", "cancelled"}
    assert (phase(status) == "unknown") is (status not in known)


def test_a_paused_job_is_waited_for() -> None:
    assert phase("paused") == "active"


@pytest.mark.parametrize("state", get_args(TrainingState))
def test_the_same_run_buys_again_only_what_was_withdrawn(state: TrainingState) -> None:
    step = next_step(replace(PURCHASE, state=state), "run")
    expected = {"withdrawn": Step.BUY, "submitting": Step.FIND}
    assert step is expected.get(state, Step.FOLLOW)


@pytest.mark.parametrize("state", get_args(TrainingState))
def test_another_run_buys_again_also_what_came_to_nothing(state: TrainingState) -> None:
    bought_again = next_step(replace(PURCHASE, state=state), "another") is Step.BUY
    assert bought_again is (state in {"withdrawn", "failed", "cancelled", "refused"})


@pytest.mark.parametrize(
    ("jobs", "adopted"),
    [
        ([], None),
        ([Job("a", OWN_KEY, "failed")], "a"),
        ([Job("a", KEY_BEFORE, "cancelled")], None),
        ([Job("a", KEY_BEFORE, "failed")], None),
        ([Job("a", KEY_BEFORE, "running")], "a"),
        ([Job("a", KEY_BEFORE, "succeeded"), Job("b", OWN_KEY, "queued")], "b"),
        ([Job("a", None, "reticulating")], None),
        ([Job("a", job_key("another ledger's run", "model-2"), "running")], None),
    ],
)
def test_where_a_service_hides_the_file_metadata_tells_the_attempts_apart(
    jobs: list[Job], adopted: str | None
) -> None:
    found = adoptable(jobs, PURCHASE)
    assert (found.job_id if found else None) == adopted


@given(tokens=st.integers(0, 10**9))
def test_the_bill_is_the_billed_tokens_at_the_price_they_were_bought_at(tokens: int) -> None:
    ended = replace(PURCHASE, state="failed", trained_tokens=tokens)
    owed = bill(ended).amount
    assert owed is not None
    assert owed * 1_000_000 == 5 * tokens


@given(seconds=st.integers(1, 10**6))
def test_a_bill_by_time_is_of_the_seconds_whatever_the_tokens(seconds: int) -> None:
    by_time = replace(PURCHASE, price_per=3_600, price_unit="second")
    job = Job("a", "model-2", "succeeded", trained_tokens=7, billed_seconds=seconds)
    ended = replace(by_time, **ending(by_time, job))
    owed = bill(ended).amount
    assert owed is not None
    assert abs(owed * 3_600 - 5 * seconds) < Decimal("1e-6")
    unsaid = replace(by_time, **ending(by_time, replace(job, billed_seconds=None)))
    assert bill(unsaid).amount is None


@given(billed=amounts, reserved=amounts, free=amounts)
def test_a_bill_passes_a_ceiling_only_by_what_neither_hold_nor_room_covers(
    billed: Decimal, reserved: Decimal, free: Decimal
) -> None:
    assert passes_ceiling(billed, reserved, free) is (billed > reserved + free)
    assert not passes_ceiling(reserved, reserved, -free)
