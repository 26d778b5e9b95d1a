"""Ends that no Catch sees, on the deployed machine: the rule closes the run, and somebody is told."""

from contextlib import contextmanager
from decimal import Decimal

import pytest

from shared.lake import keys
from tests.integration.test_ceilings import settled_of, told

pytestmark = pytest.mark.integration


@contextmanager
def definition(machine, before, after):
    """The machine with other words in its definition."""
    client = machine.here.cloud.client("stepfunctions")
    arn = machine.here.outputs["StateMachineArn"]
    text = client.describe_state_machine(stateMachineArn=arn)["definition"]
    assert before in text
    client.update_state_machine(stateMachineArn=arn, definition=text.replace(before, after))
    try:
        yield
    finally:
        client.update_state_machine(stateMachineArn=arn, definition=text)


def test_a_run_that_aws_itself_fails_is_cancelled_settled_reported_and_told(machine):
    before = machine.billed()
    with (
        definition(machine, "$.over", "$.nosuch"),
        machine.fault("slow_job"),
        told(machine) as heard,
    ):
        outcome = machine.run(machine.show("runtime"))
    assert outcome.finished.status == "FAILED"
    assert outcome.finished.error == "States.Runtime"
    assert machine.meter()["running_jobs"] == 0
    assert (outcome.summary["status"], outcome.summary["error"]) == ("FAILED", "States.Runtime")
    assert outcome.summary["models"][0]["status"] == "cancelled"
    assert settled_of(machine, outcome.run_id) == machine.billed() - before
    assert Decimal(outcome.summary["reserved_usd"]) == 0
    assert machine.lake.read(keys.report(outcome.run_id))
    subjects = [message["Subject"] for message in heard]
    assert subjects == [f"EconChatR run {outcome.run_id}: FAILED"]


def test_when_the_report_fails_the_runs_own_cause_and_a_message_still_go_out(machine):
    gone = machine.show("unreported", feed="http://127.0.0.1:1/feed.xml")
    with told(machine) as heard, definition(machine, "state.$", "nothing.$"):
        outcome = machine.run(gone, dry_run=True)
    assert outcome.finished.error == "Unreachable"
    assert outcome.summary is None
    assert heard[0]["Subject"] == "EconChatR: a run FAILED and has no report"
    assert "http://127.0.0.1:1/" in heard[0]["Message"]
    assert "KeyError" in heard[0]["Message"]
