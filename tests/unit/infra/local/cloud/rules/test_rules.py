"""What AWS refuses is refused here: each rule with a template that breaks it, and ours break none."""

import pytest
from samtranslator.yaml_helper import yaml_parse

from infra.local.cloud.rules import breaches
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


@pytest.mark.parametrize("path", TEMPLATES)
def test_ours_break_none(path):
    assert breaches(transformed(ROOT / path)) == []


def test_a_null_is_refused_with_its_place_and_the_page_that_says_so():
    (sentence,) = found(NULL_IN_A_PATTERN)
    assert "/Resources/Ended/Properties/EventPattern/detail/input/1" in sentence
    assert "https://docs.aws.amazon.com/eventbridge/" in sentence


def test_a_null_that_sam_leaves_is_refused_and_one_that_it_writes_as_text_is_not():
    (sentence,) = found(NULL_THROUGH_SAM)
    assert "/Resources/MachineEnded/Properties/EventPattern/source/1" in sentence


def test_every_null_is_told():
    assert len(found(NULL_VALUE)) == 2
