"""Making, changing and removing a stack."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import click
from samtranslator.yaml_helper import yaml_parse

from infra.cli.aws.removing import remove
from infra.cli.aws.stack import (
    LOOKING,
    ONLY_REMOVED,
    NoStack,
    client,
    complete,
    deployed,
    parameters_of,
    session,
    settled,
)
from infra.cli.options import StackRef
from infra.layers.checking import BUILT, NotDeployable, check
from shared.errors import BadInput, EconChatRError
from shared.money import parse_usd
from shared.validation import did_you_mean

REPOSITORY = Path(__file__).resolve().parents[3]
BUILD = Path("build")
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
TOLD = 20  # lines of SAM's own words
SAM = REPOSITORY / ".tools" / "sam" / "bin" / "sam"
NAMED = re.compile(r"econchatr-([a-z][a-z0-9]{0,15})")
_MARKS, _BACKSLASHED = re.compile("[ \"']"), r"\\\g<0>"
OWN_OPTIONS = {
    "Stage": "the stage is the end of --stack econchatr-STAGE",
    "Architecture": "say it with --arch, so that the layers are built for it",
    "CodeVersion": "it is what git calls the code",
}
ASKED = {
    "MonthCeilingUsd": "What may all runs of a month spend at model providers, in US dollars?",
    "AlertEmail": "Which address is told of warnings and of how runs end (empty for nobody)?",
}
BY_DEFAULT = {"AlertEmail": ""}


class NoParameter(BadInput):
    """`--set` names what template.yaml does not have, or what another option says."""


class NotBuilt(EconChatRError):
    """The build or the deployment failed; its own words stand above."""


class NoCeiling(BadInput):
    """Nobody said what a month may spend."""


def deploy(
    stack_ref: StackRef, parameters: Mapping[str, str], arch: str, template: Path | None = None
) -> None:
    """Build unless `template` was built before, check and deploy; asks only what has no default.

    `parameters` are of template.yaml, as text. Raises NoStack, NoParameter, NoCeiling or NotBuilt.
    """
    stage = NAMED.fullmatch(stack_ref.stack)
    if stage is None:
        raise NoStack(
            f"a stack is called econchatr-STAGE, such as econchatr-dev, and not {stack_ref.stack!r}"
        )
    _check_names(parameters)
    account = client(stack_ref, "sts").get_caller_identity()["Account"]
    before = settled(stack_ref)
    state = f"now {before['StackStatus']}" if before else "new"
    print(
        f"Stack {stack_ref.stack} ({state}), account {account}, {session(stack_ref).region_name}",
        flush=True,
    )
    if before and before["StackStatus"] in ONLY_REMOVED:
        print("CloudFormation only removes such a stack; what is left of it goes first", flush=True)
        remove(stack_ref)
        before = None
    whole = {
        **_answered(parameters, new=before is None),
        "Stage": stage[1],
        "Architecture": arch,
        "CodeVersion": code_version(),
    }
    built = template or _build(arch)
    try:
        print("\n".join(check(built, arch)), flush=True)
    except NotDeployable as error:
        raise NotBuilt(f"not deployable: {error}") from None
    _sam(stack_ref, built, whole)
    outputs = deployed(stack_ref).outputs
    print(f"\n{stack_ref.stack} is there, code {whole['CodeVersion']}:")
    for name, value in sorted(outputs.items()):
        print(f"  {name}: {value}")
    print(f"Next: {_next(stack_ref)}")


def code_version() -> str:
    """Return what git calls the code, with a mark where it was changed since; raises NotBuilt outside a clone."""
    command = ["git", "describe", "--always", "--tags", "--dirty=-changed"]
    try:
        described = subprocess.run(
            command, cwd=REPOSITORY, text=True, capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise NotBuilt(f"git does not name the code in {REPOSITORY} ({error})") from error
    return described.stdout.strip()


def schedule(stack_ref: StackRef, parameters: Mapping[str, str]) -> None:
    """Change the schedule's parameters, and nothing else of the stack."""
    cloudformation = client(stack_ref, "cloudformation")
    cloudformation.update_stack(
        StackName=stack_ref.stack,
        UsePreviousTemplate=True,
        Capabilities=CAPABILITIES,
        Parameters=[
            {"ParameterKey": name, "ParameterValue": parameters[name]}
            if name in parameters
            else {"ParameterKey": name, "UsePreviousValue": True}
            for name in parameters_of(complete(stack_ref))
        ],
    )
    cloudformation.get_waiter("stack_update_complete").wait(
        StackName=stack_ref.stack, WaiterConfig=LOOKING
    )
    now = parameters_of(complete(stack_ref))
    print(
        f"The schedule is {now['ScheduleState']}: {now['Schedule']} in {now['ScheduleTimezone']}, "
        f"with {now['ScheduleInput']}"
    )


