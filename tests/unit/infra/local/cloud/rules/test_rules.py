"""What AWS refuses is refused here: each rule with a template that breaks it, and ours break none."""

import json
import re

import pytest
from cfnlint.api import ManualArgs, lint
from samtranslator.yaml_helper import yaml_parse

from infra.local.cloud.rules import RULES, breaches
from infra.local.cloud.rules.resolution import PSEUDO, resolved
from tests.places import ROOT
from tests.transformed import TEMPLATES, processed, transformed

NULL_IN_A_PATTERN = """
Resources:
  Ended:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {detail: {input: [{anything-but: [done]}, null]}}
"""
NULL_THROUGH_SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition: {StartAt: A, States: {A: {Type: Pass, ResultPath: null, End: true}}}
      Events:
        Ended: {Type: EventBridgeRule, Properties: {Pattern: {source: [aws.states, null]}}}
"""
NULL_VALUE = """
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: null}}
Outputs:
  Queue: {Value: !Ref Queue, Description: null}
"""


def found(text):
    return breaches(processed(yaml_parse(text)))


# What CloudFormation is given at the most: each value is as long as its parameter allows.
LONGEST = {
    "Stage": "s" + "0" * 15,
    "MonthCeilingUsd": "9" * 9 + "." + "9" * 6,
    "ProviderBaseUrl": "https://" + "x" * 120,
    "CodeVersion": "v" * 64,
    "ScheduleTimezone": "A" * 50,
    "Architecture": "x86_64",
}


def test_the_longest_values_are_allowed_and_a_longer_one_is_not():
    for name, value in LONGEST.items():
        parameter = transformed()["Parameters"][name]

        def allowed(text, parameter=parameter):
            pattern = parameter.get("AllowedPattern", ".*")
            return (
                len(text) <= parameter.get("MaxLength", 4096)
                and re.fullmatch(pattern, text)
                and text in parameter.get("AllowedValues", [text])
            )

        assert allowed(value), name
        assert not allowed(value + value[-1]), name


@pytest.mark.parametrize("path", TEMPLATES)
def test_ours_break_none_at_their_longest_values(path):
    assert breaches(transformed(ROOT / path), LONGEST) == []


def of(kind, **properties):
    return {"Resources": {"One": {"Type": kind, "Properties": properties}}}


def policy(length):
    return {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "x" * length}]}


VERSION = "AWS::Lambda::Version"
FUNCTION = "AWS::Lambda::Function"
ROLE = "AWS::IAM::Role"
TOO_MUCH = {
    "resources": {"Resources": {f"R{n}": {"Type": "AWS::SNS::Topic"} for n in range(501)}},
    "parameters": {"Parameters": {f"P{n}": {"Type": "String"} for n in range(201)}},
    "outputs": {"Outputs": {f"O{n}": {"Value": "x"} for n in range(201)}},
    "default": {"Parameters": {"P": {"Type": "String", "Default": "x" * 4097}}},
    "environment": of(FUNCTION, Environment={"Variables": {"A": "x" * 2048, "B": "x" * 2047}}),
    "layers": of(FUNCTION, Layers=["a", "b", "c", "d", {"Ref": "E"}, "f"]),
    "function name": of(FUNCTION, FunctionName="x" * 65),
    "version": of(VERSION, Description={"Fn::Sub": "${AWS::Region} " + "x" * 250}),
    "layer name": of("AWS::Lambda::LayerVersion", LayerName="x" * 141),
    "role name": of(
        ROLE, RoleName={"Fn::Join": ["-", ["x" * 32, {"Ref": "AWS::Region"}, "y" * 32]]}
    ),
    "role policies": of(ROLE, Policies=[{"PolicyDocument": policy(6000)}] * 2),
    "trust": of(ROLE, AssumeRolePolicyDocument=policy(2048)),
    "managed policy": of("AWS::IAM::ManagedPolicy", PolicyDocument=policy(6144)),
    "machine name": of("AWS::StepFunctions::StateMachine", StateMachineName="x" * 81),
    "rule name": of("AWS::Events::Rule", Name="x" * 65),
    "schedule name": of("AWS::Scheduler::Schedule", Name="x" * 65),
    "queue name": of("AWS::SQS::Queue", QueueName="x" * 81),
    "bucket name": of("AWS::S3::Bucket", BucketName="x" * 64),
    "query name": of("AWS::Athena::NamedQuery", Name="x" * 129),
}


@pytest.mark.parametrize("template", TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_is_too_much_is_refused_and_told(template):
    (sentence,) = breaches(template)
    assert "allowed" in sentence
    assert "https://docs.aws.amazon.com/" in sentence


def test_no_rule_is_without_a_template_that_breaks_it():
    broken = {NULL_IN_A_PATTERN: NULL_IN_A_PATTERN, **TOO_MUCH}.values()
    templates = [yaml_parse(each) if isinstance(each, str) else each for each in broken]
    for rule in RULES:
        values = (resolved(each, PSEUDO) for each in templates)
        assert any(list(rule.breaches(each)) for each in values), rule


def test_a_value_that_is_given_counts_and_not_its_default():
    template = of("AWS::SQS::Queue", QueueName={"Fn::Sub": "runs-${Stage}"})
    template["Parameters"] = {"Stage": {"Type": "String", "Default": "dev"}}
    assert breaches(template) == []
    assert breaches(template, {"Stage": "x" * 80})


def test_a_name_that_only_aws_knows_is_left_alone():
    unknown = {"Fn::Sub": "${Other.Arn}-" + "x" * 100}
    assert breaches(of("AWS::SQS::Queue", QueueName=unknown)) == []


def schema_errors(template, values):
    """What cfn-lint's copies of AWS's resource schemas say, with every value that is known in its place."""
    whole = resolved(template, {**PSEUDO, "AWS::Partition": "aws", **values})
    found = lint(json.dumps(whole), config=ManualArgs(regions=["us-east-1"]))
    return [f"{one.rule.id} {one.message}" for one in found if one.rule.id.startswith("E")]


def test_what_sam_makes_of_ours_fits_the_schemas_of_its_resources():
    assert schema_errors(transformed(), LONGEST) == []


@pytest.mark.parametrize(
    "template",
    [
        of("AWS::SQS::Queue", QueueTitle="x"),
        of("AWS::DynamoDB::Table", BillingMode={"Ref": "AWS::Region"}),
        of("AWS::Scheduler::Schedule", Name={"Fn::Sub": "${AWS::Region}-" + "x" * 60}),
    ],
    ids=["unknown property", "not of the enumeration", "too long a name"],
)
def test_a_resource_that_does_not_fit_its_schema_would_be_noticed(template):
    assert schema_errors(template, {})


def test_a_null_is_refused_with_its_place_and_the_page_that_says_so():
    (sentence,) = found(NULL_IN_A_PATTERN)
    assert "/Resources/Ended/Properties/EventPattern/detail/input/1" in sentence
    assert "https://docs.aws.amazon.com/eventbridge/" in sentence


def test_a_null_that_sam_leaves_is_refused_and_one_that_it_writes_as_text_is_not():
    (sentence,) = found(NULL_THROUGH_SAM)
    assert "/Resources/MachineEnded/Properties/EventPattern/source/1" in sentence


def test_every_null_is_told():
    assert len(found(NULL_VALUE)) == 2
