"""Deploying the SAM template to the laptop cloud, the way `sam deploy` does it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError, WaiterError

from infra.local.cloud.cloud import Cloud
from infra.local.cloud.errors import DeployFailed
from infra.local.cloud.package import Package, package

DIGEST_TAG = "laptop-cloud:digest"
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
_NOT_CREATED = {"REVIEW_IN_PROGRESS", "DELETE_COMPLETE"}
_BROKEN = {"ROLLBACK_COMPLETE", "CREATE_FAILED", "ROLLBACK_FAILED", "DELETE_FAILED"}
_POLL = {"Delay": 0.25, "MaxAttempts": 1200}


def deploy(
    cloud: Cloud,
    template: Path,
    parameters: Mapping[str, str],
    *,
    stack_name: str,
    code_folders: Sequence[str],
) -> dict[str, str]:
    """Create or update a stack from the template file; return its outputs by name.

    Every function gets `code_folders`, which lie beside the template, as its code. Returns at once
    when neither template, code nor parameters changed since the last deployment.
    Raises PackagingFailed for what is missing locally, DeployFailed with CloudFormation's reasons.
    """
    packaged = package(template, f"{stack_name}-deployments", code_folders)
    digest = _digest(packaged, parameters)
    cloudformation = cloud.client("cloudformation")
    stack = _existing(cloudformation, stack_name)
    if stack is None or _tags(stack).get(DIGEST_TAG) != digest:
        _upload(cloud.client("s3"), packaged)
        _change(cloudformation, stack_name, stack, packaged, parameters, digest)
        stack = _existing(cloudformation, stack_name)
    outputs = (stack or {}).get("Outputs", [])
    return {output["OutputKey"]: output["OutputValue"] for output in outputs}


def _digest(packaged: Package, parameters: Mapping[str, str]) -> str:
    """The template names every object by its content, so it and the parameters say it all."""
    described = json.dumps([packaged.template, sorted(parameters.items())])
    return hashlib.sha256(described.encode()).hexdigest()


def _existing(cloudformation: Any, name: str) -> dict[str, Any] | None:
    """The stack if there is one; one whose creation failed is deleted first, as AWS demands."""
    try:
        stack: dict[str, Any] = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
    except ClientError as problem:
        if "does not exist" in str(problem):
            return None
        raise
    if stack["StackStatus"] in _BROKEN:
        cloudformation.delete_stack(StackName=name)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig=_POLL)
        return None
    return None if stack["StackStatus"] in _NOT_CREATED else stack


def _tags(stack: dict[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}


def _upload(s3: Any, packaged: Package) -> None:
    with suppress(s3.exceptions.BucketAlreadyOwnedByYou):
        s3.create_bucket(Bucket=packaged.bucket)
    for key, content in packaged.objects.items():
        s3.put_object(Bucket=packaged.bucket, Key=key, Body=content)
    s3.put_object(Bucket=packaged.bucket, Key="template.json", Body=packaged.template.encode())


def _change(
    cloudformation: Any,
    name: str,
    stack: dict[str, Any] | None,
    packaged: Package,
    parameters: Mapping[str, str],
    digest: str,
) -> None:
    kind = "UPDATE" if stack else "CREATE"
    change_set = {"StackName": name, "ChangeSetName": f"laptop-{uuid4().hex}"}
    try:
        cloudformation.create_change_set(
            **change_set,
            ChangeSetType=kind,
            TemplateURL=f"https://s3.amazonaws.com/{packaged.bucket}/template.json",
            Capabilities=CAPABILITIES,
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in parameters.items()],
            Tags=[{"Key": DIGEST_TAG, "Value": digest}],
        )
        waiter = cloudformation.get_waiter("change_set_create_complete")
        waiter.wait(**change_set, WaiterConfig=_POLL)
        cloudformation.execute_change_set(**change_set)
        waiter = cloudformation.get_waiter(f"stack_{kind.lower()}_complete")
        waiter.wait(StackName=name, WaiterConfig=_POLL)
    except (ClientError, WaiterError) as problem:
        raise DeployFailed(_reasons(cloudformation, change_set, problem)) from problem


def _reasons(cloudformation: Any, change_set: dict[str, str], problem: Exception) -> str:
    """What CloudFormation says of each resource that failed, else of the change set."""
    try:
        described = cloudformation.describe_change_set(**change_set)
        events = cloudformation.describe_stack_events(StackName=change_set["StackName"])[
            "StackEvents"
        ]
    except ClientError:
        return f"CloudFormation refused the template: {problem}"
    failed = [
        f"{event['LogicalResourceId']} ({event['ResourceType']}): {event['ResourceStatusReason']}"
        for event in takewhile(lambda event: not _begins_operation(event), events)
        if event["ResourceStatus"].endswith("_FAILED") and event.get("ResourceStatusReason")
    ]
    reasons = failed or [described.get("StatusReason") or str(problem)]
    return "the stack could not be deployed: " + "; ".join(dict.fromkeys(reversed(reasons)))


def _begins_operation(event: dict[str, Any]) -> bool:
    """Events come newest first; those before this one tell of an earlier deployment."""
    of_stack = event.get("PhysicalResourceId") == event["StackId"]
    return of_stack and event["ResourceStatus"] in ("CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS")
