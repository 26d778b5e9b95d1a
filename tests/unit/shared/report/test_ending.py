import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shared.lake import keys
from shared.purchases import PurchaseContext, cancel_jobs, ensure_job
from shared.report import stages
from shared.report.ending import ending
from tests.sample_run import RUN_ID
from tests.unit.shared.fakes import FakeProvider
from tests.unit.shared.ledgers import ledger_in_memory
from tests.unit.shared.purchases.orders import ORDER, open_file

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ORDER_HERE = replace(ORDER, run_id=RUN_ID)
MOST = "0.510000"
LEFT = {
    "Error": "JobsLeftRunning",
    "Cause": json.dumps({"errorMessage": "not everything of run porch-1 could be stopped"}),
}


@pytest.fixture
def context(clock):
    ledger = ledger_in_memory(clock, RUN_ID)
    provider = FakeProvider(clock)
    return PurchaseContext(ledger, lambda _: provider, now=clock.now, sleep=clock.sleep)


@pytest.fixture
def sample(run):
    run.write_manifest()
    run.write_corpus()
    run.write_dataset()
    return run


def closed(sample, context, **state):
    return stages.close(sample.lake, context.ledger, RUN_ID, state, NOW)


def from_outside(status, **detail):
    return {"name": RUN_ID, "status": status, "input": "{}", **detail}


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        (from_outside("ABORTED"), ("ABORTED", "RunStopped", "the run was stopped before its end")),
        (from_outside("TIMED_OUT", error=None), ("TIMED_OUT", "States.Timeout", "took longer than")),
        (from_outside("FAILED", cause=None), ("FAILED", "States.Runtime", "gave no reason")),
        (from_outside("FAILED", error="States.DataLimitExceeded", cause="too much"),
         ("FAILED", "States.DataLimitExceeded", "too much")),
    ],
)  # fmt: skip
def test_an_end_from_outside_is_told_by_its_status_and_what_gave_it(detail, told):
    ended = ending({"closing": detail, "failure": {"Error": "x", "Cause": "y"}}, None)
    assert (ended.status, ended.error) == told[:2]
    assert told[2] in ended.cause


def test_a_good_run_that_leaves_a_job_running_has_failed():
    ended = ending({"cancel_failure": LEFT}, None)
    assert (ended.status, ended.error) == ("FAILED", "JobsLeftRunning")
    assert "could be stopped" in ended.cause


def test_a_failed_run_that_leaves_a_job_running_keeps_its_own_error_and_says_both():
    state = {"failure": {"Error": "Boom", "Cause": "the real reason"}, "cancel_failure": LEFT}
    ended = ending(state, None)
    assert ended.error == "Boom"
    assert ended.cause.startswith("the real reason")
    assert "JobsLeftRunning: not everything" in ended.cause


def test_a_stopped_run_is_reported_with_the_job_it_paid_for(sample, context):
    ensure_job(context, ORDER_HERE, open_file)
    context.sleep(60)
    cancel_jobs(context, RUN_ID)
    ended = closed(sample, context, closing=from_outside("ABORTED"))
    assert ended["status"] == "ABORTED"
    summary = sample.lake.read_json(keys.summary(RUN_ID))
    assert summary["left_running"] == []
    (job,) = sample.lake.read_rows("jobs")
    (spent,) = sample.lake.read_rows("spend")
    assert job["job_id"] == "job-1"
    assert job["settled_usd"] == spent["settled_usd"] == Decimal(summary["settled_usd"]) > 0
    assert [row["status"] for row in sample.lake.read_rows("runs")] == ["ABORTED"]
    assert b"Stopped" in sample.lake.read(keys.report(RUN_ID))


def test_what_still_runs_is_named_with_the_most_it_may_cost_wherever_a_reader_looks(
    sample, context
):
    ensure_job(context, ORDER_HERE, open_file)
    ended = closed(sample, context, cancel_failure=LEFT)
    assert ended["status"] == "FAILED"
    left = {"model": "gpt-4.1-mini", "provider": "openai", "job_id": "job-1", "at_most_usd": MOST}
    assert sample.lake.read_json(keys.summary(RUN_ID))["left_running"] == [left]
    assert (
        f"STILL RUNNING: gpt-4.1-mini at openai, job job-1, at most {MOST} USD" in ended["message"]
    )
    page = sample.lake.read(keys.report(RUN_ID)).decode()
    assert "Still running" in page
    assert "job-1" in page
    assert [job["status"] for job in sample.lake.read_rows("jobs")] == ["running"]


def test_a_run_that_failed_by_itself_is_not_closed_twice(sample, context):
    closed(sample, context, failure={"Error": "Boom", "Cause": "the real reason"})
    before = sample.lake.read(keys.summary(RUN_ID))
    again = closed(
        sample, context, closing=from_outside("FAILED", error="Boom", cause="other words")
    )
    assert again == {"status": "CLOSED"}
    assert sample.lake.read(keys.summary(RUN_ID)) == before


def test_a_run_that_failed_with_a_job_left_running_is_closed_again(sample, context):
    ensure_job(context, ORDER_HERE, open_file)
    closed(sample, context, cancel_failure=LEFT)
    cancel_jobs(context, RUN_ID)
    again = closed(
        sample, context, closing=from_outside("FAILED", error="JobsLeftRunning", cause="c")
    )
    assert again["status"] == "FAILED"
    assert sample.lake.read_json(keys.summary(RUN_ID))["left_running"] == []


def test_a_run_that_was_stopped_before_it_had_settings_leaves_its_summary(lake, context):
    ended = stages.close(lake, context.ledger, RUN_ID, {"closing": from_outside("ABORTED")}, NOW)
    assert ended["status"] == "ABORTED"
    assert lake.read_json(keys.summary(RUN_ID))["status"] == "ABORTED"


def test_the_manifest_of_an_older_release_is_read_without_the_fields_that_are_gone(sample, context):
    manifest = sample.lake.read_json(keys.manifest(RUN_ID))
    manifest["gone"] = 1
    manifest["show"]["gone"] = {"too": True}
    manifest["models"][0]["gone"] = None
    sample.lake.write_json(keys.manifest(RUN_ID), manifest)
    assert closed(sample, context)["status"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("error", "status"), [("RateLimited", "SUCCEEDED"), ("SpendOverrun", "FAILED")]
)
def test_a_jury_that_failed_fails_the_run_only_where_a_bill_passed_what_was_set_aside(
    sample, context, error, status
):
    failure = {"Error": error, "Cause": json.dumps({"errorMessage": "too fast"})}
    assert ending({"jury_failure": failure}, None).status == status
