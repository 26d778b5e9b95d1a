"""Every alarm is about something, goes to the topic, and has a page that says what to do."""

import re

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


def test_a_job_that_could_not_be_stopped_is_alarmed_by_the_error_that_names_it():
    error = stages.JobsLeftRunning.__name__
    assert error in {
        name for retry in TASKS["Cancel fine tunes"]["Retry"] for name in retry["ErrorEquals"]
    }
    assert alarmed(MetricName=error)["Threshold"] == 1
    pattern = WATCH["JobsLeftRunning"]["Properties"]["FilterPattern"]
    assert f'$.errorType = "{error}"' in pattern


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
