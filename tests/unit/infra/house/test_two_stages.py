"""Two stages in one account: of what SAM makes of the template, nothing bears a name without the stage."""

import pytest

from tests.transformed import transformed

# A name within a function, and names of metrics: neither is the account's.
INNER = {("AWS::Lambda::Alias", "Name"), ("AWS::CloudWatch::Alarm", "MetricName")}


@pytest.fixture
def resources():
    """The resources that CloudFormation sees."""
    return transformed()["Resources"]


def literal_names(resources):
    return {
        (resource["Type"], name, value)
        for resource in resources.values()
        for name, value in resource.get("Properties", {}).items()
        if name.endswith("Name") and isinstance(value, str)
        if (resource["Type"], name) not in INNER
    }


def test_no_resource_has_a_name_without_the_stage(resources):
    assert literal_names(resources) == set()


def test_a_name_without_the_stage_would_be_noticed(resources):
    resources["Topic"].setdefault("Properties", {})["TopicName"] = "econchatr"
    assert literal_names(resources) == {("AWS::SNS::Topic", "TopicName", "econchatr")}
