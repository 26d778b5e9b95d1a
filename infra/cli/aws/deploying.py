"""Making, changing and removing a stack."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from infra.cli.arguments import Where
from infra.cli.aws.stack import (
    NoStack,
    client,
    deployed,
    described,
    parameters_of,
    session,
    whole,
)
from infra.cli.confirm import agree
from infra.layers.checking import BUILT, NotDeployable, check
from infra.machine.execution import executions
from shared.errors import BadInput, EconChatRError
from shared.money import parse_usd

REPOSITORY = Path(__file__).resolve().parents[3]
BUILD = Path("build")
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
LOOKING = {"Delay": 3, "MaxAttempts": 1200}
TOLD = 20  # lines of SAM's own words
SAM = REPOSITORY / ".tools" / "sam" / "bin" / "sam"
NAMED = re.compile(r"econchatr-([a-z][a-z0-9]{0,15})")
ASKED = {
    "MonthCeilingUsd": "What may all runs of a month spend at model providers, in US dollars?",
    "AlertEmail": "Which address is told of warnings and of how runs end (empty for nobody)?",
}
BY_DEFAULT = {"AlertEmail": ""}


class NotBuilt(EconChatRError):
    """The build or the deployment failed; its own words stand above."""


class NoCeiling(BadInput):
    """Nobody said what a month may spend."""


class NotRemoved(BadInput):
    """A stack that must not be removed now, or not so."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a deployment was asked for; `parameters` are of template.yaml, as text."""

    parameters: Mapping[str, str]
    arch: str = "x86_64"
    template: Path | None = None


def deploy(where: Where, wanted: Wanted) -> int:
    """Build, check and deploy; asks only what has no default. 0."""
    stage = NAMED.fullmatch(where.stack)
    if stage is None:
        raise NoStack(
            f"a stack is called econchatr-STAGE, such as econchatr-dev, and not {where.stack!r}"
        )
    account = client(where, "sts").get_caller_identity()["Account"]
    before = described(where)
    state = f"now {before['StackStatus']}" if before else "new"
    print(
        f"Stack {where.stack} ({state}), account {account}, {session(where).region_name}",
        flush=True,
    )
    parameters = {
        **_answered(wanted.parameters, new=before is None),
        "Stage": stage[1],
        "Architecture": wanted.arch,
        "CodeVersion": code_version(),
    }
    template = wanted.template or _build(wanted.arch)
    try:
        print("\n".join(check(template, wanted.arch)), flush=True)
    except NotDeployable as error:
        raise NotBuilt(f"not deployable: {error}") from None
    _sam(where, template, parameters)
    outputs = deployed(where).outputs
    print(f"\n{where.stack} is there, code {parameters['CodeVersion']}:")
    for name, value in sorted(outputs.items()):
        print(f"  {name}: {value}")
    print(f"Next: {_next(where)}")
    return 0


def code_version() -> str:
    """What git calls the code, with a mark where it was changed since; raises NotBuilt outside a clone."""
    command = ["git", "describe", "--always", "--tags", "--dirty=-changed"]
    try:
        told = subprocess.run(command, cwd=REPOSITORY, text=True, capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotBuilt(f"git does not name the code in {REPOSITORY} ({error})") from error
    return told.stdout.strip()


def destroy(where: Where, bucket: str | None, *, yes: bool) -> int:
    """Remove the stack; bucket and ledger stay, unless `bucket` names what is to go with it. 0."""
    stack = deployed(where)
    kept = stack.outputs["LakeBucket"], stack.outputs["LedgerTable"]
    if going_on := next(executions(stack, "RUNNING"), None):
        raise NotRemoved(
            f"run {going_on['name']} goes on; `econchatr aws stop {going_on['name']}` first, so that "
            "nothing is left running at a provider"
        )
    if bucket not in (None, kept[0]):
        raise NotRemoved(f"--with-data names {bucket}, and this stack's bucket is {kept[0]}")
    print(f"Kept, unless asked for: bucket {kept[0]} (pages, tables, reports), ledger {kept[1]}")
    if not yes:
        agree(f"Remove stack {where.stack}?", "nothing was removed, because the answer was not yes")
        if bucket:
            agree(
                f"Remove bucket {bucket} and ledger {kept[1]} too, for good?",
                "nothing was removed, because the answer was not yes",
            )
    cloudformation = stack.client("cloudformation")
    cloudformation.delete_stack(StackName=where.stack)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=where.stack, WaiterConfig=LOOKING
    )
    print(f"{where.stack} is gone.")
    if bucket:
        _remove_data(stack.client, *kept)
        print(f"Bucket {bucket} and ledger {kept[1]} are gone.")
    return 0


