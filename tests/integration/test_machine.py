"""The deployed machine, run on the embedded cloud: each branch once."""

from decimal import Decimal

import pandas as pd
import pytest

from shared import money
from shared.lake import keys
from tests.history import IDLE, MACHINE, entered

pytestmark = pytest.mark.integration


def episode_statuses(machine, show):
    return {
        row["url"]: (row["status"], row["reason"])
        for key in machine.lake.keys("lake/episodes/")
        if keys.belongs_to(key, show)
        for row in machine.lake.read_file(key)
    }


def rows_of(machine, table, run_id):
    return [row for row in machine.lake.read_rows(table, run_id) if row["run_id"] == run_id]


def test_a_run_collects_trains_asks_and_pays_exactly_what_the_provider_billed(machine):
    before = machine.billed()
    judges = ["llama-3.1-8b", "gpt-6-luna"]
    asked = {"held_out_items": 4, "judges": judges}
    outcome = machine.run(machine.show("happy", evaluation=asked))
    assert outcome.finished.status == "SUCCEEDED", outcome.finished
    summary = outcome.summary
    settled = sum(row["settled_usd"] for row in rows_of(machine, "spend", outcome.run_id))
    assert settled == machine.billed() - before
    assert summary["settled_usd"] == money.format_usd(settled)
    assert summary["reserved_usd"] == "0.000000"
    assert summary["episodes"]["failed"] == 0
    assert summary["episodes"]["refused"] >= 2
    assert summary["models"][0]["status"] == "succeeded"
    answers = rows_of(machine, "generations", outcome.run_id)
    questions = machine.show("happy")["questions"]
    held_out = {row["question"] for row in answers if row["item_kind"] == "held_out"}
    assert held_out
    probes = machine.lake.read_json(keys.evaluation_set(outcome.run_id))["probes"]
    assert any("really" in probe for probe in probes)
    items = len([*questions, *held_out, *probes])
    assert len([row for row in answers if row["generated"]]) == 3 * items
    by_item = pd.DataFrame(answers).pivot(index="question", columns="arm", values="answer")
    assert (by_item["base"] != by_item["tuned"]).all()
    assert (by_item["base"] != by_item["prompted"]).all()
    assert by_item.loc[sorted(held_out), ["host", "impostor"]].notna().all(axis=None)
    assert by_item.loc[range(1, len(questions) + 1), ["host", "impostor"]].isna().all(axis=None)
    votes = rows_of(machine, "judgements", outcome.run_id)
    assert {row["judge"] for row in votes} == set(judges)
    assert len(votes) >= 2 * 2 * len(held_out)
    assert {row["vote"] for row in votes} <= {"first", "second"}
    spent = rows_of(machine, "spend", outcome.run_id)
    assert sum(row["purpose"] == "judging" for row in spent) == len(votes)
    assert summary["verdict"]
    assert machine.lake.read(keys.report(outcome.run_id)).startswith(b"<!doctype html>")
    style = {
        row["arm"]: row
        for row in rows_of(machine, "metrics", outcome.run_id)
        if row["metric"] == "style"
    }
    assert set(style) == {"base", "prompted", "tuned", "host", "impostor"}
    assert all((row["value"] is None) == bool(row["reason"]) for row in style.values())


def test_a_style_that_cannot_be_measured_costs_a_run_nothing_but_that_number(machine):
    with machine.broken("MeasureStyle"):
        outcome = machine.run(machine.show("happy"))
    assert outcome.finished.status == outcome.summary["status"] == "SUCCEEDED"
    (style,) = [row for row in outcome.summary["metrics"] if row["metric"] == "style"]
    assert style["reason"].startswith("style was not measured: Runtime.")
    assert b"style was not measured: Runtime." in machine.lake.read(keys.report(outcome.run_id))
    assert [row for row in outcome.summary["metrics"] if row["metric"] == "leaked"]


def test_a_second_run_with_nothing_new_fetches_no_page_and_buys_nothing(machine):
    asked = {"held_out_items": 4, "judges": ["llama-3.1-8b"]}
    show = machine.show("again", evaluation=asked)
    with machine.fault("bias", way="html", times=1000):
        first = machine.run(show)
    billed = machine.billed()
    machine.site.answers.clear()
    second = machine.run(show)
    assert second.finished.status == "SUCCEEDED"
    assert machine.site.fetched_in_full() == []
    assert machine.billed() == billed
    assert second.summary["settled_usd"] == "0.000000"
    assert second.summary["models"][0]["job_id"] == first.summary["models"][0]["job_id"]
    assert machine.lake.read_json(keys.discovery(second.run_id))["new"] == 0
    votes = rows_of(machine, "judgements", second.run_id)
    assert {(row["vote"], row["bought_now"]) for row in votes} == {(None, False)}
    (judge,) = second.summary["jury"]
    assert (judge["qualified"], judge["unusable"]) == (False, 8)
    assert (
        second.summary["verdict"].split("he run ")[0]
        == first.summary["verdict"].split("he run ")[0]
    )


