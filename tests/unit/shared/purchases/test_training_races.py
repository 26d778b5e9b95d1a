"""Two executions, or one that is slow, at the worst moment."""

from typing import BinaryIO

import pytest

from shared.providers import Job, JobRequest, UploadedFile
from shared.purchases import PurchaseContext, cancel_jobs
from shared.purchases.rules import CREATE_WITHIN
from tests.unit.shared.fakes import FakeProvider, Fault
from tests.unit.shared.memory_dynamodb import MemoryDynamoDB
from tests.unit.shared.purchases.orders import RESERVED, SECOND_ORDER, poll, submit


def test_a_job_that_appeared_during_a_slow_search_is_not_given_up(
    context: PurchaseContext, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.script("create", Fault.LOST_AFTER)
    provider.listing_delay = context.submission_window.total_seconds()
    submit(context)
    search = provider.jobs

    def slow_search() -> list[Job]:
        found = search()
        context.sleep(context.submission_window.total_seconds() + 1)
        return found

    monkeypatch.setattr(provider, "jobs", slow_search)
    assert poll(context).status == "submitting"
    monkeypatch.undo()
    assert poll(context).job_id == "job-1"
    assert provider.sent.count("create") == 1


def test_a_job_adopted_by_another_is_paid_for_when_this_one_gives_up(
    context: PurchaseContext, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.script("create", Fault.LOST_AFTER)
    provider.listing_delay = 1
    submit(context)
    context.sleep(context.submission_window.total_seconds() + 1)
    search = provider.jobs

    def overtaken_search() -> list[Job]:
        monkeypatch.setattr(provider, "jobs", search)
        poll(context)
        return []

    monkeypatch.setattr(provider, "jobs", overtaken_search)
    assert poll(context).status == "succeeded"
    assert context.ledger.totals("run").committed == provider.bill()


def test_a_run_that_comes_second_gives_its_reservation_back(
    context: PurchaseContext, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = provider.upload

    def overtaken_upload(name: str, content: BinaryIO) -> UploadedFile:
        monkeypatch.setattr(provider, "upload", upload)
        submit(context)
        return upload(name, content)

    monkeypatch.setattr(provider, "upload", overtaken_upload)
    assert submit(context, SECOND_ORDER).owner_run_id == "run"
    assert context.ledger.totals("second").committed == 0
    assert provider.sent.count("create") == 1


def test_a_twin_of_the_same_run_that_comes_second_leaves_the_reservation_alone(
    context: PurchaseContext, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload = provider.upload

    def overtaken_upload(name: str, content: BinaryIO) -> UploadedFile:
        monkeypatch.setattr(provider, "upload", upload)
        submit(context)
        return upload(name, content)

    monkeypatch.setattr(provider, "upload", overtaken_upload)
    assert submit(context).job_id == "job-1"
    assert context.ledger.totals("run").reserved == RESERVED
    assert provider.sent.count("create") == 1


def test_a_writer_held_up_after_its_intent_does_not_send_it(
    context: PurchaseContext, provider: FakeProvider, client: MemoryDynamoDB
) -> None:
    def hold_up(operation: str) -> None:
        if any(kind == "TRAINING" for _, kind in client.items):
            client.after = lambda operation: None
            context.sleep(CREATE_WITHIN.total_seconds() + 1)

    client.after = hold_up
    assert submit(context).job_id == "job-1"
    assert provider.made["job-1"].request.attempt == 2
    assert context.ledger.totals("run").reserved == RESERVED


def test_a_job_created_so_late_that_another_was_bought_in_its_stead_is_stopped_and_paid_for(
    context: PurchaseContext, provider: FakeProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = provider.create

    def slow_create(request: JobRequest) -> Job:
        monkeypatch.setattr(provider, "create", create)
        context.sleep(context.submission_window.total_seconds() + 1)
        poll(context)
        return create(request)

    monkeypatch.setattr(provider, "create", slow_create)
    assert submit(context).job_id == "job-1"
    assert provider.made["job-2"].request.attempt == 1
    assert provider.running() == ["job-1"]
    cancel_jobs(context, "run")
    assert context.ledger.totals("run").settled == provider.bill()
