"""Two ceilings on the deployed machine: what is kept when one is reached, and the warnings before it."""

import html
import json
import re
from contextlib import contextmanager
from decimal import Decimal

import pytest

from shared import money
from shared.clock import utc_now
from shared.lake import keys
from shared.ledger import RunNotOpen

pytestmark = pytest.mark.integration

TRAINING = Decimal("0.25")  # enough for the smallest useful training on the demo show
# Enough questions that their answers cost more than what settling the training gives back.
REPEATS = 4


def many_questions(machine, show):
    asked = machine.show(show)["questions"]
    return [f"{show} {number}: {text}" for number in range(REPEATS) for text in asked]


def month_ceiling_leaving(machine, usd):
    """The month's ceiling under which `usd` are left to spend, in six decimals."""
    try:
        committed = machine.here.stack.ledger.month_totals(f"{utc_now():%Y-%m}").committed
    except RunNotOpen:
        committed = money.ZERO
    return Decimal(money.format_usd(committed + usd))


def settled_of(machine, run_id):
    rows = machine.lake.read_rows("spend", run_id)
    return sum(row["settled_usd"] or 0 for row in rows if row["run_id"] == run_id)


@contextmanager
def told(machine):
    """What the topic is told while the block lasts, as SNS envelopes."""
    sqs, sns = machine.here.cloud.client("sqs"), machine.here.cloud.client("sns")
    url = sqs.create_queue(QueueName="listener")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    sqs.set_queue_attributes(
        QueueUrl=url, Attributes={"Policy": json.dumps({"Statement": [allowed]})}
    )
    subscription = sns.subscribe(
        TopicArn=machine.here.outputs["Topic"], Protocol="sqs", Endpoint=arn
    )["SubscriptionArn"]
    heard = []
    yield heard
    sns.unsubscribe(SubscriptionArn=subscription)
    while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in got:
            heard.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    sqs.delete_queue(QueueUrl=url)


def test_a_ceiling_hit_amid_the_answers_keeps_what_is_paid_and_asks_no_more(machine):
    before, calls = machine.billed(), len(machine.meter()["calls"])
    ceiling = month_ceiling_leaving(machine, TRAINING)
    with machine.month_ceiling(ceiling):
        outcome = machine.run(
            machine.show("amid", questions=many_questions(machine, "amid")),
            models=["gpt-4.1-mini"],
            max_cost_per_model_usd=f"{TRAINING}",
        )
    assert outcome.finished.status == "FAILED"
    assert outcome.finished.error == "SpendCeilingReached"
    assert f"above the ceiling of ${money.format_usd(ceiling)}" in outcome.finished.cause
    answers = [
        row
        for row in machine.lake.read_rows("generations", outcome.run_id)
        if row["run_id"] == outcome.run_id and row["generated"]
    ]
    asked = machine.lake.read_json(keys.evaluation_set(outcome.run_id))
    wanted = 3 * len([*many_questions(machine, "amid"), *asked["held_out"], *asked["probes"]])
    assert 0 < len(answers) < wanted
    assert len(machine.meter()["calls"]) - calls == len(answers)
    assert settled_of(machine, outcome.run_id) == machine.billed() - before
    assert outcome.summary["reserved_usd"] == "0.000000"
    page = machine.lake.read(keys.report(outcome.run_id)).decode()
    report = html.unescape(re.sub(r"</?mark>", "", page))
    assert f"ended after {len(answers)} of {wanted} answers" in report
    assert all(row["answer"] in report for row in answers)


def test_the_months_ceiling_stops_a_run_whose_own_ceiling_is_untouched(machine):
    before, jobs = machine.billed(), len(machine.meter()["jobs"])
    ceiling = month_ceiling_leaving(machine, Decimal("0.01"))
    with machine.month_ceiling(ceiling):
        outcome = machine.run(machine.show("latecomer"), ceiling_usd="5.00")
    assert outcome.finished.error == "SpendCeilingReached"
    assert f"the month {utc_now():%Y-%m}" in outcome.finished.cause
    assert f"above the ceiling of ${money.format_usd(ceiling)}" in outcome.finished.cause
    assert (machine.billed(), len(machine.meter()["jobs"])) == (before, jobs)
    assert outcome.summary["settled_usd"] == outcome.summary["reserved_usd"] == "0.000000"


def test_a_bill_beyond_its_reservation_is_recorded_as_billed_and_ends_the_run(machine):
    before = machine.billed()
    with machine.fault("trained_tokens", factor="1.5"):
        outcome = machine.run(machine.show("surprised"), models=["gpt-4.1-mini"])
    assert outcome.finished.error == "SpendOverrun"
    billed = machine.billed() - before
    model = outcome.summary["models"][0]
    assert settled_of(machine, outcome.run_id) == billed
    assert Decimal(outcome.summary["settled_usd"]) == Decimal(model["settled_usd"]) >= billed
    assert Decimal(model["settled_usd"]) > Decimal(model["estimated_usd"])
    assert model["status"] == "overrun"
    assert f"billed ${money.format_usd(billed)}" in outcome.finished.cause
    report = html.unescape(machine.lake.read(keys.report(outcome.run_id)).decode())
    assert "Overrun $" in report


def test_a_job_that_outgrows_the_ceiling_while_it_runs_is_stopped_and_paid_for(machine):
    before = machine.billed()
    faults = machine.fault("slow_job"), machine.fault("progress")
    with faults[0], faults[1], machine.fault("trained_tokens", factor="40"):
        outcome = machine.run(machine.show("outgrown"), models=["gpt-4.1-mini"], ceiling_usd="1.50")
    assert outcome.finished.error == "SpendCeilingReached"
    assert "has billed" in outcome.finished.cause
    assert "above the ceiling of $1.500000; the job was asked to stop" in outcome.finished.cause
    assert machine.meter()["running_jobs"] == 0
    assert settled_of(machine, outcome.run_id) == machine.billed() - before > 0
    assert outcome.summary["reserved_usd"] == "0.000000"


def test_half_of_the_runs_ceiling_is_warned_of_once_and_four_fifths_never_reached(machine):
    with told(machine) as heard:
        outcome = machine.run(
            machine.show("warned"),
            models=["gpt-4.1-mini"],
            max_cost_per_model_usd=f"{TRAINING}",
            ceiling_usd="0.40",
        )
    assert outcome.finished.status == "SUCCEEDED", outcome.finished
    assert [message["Subject"] for message in heard] == [
        "EconChatR: 50 % of the ceiling of the run",
        f"EconChatR run {outcome.run_id}: SUCCEEDED",
    ]
    assert outcome.run_id in heard[0]["Message"]
    assert "of the ceiling of $0.400000" in heard[0]["Message"]
