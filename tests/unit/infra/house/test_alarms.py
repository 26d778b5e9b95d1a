"""Every alarm is about something, goes to the topic, and has a page that says what to do."""

import re
from fnmatch import fnmatchcase

import pytest

from shared.fine_tuning import stages
from tests.places import ROOT
from tests.unit.infra.house.alarms import alarmed
from tests.unit.infra.house.template import RESOURCES, TASKS, TEMPLATE, WATCH


def test_every_alarm_has_a_page_that_says_what_to_do():
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    alarms = {
        name: resource["Properties"]
        for name, resource in WATCH.items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }
    assert set(re.findall(r"^### (\w+Alarm)$", page, re.MULTILINE)) == set(alarms)
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == [{"Ref": "Topic"}], name
        assert f'See "{name}" in docs/operations.md.' in alarm["AlarmDescription"]


def test_every_alarm_is_about_a_metric_that_there_is():
    emitted = set(
        re.findall(r'"(\w+)"', (ROOT / "functions" / "metrics_wiring.py").read_text("utf-8"))
    )
    filtered = {
        one["MetricName"]
        for resource in WATCH.values()
        if resource["Type"] == "AWS::Logs::MetricFilter"
        for one in resource["Properties"]["MetricTransformations"]
    }
    for name, resource in WATCH.items():
        properties = resource["Properties"]
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Fn::Sub" in properties["Namespace"]:
            by_run = properties.get("Dimensions") == [{"Name": "service", "Value": "econchatr"}]
            assert properties["MetricName"] in (emitted if by_run else filtered), name


def test_a_job_that_could_not_be_stopped_is_alarmed_by_the_report_when_it_is_final():
    error = stages.JobsLeftRunning.__name__
    assert error in {
        name for retry in TASKS["Cancel fine tunes"]["Retry"] for name in retry["ErrorEquals"]
    }
    alarm = alarmed(MetricName=error)
    assert (alarm["Threshold"], alarm["Statistic"]) == (1, "Maximum")
    assert "JobsLeftRunning" not in WATCH  # no line of a log is counted: each try leaves one


def metric_of(lines):
    """What the filter of failures makes of a log, by the rules of its pattern's few operators."""
    pattern = WATCH["FunctionErrors"]["Properties"]["FilterPattern"]
    python = re.sub(
        r'\$([.\w]+) = "([^"]*)"',
        lambda one: f"fnmatchcase(str(at(line, {one[1][1:]!r})), {one[2]!r})",
        pattern.strip("{} "),
    )
    python = python.replace("||", "or").replace("&&", "and")
    names = {"at": at, "fnmatchcase": fnmatchcase}
    return sum(bool(eval(python, {**names, "line": line})) for line in lines)  # noqa: S307


def at(line, path):
    for step in path.split("."):
        line = line.get(step, {}) if isinstance(line, dict) else {}
    return line


REPORT = {"type": "platform.report", "record": {"status": "error"}}
OURS = {"level": "ERROR", "message": "failed", "error": "ProviderUnavailable"}
RUNTIMES = {"level": "ERROR", "errorType": "ProviderUnavailable", "errorMessage": "away"}
FAILURES = {
    "an error that a function raised": [OURS, RUNTIMES, REPORT],
    "a time-out": [{"type": "platform.report", "record": {"status": "timeout"}}],
    "too little memory": [
        {
            "type": "platform.report",
            "record": {"status": "error", "errorType": "Runtime.OutOfMemory"},
        }
    ],
    "a process that ended": [
        {"type": "platform.report", "record": {"status": "error", "errorType": "Runtime.ExitError"}}
    ],
}


@pytest.mark.parametrize("lines", FAILURES.values(), ids=FAILURES)
def test_a_failure_counts_once_however_many_lines_it_leaves(lines):
    assert metric_of(lines) == 1


def test_a_call_that_went_well_counts_nothing():
    fine = {"type": "platform.report", "record": {"status": "success"}}
    assert metric_of([{"level": "INFO", "message": "done"}, fine]) == 0


def test_a_run_that_waits_rings_once_because_looks_are_never_a_period_apart():
    alarm = alarmed(MetricName="SecondsWaited")
    longest = stages.MAX_JOB_AGE.total_seconds() / 12
    assert alarm["Period"] > longest
    assert alarm["Period"] * alarm["EvaluationPeriods"] <= 86_400


def test_throttles_are_seen_and_every_alarm_says_when_it_is_over():
    assert alarmed(Namespace="AWS/Lambda", MetricName="Throttles")
    for name, resource in WATCH.items():
        if resource["Type"] == "AWS::CloudWatch::Alarm":
            assert resource["Properties"]["OKActions"] == [{"Ref": "Topic"}], name


def test_a_run_that_waits_long_for_a_job_is_alarmed_well_before_it_is_ended():
    waited = alarmed(MetricName="SecondsWaited")
    ended = TEMPLATE["Parameters"]["MachineTimeoutSeconds"]["Default"]
    assert waited["Threshold"] <= ended / 2
    assert waited["Statistic"] == "Maximum"
    pattern = WATCH["SecondsWaited"]["Properties"]
    assert "$.outcome.waited" in pattern["FilterPattern"]
    assert pattern["MetricTransformations"][0]["MetricValue"] == "$.outcome.waited"


def test_alarms_may_publish_to_the_topic():
    assert "KmsMasterKeyId" not in RESOURCES["Topic"].get("Properties", {})
    allowed = RESOURCES["TopicPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert {"Service": "cloudwatch.amazonaws.com"} in [one["Principal"] for one in allowed]
