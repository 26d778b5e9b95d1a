"""Two stages, or two regions, in one account: nothing that SAM makes of the templates takes another's name."""

import pytest

from tests.places import ROOT
from tests.transformed import TEMPLATES, transformed

# A name within a function, a table or a metric is not the account's.
INNER = {
    ("AWS::Lambda::Alias", "Name"),
    ("AWS::CloudWatch::Alarm", "MetricName"),
    ("AWS::Glue::Table", "DatabaseName"),
    ("AWS::Athena::NamedQuery", "Name"),
    ("AWS::Logs::MetricFilter", "LogGroupName"),
}
# What AWS keeps by the account, and buckets by the world; all else is kept by the region.
GLOBAL = (
    *("AWS::CloudWatch::Dashboard", "AWS::S3::Bucket", "AWS::CloudFront::", "AWS::Route53::"),
    *("AWS::IAM::Role", "AWS::IAM::ManagedPolicy", "AWS::IAM::Group", "AWS::IAM::User"),
    "AWS::IAM::InstanceProfile",
)


@pytest.fixture
def resources():
    """The resources that CloudFormation sees, of every template."""
    return {
        f"{path}/{name}": resource
        for path in TEMPLATES
        for name, resource in transformed(ROOT / path, Stage="${Stage}")["Resources"].items()
    }


def shared_names(resources):
    """Each name that another stage, or the same stage in another region, would want too."""
    return {
        (resource["Type"], name, written)
        for resource in resources.values()
        for name, value in resource.get("Properties", {}).items()
        if name in ("Name", "Names") or name.endswith("Name")
        if (resource["Type"], name) not in INNER
        for written in [value.get("Fn::Sub") if isinstance(value, dict) else value]
        if isinstance(written, str)
        if "Stage" not in written
        or (resource["Type"].startswith(GLOBAL) and "AWS::Region" not in written)
    }


def test_no_resource_has_a_name_that_another_stage_or_region_would_want(resources):
    assert shared_names(resources) == set()


@pytest.mark.parametrize(
    ("kind", "property_name", "value"),
    [
        ("AWS::SNS::Topic", "TopicName", "econchatr"),
        ("AWS::CloudWatch::Dashboard", "DashboardName", {"Fn::Sub": "econchatr-${Stage}"}),
        ("AWS::IAM::Role", "RoleName", {"Fn::Sub": "econchatr-${Stage}"}),
        ("AWS::S3::Bucket", "BucketName", {"Fn::Sub": "econchatr-${AWS::AccountId}-${Stage}"}),
        ("AWS::IAM::ManagedPolicy", "ManagedPolicyName", {"Fn::Sub": "r-${AWS::Region}"}),
        ("AWS::Logs::LogGroup", "LogGroupName", "/aws/lambda/econchatr"),
    ],
)
def test_such_a_name_would_be_noticed(resources, kind, property_name, value):
    resources["one"] = {"Type": kind, "Properties": {property_name: value}}
    assert [found[0] for found in shared_names(resources)] == [kind]
