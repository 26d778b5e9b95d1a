"""The fakes that money is judged by must themselves be right."""

import io
from decimal import Decimal
from random import Random

import pytest

from shared.providers import JobRequest, OutcomeUnknown, ProviderRejected
from tests.campaign.stage import Stage
from tests.unit.shared.fakes import Clock, FakeProvider, Fault
from tests.unit.shared.purchases.orders import question

REQUEST = JobRequest("model", 1, "base", "file", n_epochs=1)


def test_a_job_passes_through_its_states_and_bills_at_its_end(
    provider: FakeProvider, clock: Clock
) -> None:
    job_id = provider.create(REQUEST).job_id
    seen = []
    for _ in range(4):
        job = provider.get(job_id)
        assert job
        seen.append((job.status, provider.bill()))
        clock.sleep(40)
    assert seen == [
        ("validating_files", 0),
        ("running", 0),
        ("running", 0),
        ("succeeded", Decimal("0.5")),
    ]


def test_a_bill_is_due_when_a_job_has_ended_whether_anyone_asked_or_not(
    provider: FakeProvider, clock: Clock
) -> None:
    provider.create(REQUEST)
    clock.sleep(120)
    assert provider.bill() == Decimal("0.5")
    assert provider.running() == []


def test_a_cancelled_job_bills_its_share_once(provider: FakeProvider, clock: Clock) -> None:
    job_id = provider.create(REQUEST).job_id
    clock.sleep(30)
    provider.cancel(job_id)
    clock.sleep(300)
    assert provider.bill() == Decimal("0.125")
    with pytest.raises(ProviderRejected):
        provider.cancel(job_id)


def test_a_failed_job_bills_nothing(provider: FakeProvider, clock: Clock) -> None:
    provider.job_ending = "failed"
    provider.create(REQUEST)
    clock.sleep(300)
    assert provider.bill() == 0


@pytest.mark.parametrize(
    ("fault", "jobs", "calls"), [(Fault.LOST_AFTER, 1, 1), (Fault.LOST_BEFORE, 0, 0)]
)
def test_a_lost_reply_is_billed_only_when_the_deed_was_done(
    provider: FakeProvider, fault: Fault, jobs: int, calls: int
) -> None:
    provider.script("create", fault)
    provider.script("complete", fault)
    with pytest.raises(OutcomeUnknown):
        provider.create(REQUEST)
    with pytest.raises(OutcomeUnknown):
        provider.complete(question().request)
    assert (len(provider.made), len(provider.calls)) == (jobs, calls)


def test_a_young_job_is_not_listed_yet(provider: FakeProvider, clock: Clock) -> None:
    provider.listing_delay = 30
    provider.create(REQUEST)
    assert provider.jobs() == []
    clock.sleep(30)
    assert len(provider.jobs()) == 1


def test_an_upload_is_kept_whole(provider: FakeProvider) -> None:
    file = provider.upload("name", io.BytesIO(b"content"))
    assert provider.contents[file.file_id] == b"content"


def test_actors_move_in_simulated_time_and_take_turns() -> None:
    stage, seen = Stage(Random(1)), []

    def every(seconds: float, name: str) -> None:
        for _ in range(3):
            stage.sleep(seconds)
            seen.append(name)

    stage.spawn("slow", lambda: every(10, "slow"))
    stage.spawn("fast", lambda: every(4, "fast"), delay=1)
    stage.run()
    assert seen == ["fast", "fast", "slow", "fast", "slow", "slow"]
