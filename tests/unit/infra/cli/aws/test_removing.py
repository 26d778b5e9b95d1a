"""Out of every state that CloudFormation leaves a stack in, against its own service model."""

from datetime import UTC, datetime
from types import SimpleNamespace

import boto3
import pytest
from botocore.stub import Stubber

from infra.cli.aws import deploying, removing, stack
from infra.cli.aws.stack import StackBusy
from infra.cli.options import StackRef

REF = StackRef(stack="econchatr-dev")
ARN = "arn:aws:states:us-east-1:1:stateMachine:econchatr-dev"
LEFT = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
GOES_ON = ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "UPDATE_ROLLBACK_IN_PROGRESS")
OUTPUTS = [{"OutputKey": "StateMachineArn", "OutputValue": ARN}]


@pytest.fixture
def cloudformation(monkeypatch):
    """CloudFormation's client, which takes and gives only what the service's model allows."""
    client = boto3.client(
        "cloudformation", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="a"
    )
    for module in (stack, removing, deploying):
        monkeypatch.setattr(module, "client", lambda _ref, _service: client)
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def described(cloudformation, status, outputs=()):
    one = {"StackName": REF.stack, "StackStatus": status, "CreationTime": datetime.now(UTC)}
    cloudformation.add_response("describe_stacks", {"Stacks": [{**one, "Outputs": [*outputs]}]})


def removed(cloudformation):
    cloudformation.add_response("delete_stack", {}, {"StackName": REF.stack})
    described(cloudformation, "DELETE_COMPLETE")


@pytest.mark.parametrize("status", LEFT)
@pytest.mark.parametrize("outputs", [(), OUTPUTS], ids=["without outputs", "with outputs"])
def test_what_a_failed_deployment_left_can_be_removed(cloudformation, capsys, status, outputs):
    described(cloudformation, status, outputs)
    removed(cloudformation)
    removing.destroy(REF, None, yes=True)
    assert "econchatr-dev is gone." in capsys.readouterr().out


@pytest.mark.parametrize("status", LEFT)
def test_a_deployment_after_one_that_failed_removes_what_is_left_first(
    cloudformation, monkeypatch, tmp_path, status
):
    asked = SimpleNamespace(get_caller_identity=lambda: {"Account": "1"})
    for_service = {"sts": asked, "cloudformation": cloudformation.client}
    monkeypatch.setattr(deploying, "client", lambda _ref, service: for_service[service])
    monkeypatch.setattr(deploying, "session", lambda _ref: SimpleNamespace(region_name="us-east-1"))
    described(cloudformation, status)
    removed(cloudformation)
    with pytest.raises(deploying.NotBuilt):  # as far as it can come here: nothing is built
        deploying.deploy(REF, {"MonthCeilingUsd": "1"}, "x86_64", tmp_path / "template.yaml")


@pytest.mark.parametrize("status", [*GOES_ON, "UPDATE_ROLLBACK_FAILED"])
def test_a_stack_that_cloudformation_works_at_is_left_alone_and_it_says_what_to_do(
    cloudformation, status
):
    described(cloudformation, status, OUTPUTS)
    with pytest.raises(StackBusy, match=f"{status}; (wait until|see in its events)"):
        removing.destroy(REF, None, yes=True)


def test_no_advice_names_the_command_that_gave_it(cloudformation):
    described(cloudformation, "ROLLBACK_COMPLETE")
    with pytest.raises(stack.NoStack, match="`econchatr aws deploy` again, which removes"):
        stack.deployed(REF)
