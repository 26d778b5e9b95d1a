"""Two stages in one account: of what SAM makes of the template, nothing bears a name without the stage."""

from unittest.mock import Mock

import pytest
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from tests.places import ROOT

# A name within a function, and names of metrics: neither is the account's.
INNER = {("AWS::Lambda::Alias", "Name"), ("AWS::CloudWatch::Alarm", "MetricName")}
LOCAL = ("CodeUri", "ContentUri", "DefinitionUri")


@pytest.fixture
def resources(monkeypatch):
    """The resources that CloudFormation sees."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    template = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))
    template["Globals"]["Function"]["CodeUri"] = "s3://bucket/key"
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        properties.update({name: "s3://bucket/key" for name in LOCAL if name in properties})
    policies = Mock()  # what SAM would ask IAM for: the addresses of AWS's own policies
    policies.load.return_value = {}
    return transform(template, {}, policies)["Resources"]


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