def test_an_idle_scheduled_run_enters_twelve_states_and_fetches_no_page(machine):
    show = machine.show("idle")
    machine.run(show, dry_run=True)
    machine.site.answers.clear()
    outcome = machine.run(show, dry_run=True)
    executions = machine.here.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:")
    pages = machine.here.cloud.client("stepfunctions").get_paginator("get_execution_history")
    events = pages.paginate(executionArn=f"{executions}:{outcome.run_id}").build_full_result()
    names = [event["type"] for event in events["events"]]
    assert len([name for name in names if name.endswith("StateEntered")]) == 12
    assert entered(MACHINE, IDLE, {}).total() == 12
    assert machine.site.fetched_in_full() == []


def test_a_dry_run_ends_with_the_plan_and_spends_nothing(machine):
    billed = machine.billed()
    outcome = machine.run(
        machine.show("dry"), dry_run=True, models=["llama-3.3-70b", "gpt-4.1-mini"]
    )
    assert outcome.finished.status == "SUCCEEDED"
    assert machine.billed() == billed
    plans = rows_of(machine, "plans", outcome.run_id)
    assert {plan["model"] for plan in plans} == {"llama-3.3-70b", "gpt-4.1-mini"}
    assert all(plan["estimated_usd"] > 0 for plan in plans)


def test_bad_input_is_refused_in_the_first_state_with_what_to_write_instead(machine):
    outcome = machine.run(machine.show("bad"), cieling_usd="5.00")
    assert outcome.finished.status == "FAILED"
    assert outcome.finished.error == "UnknownField"
    assert "cieling_usd" in outcome.finished.cause
    assert "ceiling_usd" in outcome.finished.cause


def test_an_episode_that_fails_is_reported_and_the_rest_goes_on(machine):
    path = machine.site.a_page()
    machine.site.failing[path] = 404
    outcome = machine.run(machine.show("holes"), dry_run=True)
    machine.site.failing.clear()
    assert outcome.finished.status == "SUCCEEDED"
    assert outcome.summary["episodes"]["failed"] == 1
    statuses = episode_statuses(machine, "holes")
    assert [status for url, status in statuses.items() if url.endswith(path)] == [
        ("failed", "not_found")
    ]


def test_a_site_that_does_not_want_us_stops_the_show(machine):
    path = machine.site.a_page()
    machine.site.failing[path] = 403
    outcome = machine.run(machine.show("unwanted"), dry_run=True)
    machine.site.failing.clear()
    assert outcome.finished.status == "FAILED"
    assert outcome.finished.error == "AccessDenied"
    assert path in outcome.finished.cause


def test_a_handler_that_times_out_fails_the_run_and_leaves_no_job_running(machine):
    stall = machine.fault(
        "stall", match={"method": "GET", "path": "/fine_tuning/jobs/[^/]+$"}, seconds=5, times=99
    )
    with machine.function_timeout("PollFineTune", 1), stall:
        outcome = machine.run(machine.show("slow"))
    assert outcome.finished.status == "FAILED"
    assert outcome.finished.error == "Sandbox.Timedout"
    assert machine.meter()["running_jobs"] == 0


def test_a_job_that_fails_at_a_provider_which_tells_its_tokens_costs_nothing(machine):
    billed = machine.billed()
    with machine.fault("fail_job", tells_tokens=True):
        outcome = machine.run(machine.show("failing"))
    assert outcome.finished.status == "FAILED"
    assert outcome.finished.error == "EveryFineTuneFailed"
    assert machine.billed() == billed
    assert outcome.summary["settled_usd"] == outcome.summary["reserved_usd"] == "0.000000"
    assert outcome.summary["models"][0]["status"] == "failed"


def test_a_ceiling_that_buys_nothing_useful_fails_the_run_with_both_numbers(machine):
    billed = machine.billed()
    outcome = machine.run(machine.show("poor"), ceiling_usd="0.01")
    assert outcome.finished.status == "FAILED"
    assert outcome.finished.error == "SpendCeilingReached"
    assert "0.010000" in outcome.finished.cause
    assert machine.billed() - billed <= Decimal("0.01")
    assert machine.meter()["running_jobs"] == 0
    assert outcome.summary["status"] == "FAILED"
    assert machine.lake.read(keys.report(outcome.run_id))


def test_a_lost_reply_does_not_buy_the_same_training_twice(machine):
    jobs = len(machine.meter()["jobs"])
    with machine.fault("reply_lost"):
        outcome = machine.run(machine.show("lost"))
    assert outcome.finished.status == "SUCCEEDED"
    assert len(machine.meter()["jobs"]) == jobs + 1