def schedule(where: Where, parameters: Mapping[str, str]) -> int:
    """Change the schedule's parameters, and nothing else of the stack; 0."""
    cloudformation = client(where, "cloudformation")
    cloudformation.update_stack(
        StackName=where.stack,
        UsePreviousTemplate=True,
        Capabilities=CAPABILITIES,
        Parameters=[
            {"ParameterKey": name, "ParameterValue": parameters[name]}
            if name in parameters
            else {"ParameterKey": name, "UsePreviousValue": True}
            for name in parameters_of(whole(where))
        ],
    )
    cloudformation.get_waiter("stack_update_complete").wait(
        StackName=where.stack, WaiterConfig=LOOKING
    )
    now = parameters_of(whole(where))
    print(
        f"The schedule is {now['ScheduleState']}: {now['Schedule']} in {now['ScheduleTimezone']}, "
        f"with {now['ScheduleInput']}"
    )
    return 0


def _answered(given: Mapping[str, str], *, new: bool) -> dict[str, str]:
    """What was given, and of a new stack what a person has to say; an update keeps what it had."""
    answered = dict(given)
    for name, question in ASKED.items():
        if name in answered or not new:
            continue
        if sys.stdin.isatty():
            answered[name] = click.prompt(question, default=BY_DEFAULT.get(name), prompt_suffix=" ")
        elif name not in BY_DEFAULT:
            raise NoCeiling(
                "a new stack needs --month-ceiling-usd, which has no default, and there is no terminal to ask at"
            )
    if "MonthCeilingUsd" in answered:
        parse_usd(answered["MonthCeilingUsd"], "--month-ceiling-usd")
    return answered


def _build(arch: str) -> Path:
    print(f"Building for {arch} (some minutes)", flush=True)
    ended = subprocess.run(["make", "build", f"ARCH={arch}"], cwd=REPOSITORY, check=False)  # noqa: S607
    if ended.returncode:
        raise NotBuilt("`make build` failed; what it says stands above")
    return REPOSITORY / BUILT


def _sam(where: Where, template: Path, parameters: Mapping[str, str]) -> None:
    """`sam deploy`, which packages, uploads and waits."""
    if not SAM.is_file():
        raise NotBuilt(f"{SAM} is not there; `make build` installs it")
    command = [
        *(str(SAM), "deploy", "--template-file", str(template), "--stack-name", where.stack),
        *("--capabilities", *CAPABILITIES, "--resolve-s3"),
        *("--s3-prefix", where.stack, "--no-confirm-changeset", "--no-fail-on-empty-changeset"),
        *("--no-progressbar", "--tags", "project=econchatr", f"stage={parameters['Stage']}"),
        "--parameter-overrides",
        *(f"ParameterKey={name},ParameterValue={value}" for name, value in parameters.items()),
    ]
    chosen = {"AWS_REGION": session(where).region_name, "AWS_PROFILE": where.profile}
    environment = {
        **os.environ,
        **{name: value for name, value in chosen.items() if value},
        "SAM_CLI_TELEMETRY": "0",
    }
    log = BUILD / f"deploy-{where.stack}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    print(f"Deploying (some minutes); {log} tells what SAM does", flush=True)
    with log.open("w") as file:
        ended = subprocess.run(
            command, cwd=REPOSITORY, env=environment, stdout=file, stderr=file, check=False
        )
    if ended.returncode:
        last = "\n".join(log.read_text("utf-8", errors="replace").splitlines()[-TOLD:])
        raise NotBuilt(f"`sam deploy` failed; {log} has all it says, which ends:\n{last}")


def _remove_data(client: Any, bucket: str, table: str) -> None:
    s3 = client("s3")
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = (*page.get("Versions", []), *page.get("DeleteMarkers", []))
        gone = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
        if gone:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": gone, "Quiet": True})
    s3.delete_bucket(Bucket=bucket)
    client("dynamodb").delete_table(TableName=table)


def _next(where: Where) -> str:
    named = "" if where.stack == Where().stack else f" --stack {where.stack}"
    return f"econchatr aws keys set nebius{named}; econchatr aws put-show mine.yaml{named}"
