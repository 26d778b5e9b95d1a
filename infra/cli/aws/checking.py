"""Whether a stack could be deployed from here: credentials, region, rights, and what the build needs."""

import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from infra.cli.aws.deploying import code_version
from infra.cli.aws.stack import client, described, parameters_of, sentence_of, session
from infra.cli.options import StackRef
from infra.layers.bytecode import lambda_python
from infra.layers.lock import LAMBDA_PYTHON
from shared.errors import EconChatRError

# One action of each service that template.yaml has resources of: enough to tell a reader from who may deploy.
ACTIONS = (
    *("cloudformation:CreateChangeSet", "s3:CreateBucket", "iam:CreateRole", "iam:PassRole"),
    *("lambda:CreateFunction", "states:CreateStateMachine", "dynamodb:CreateTable"),
    *("glue:CreateTable", "athena:CreateWorkGroup", "secretsmanager:CreateSecret"),
    *("sns:CreateTopic", "sqs:CreateQueue", "events:PutRule", "scheduler:CreateSchedule"),
    *("logs:CreateLogGroup", "cloudwatch:PutMetricAlarm"),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at; `ok` is None where it could not be known."""

    what: str
    ok: bool | None
    found: str


def print_findings(findings: Iterable[Finding]) -> None:
    """Print what was found, a line each."""
    for one in findings:
        mark = {True: "ok  ", False: "NO  ", None: "?   "}[one.ok]
        print(f"{mark}{one.what}: {one.found}")


def findings(stack_ref: StackRef) -> Iterator[Finding]:
    """Look at credentials, region, rights, the stack, and what a build needs; yield each as it is found."""
    try:
        identity = client(stack_ref, "sts").get_caller_identity()
    except (ClientError, BotoCoreError) as error:
        yield Finding("credentials", ok=False, found=str(sentence_of(error)))
        return
    yield Finding("credentials", ok=True, found=f"{identity['Arn']}, account {identity['Account']}")
    yield Finding("region", ok=True, found=str(session(stack_ref).region_name))
    yield _rights(stack_ref, identity["Arn"])
    yield _stack(stack_ref)
    python = lambda_python()
    yield Finding(
        f"Python {LAMBDA_PYTHON} for the build",
        ok=python is not None,
        found=python or f"no python{LAMBDA_PYTHON} that runs is on PATH",
    )
    yield _code()


def _rights(stack_ref: StackRef, arn: str) -> Finding:
    if arn.endswith(":root"):  # whom IAM cannot be asked about
        return Finding(
            "rights", ok=True, found="the account's root user may do everything; use a role"
        )
    try:
        simulated = client(stack_ref, "iam").simulate_principal_policy(
            PolicySourceArn=_principal(arn), ActionNames=list(ACTIONS)
        )
    except (ClientError, BotoCoreError) as error:
        return Finding("rights", ok=None, found=f"not known, IAM does not say ({error})")
    denied = [
        one["EvalActionName"]
        for one in simulated["EvaluationResults"]
        if one["EvalDecision"] != "allowed"
    ]
    if denied:
        return Finding("rights", ok=False, found=f"may not {', '.join(denied)}")
    return Finding(
        "rights", ok=True, found=f"may do each of {len(ACTIONS)} actions of a deployment"
    )


def _principal(arn: str) -> str:
    """Whom IAM can be asked about: of a session the role that was assumed, whose path it does not tell."""
    if ":assumed-role/" not in arn:
        return arn
    role = arn.replace(":sts:", ":iam:").replace(":assumed-role/", ":role/")
    return role.rpartition("/")[0]


def _stack(stack_ref: StackRef) -> Finding:
    stack = described(stack_ref)
    if stack is None:
        return Finding(f"stack {stack_ref.stack}", ok=True, found="not there yet")
    usable = not stack["StackStatus"].endswith(("FAILED", "ROLLBACK_COMPLETE")) or (
        stack["StackStatus"] == "UPDATE_ROLLBACK_COMPLETE"
    )
    version = parameters_of(stack)
    return Finding(
        f"stack {stack_ref.stack}",
        ok=usable,
        found=f"{stack['StackStatus']}, code {version.get('CodeVersion', 'unknown')}",
    )


def _code() -> Finding:
    try:
        return Finding("code", ok=True, found=code_version())
    except (EconChatRError, subprocess.SubprocessError) as error:
        return Finding("code", ok=False, found=str(error))
