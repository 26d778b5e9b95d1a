import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shared.lake import keys
from shared.report import stages
from shared.report.ending import explain
from tests.sample_run import QUESTIONS, RUN_ID, STARTED, generation_row, job_row
from tests.unit.shared.ledgers import ledger_in_memory

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
MESSAGE = "the smallest useful training would cost up to 0.21 USD against a ceiling of 0.01 USD"
LAMBDA_CAUSE = json.dumps({"errorType": "X", "errorMessage": MESSAGE, "stackTrace": ["secret"]})
MAP_FAILURE = {
    "Error": "States.ExceedToleratedFailureThreshold",
    "Cause": "The specified tolerated failure threshold was exceeded",
}
STOPPED = {"error": "AccessDenied", "cause": "http://127.0.0.1:1/rain answers 403"}


@pytest.fixture
def ledger(clock):
    return ledger_in_memory(clock)


def test_a_run_that_did_not_fail_has_no_error():
    assert explain(None, None) == (None, None)


def test_an_exception_is_told_by_its_name_and_its_sentence_alone():
    failure = {"Error": "SpendCeilingReached", "Cause": LAMBDA_CAUSE}
    assert explain(failure, None) == ("SpendCeilingReached", MESSAGE)


def test_a_map_that_failed_is_told_by_what_stopped_its_batch(run, ledger):
    assert explain(MAP_FAILURE, STOPPED) == (STOPPED["error"], STOPPED["cause"])
    run.lake.write_json(keys.stopped(RUN_ID), STOPPED)
    ended = stages.close(run.lake, ledger, RUN_ID, {"failure": MAP_FAILURE}, NOW)
    assert (ended["error"], ended["cause"]) == (STOPPED["error"], STOPPED["cause"])


def test_a_map_that_failed_for_another_reason_is_told_as_it_is():
    assert explain(MAP_FAILURE, None) == (MAP_FAILURE["Error"], MAP_FAILURE["Cause"])


def test_a_named_error_is_not_taken_for_the_stopped_batch():
    failure = {"Error": "SpendCeilingReached", "Cause": LAMBDA_CAUSE}
    assert explain(failure, STOPPED)[0] == "SpendCeilingReached"


@pytest.mark.parametrize(
    ("error", "cause", "said"),
    [
        (
            "Sandbox.Timedout",
            '{"errorType": "Sandbox.Timedout", "errorMessage": "RequestId: 1 Task timed out"}',
            "RequestId: 1 Task timed out",
        ),
        ("States.Timeout", "", ""),
        ("States.TaskFailed", "The execution role may not do this", "The execution role may not do this"),
        ("States.Runtime", '"$.value" is not there', '"$.value" is not there'),
        ("Lambda.Unknown", "null", "null"),
        ("Lambda.Unknown", "[1]", "[1]"),
        ("Lambda.Unknown", '{"reason": "none"}', '{"reason": "none"}'),
    ],
)  # fmt: skip
def test_a_cause_that_is_no_exception_is_told_as_it_is(error, cause, said):
    assert explain({"Error": error, "Cause": cause}, None) == (error, said)


def test_a_failure_without_a_cause_is_told_by_its_name():
    assert explain({"Error": "States.Timeout"}, None) == ("States.Timeout", "")


def test_a_refused_input_is_summed_up_without_settings_or_money(lake, ledger):
    failure = {"Error": "UnknownField", "Cause": json.dumps({"errorMessage": "no field 'cieling'"})}
    ended = stages.close(lake, ledger, "r1", {"failure": failure}, NOW)
    assert (ended["status"], ended["error"]) == ("FAILED", "UnknownField")
    assert ended["cause"] == "no field 'cieling'"
    summary = lake.read_json(ended["summary_key"])
    assert summary["cause"] == "no field 'cieling'"
    assert summary["settled_usd"] == "0.000000"


def test_what_each_stage_left_as_json_becomes_rows_of_the_lake(run, ledger):
    lake, model = run.lake, "gpt-4.1-mini"
    run.write_manifest()
    run.write_corpus()
    run.write_dataset()
    job = {**job_row(run.own, model, "succeeded"), "settled_at": NOW}
    lake.write_json(keys.outcome(RUN_ID, model), job)
    steps = [
        {**run.own, "model": model, "step": step, "train_loss": loss}
        for step, loss in ((1, 2.5), (2, None))
    ]
    lake.write_json(keys.curve(RUN_ID, model), steps)
    for arm in ("base", "tuned"):
        answer = generation_row(run.own, arm, model, 1, QUESTIONS[0], f"The {arm} answer.")
        lake.write_json(keys.answers(RUN_ID, model, arm), [answer])
    ledger.open_run(RUN_ID, Decimal("5.00"), "2026-11", Decimal(100))
    ended = stages.close(lake, ledger, RUN_ID, {}, NOW)
    assert ended["status"] == "SUCCEEDED"
    (kept,) = lake.read_rows("jobs")
    assert (kept["settled_usd"], kept["training_tokens"]) == (Decimal("0.0012"), 240)
    assert [row["train_loss"] for row in lake.read_rows("job_metrics")] == [2.5, None]
    base, tuned = lake.read_rows("generations")
    assert (base["answer"], tuned["answer"]) == ("The base answer.", "The tuned answer.")
    assert (base["cost_usd"], base["created_at"]) == (Decimal("0.0001"), STARTED)
    assert lake.read(ended["report_key"]).startswith(b"<!doctype html>")


def test_a_run_that_failed_before_anything_was_bought_is_reported_all_the_same(run, ledger):
    run.write_manifest()
    failure = {"Error": "Unreachable", "Cause": "{}"}
    ended = stages.close(run.lake, ledger, RUN_ID, {"failure": failure}, NOW)
    assert ended["status"] == "FAILED"
    assert list(run.lake.read_rows("generations")) == []
    assert run.lake.read(ended["report_key"])
    assert "FAILED" in ended["message"]


def test_the_subject_fits_what_sns_takes(run, ledger):
    run_id = "r" * 200
    assert (
        len(stages.close(run.lake, ledger, run_id, {"failure": MAP_FAILURE}, NOW)["subject"]) < 100
    )


def test_closing_again_replaces_what_was_written(run, ledger):
    run.write_manifest()
    for _ in range(2):
        ended = stages.close(run.lake, ledger, RUN_ID, {}, NOW)
    assert len(list(run.lake.read_rows("runs"))) == 1
    assert ended["status"] == "SUCCEEDED"
