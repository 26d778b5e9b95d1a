"""Which account, region and stack are meant, and what AWS says against it in a sentence."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, cast

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    WaiterError,
)

from infra.cli.options import StackRef
from infra.machine.stack import DeployedStack
from shared.errors import BadInput, EconChatRError

_CONFIG = Config(retries={"mode": "standard", "max_attempts": 5})
_WITHOUT_CREDENTIALS = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
)
_REFUSALS = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation")
LOOKING = {"Delay": 3, "MaxAttempts": 1200}
ONLY_REMOVED = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
"""What CloudFormation lets nobody update: a first deployment that failed, or a removal that did."""
_STALE = ("ExpiredToken", "ExpiredTokenException", "InvalidClientTokenId", "SignatureDoesNotMatch")


class NotConnected(BadInput):
    """No credentials, no region, or credentials that AWS does not take."""


class NotAllowed(BadInput):
    """The credentials may not do it."""


class NoStack(BadInput):
    """There is no such stack, or one that is no EconChatR."""


class StackBusy(BadInput):
    """CloudFormation works at the stack, or waits for somebody."""


class AwsFailed(EconChatRError):
    """AWS could not be reached, or could not do it."""


@cache
def session(stack_ref: StackRef) -> boto3.Session:
    """Return credentials and region; raises NoRegionError where none is set."""
    found = boto3.Session(profile_name=stack_ref.profile, region_name=stack_ref.region)
    if found.region_name is None:
        raise NoRegionError
    return found


@cache
def client(stack_ref: StackRef, service: str) -> Any:
    """Return a boto3 client by its service's name."""
    create = cast(Callable[..., Any], session(stack_ref).client)
    return create(service, config=_CONFIG)


def described(stack_ref: StackRef) -> Mapping[str, Any] | None:
    """Return what CloudFormation says of the stack; None where there is none."""
    try:
        found = client(stack_ref, "cloudformation").describe_stacks(StackName=stack_ref.stack)[
            "Stacks"
        ]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    gone = found[0]["StackStatus"] in ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
    return None if gone else dict(found[0])


def settled(stack_ref: StackRef) -> Mapping[str, Any] | None:
    """Return what CloudFormation says of a stack that can be changed or removed; raises StackBusy."""
    stack = described(stack_ref)
    status = stack["StackStatus"] if stack else ""
    if status.endswith("IN_PROGRESS"):
        raise StackBusy(
            f"stack {stack_ref.stack} is {status}; wait until CloudFormation is done with it, then try again"
        )
    if status == "UPDATE_ROLLBACK_FAILED":
        raise StackBusy(
            f"stack {stack_ref.stack} is {status}; see in its events what could not be undone, then let "
            f"`aws cloudformation continue-update-rollback --stack-name {stack_ref.stack}` finish"
        )
    return stack


def has_machine(stack: Mapping[str, Any]) -> bool:
    """Return whether a stack came so far that it has a machine."""
    return "StateMachineArn" in _outputs(stack)


def complete(stack_ref: StackRef) -> Mapping[str, Any]:
    """Return what CloudFormation says of a stack that has its machine; raises NoStack."""
    stack = described(stack_ref)
    if stack is None:
        raise NoStack(
            f"there is no stack {stack_ref.stack} in {session(stack_ref).region_name}; `econchatr aws deploy` "
            "makes one, or name another with --stack and --region"
        )
    if not has_machine(stack):
        raise NoStack(
            f"stack {stack_ref.stack} is {stack['StackStatus']} and has no machine; see its events in CloudFormation, "
            "then `econchatr aws deploy` again, which removes what is left of it first"
        )
    return stack


def deployed(stack_ref: StackRef) -> DeployedStack:
    """Return the stack with its outputs; raises NoStack."""
    return DeployedStack(partial(client, stack_ref), _outputs(complete(stack_ref)))


def parameters_of(stack: Mapping[str, Any]) -> dict[str, str]:
    """Return a stack's parameters as they are now."""
    return {one["ParameterKey"]: one["ParameterValue"] for one in stack.get("Parameters", [])}


def _outputs(stack: Mapping[str, Any]) -> dict[str, str]:
    return {one["OutputKey"]: one["OutputValue"] for one in stack.get("Outputs", [])}


def sentence_of(error: Exception) -> EconChatRError | None:
    """Return what AWS or its client says against a command, in a sentence; None for what is not theirs."""
    if isinstance(error, NoRegionError):
        return NotConnected("no region is set; name one with --region, or set AWS_REGION")
    if isinstance(error, _WITHOUT_CREDENTIALS):
        return NotConnected(
            f"no usable AWS credentials ({error}); set AWS_PROFILE, name one with --profile, or sign in"
        )
    if isinstance(error, ClientError):
        return _refusal(error)
    if isinstance(error, HTTPClientError):
        return AwsFailed(f"AWS does not answer ({error}); check the network and the region")
    if isinstance(error, WaiterError | BotoCoreError):
        return AwsFailed(f"AWS could not do it: {error}")
    return None


def _refusal(error: ClientError) -> EconChatRError:
    details = error.response["Error"]
    code, message = details["Code"], details.get("Message", "no reason given")
    if code in _STALE:
        return NotConnected(f"AWS does not take the credentials ({code}: {message}); sign in again")
    if code in _REFUSALS:
        return NotAllowed(
            f"AWS refuses {error.operation_name} ({message}); use credentials that may, see docs/operations.md"
        )
    return AwsFailed(f"AWS refuses {error.operation_name} ({code}: {message})")