def _check_names(parameters: Mapping[str, str]) -> None:
    """Raise NoParameter for a name that SAM would leave out without a word."""
    template = yaml_parse((REPOSITORY / "template.yaml").read_text("utf-8"))
    known = [name for name in template["Parameters"] if name not in OWN_OPTIONS]
    for name in parameters:
        if name in OWN_OPTIONS:
            raise NoParameter(f"--set {name}: {OWN_OPTIONS[name]}")
        if name not in known:
            raise NoParameter(
                f"template.yaml has no parameter {name!r};{did_you_mean(name, known)} see its Parameters"
            )


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


def _sam(stack_ref: StackRef, template: Path, parameters: Mapping[str, str]) -> None:
    """`sam deploy`, which packages, uploads and waits."""
    if not SAM.is_file():
        raise NotBuilt(f"{SAM} is not there; `make build` installs it")
    command = [
        *(str(SAM), "deploy", "--template-file", str(template), "--stack-name", stack_ref.stack),
        *("--capabilities", *CAPABILITIES, "--resolve-s3"),
        *("--s3-prefix", stack_ref.stack, "--no-confirm-changeset", "--no-fail-on-empty-changeset"),
        *("--no-progressbar", "--tags", "project=econchatr", f"stage={parameters['Stage']}"),
        "--parameter-overrides",
        sam_parameters(parameters, (BUILD / f"parameters-{stack_ref.stack}.yaml").resolve()),
    ]
    chosen = {"AWS_REGION": session(stack_ref).region_name, "AWS_PROFILE": stack_ref.profile}
    environment = {
        **os.environ,
        **{name: value for name, value in chosen.items() if value},
        "SAM_CLI_TELEMETRY": "0",
    }
    log = BUILD / f"deploy-{stack_ref.stack}.log"
    print(f"Deploying (some minutes); {log} tells what SAM does", flush=True)
    with log.open("w") as file:
        ended = subprocess.run(
            command, cwd=REPOSITORY, env=environment, stdout=file, stderr=file, check=False
        )
    if ended.returncode:
        last = "\n".join(log.read_text("utf-8", errors="replace").splitlines()[-TOLD:])
        raise NotBuilt(f"`sam deploy` failed; {log} has all it says, which ends:\n{last}")


def sam_parameters(parameters: Mapping[str, str], file: Path) -> str:
    """Write the parameters where SAM reads them, and return what to call the file to it.

    SAM twice takes one pair of quotation marks off each value, and a backslash before each blank and mark.
    """
    marked = {name: _marked(_marked(value)) for name, value in parameters.items()}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(marked, ensure_ascii=False, indent=1), encoding="utf-8")
    return f"file://{file}"


def _marked(value: str) -> str:
    return f'"{_MARKS.sub(_BACKSLASHED, value)}"'


def _next(stack_ref: StackRef) -> str:
    named = "" if stack_ref.stack == StackRef().stack else f" --stack {stack_ref.stack}"
    return f"econchatr aws keys set nebius{named}; econchatr aws put-show mine.yaml{named}"
