"""Starting and following runs of a deployed machine."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.cli.aws.download import download
from infra.cli.confirm import agree
from infra.cli.results.outcome import STOPPED, exit_code
from infra.cli.terminal.reporter import reporting
from infra.machine.execution import close, closes, executions, followed, new_run_id, start
from infra.machine.stack import DeployedStack
from shared import money, shows
from shared.errors import BadInput, UnknownShow
from shared.lake import keys
from shared.run import parse_input

POLL_SECONDS = 2.0
ON_A_LAPTOP = ("demo",)  # whose site is served there alone


class NoSuchRun(BadInput):
    """The machine has no such execution."""


class NothingRuns(BadInput):
    """No run is going on."""


def run_input(stack: DeployedStack, show: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the run input for a show of the stack's own or a packaged one.

    Raises UnknownShow, InvalidField or UnknownField.
    """
    packaged = [name for name in shows.packaged_names() if name not in ON_A_LAPTOP]
    put = keys.show(show)
    if stack.bucket.read(put) is not None:
        named = f"s3://{stack.bucket.name}/{put}"
    elif show in packaged:
        named = show
    else:
        there = [Path(key).stem for key in stack.bucket.keys(keys.SHOWS)]
        raise UnknownShow(
            f"{show!r} is neither packaged ({', '.join(packaged)}) nor among the stack's own shows "
            f"({', '.join(there) or 'none yet'}); put a profile there with `econchatr aws put-show FILE`"
        )
    document = {**fields, "show": named}
    parse_input(document)
    return document


def begin(
    stack: DeployedStack,
    show: str,
    document: Mapping[str, Any],
    out: Path,
    *,
    at_once: bool,
    yes: bool,
) -> int:
    """Start a dry run first, whose plan is shown and agreed to, then the run itself; return the exit code."""
    if document.get("dry_run") or not at_once:
        ended = _run(stack, show, {**document, "dry_run": True}, out)
        if ended != 0 or document.get("dry_run"):
            return ended
    if not yes:
        most = money.format_usd(money.parse_usd(document["ceiling_usd"], "--ceiling"))
        agree(f"Buy for at most {most} USD?", "nothing was bought, because the answer was not yes")
    return _run(stack, show, document, out)


def follow_to_end(stack: DeployedStack, arn: str, out: Path) -> int:
    """Report an execution and its closing to their end, and print what the run came to; return the exit code."""
    run_id = arn.rpartition(":")[2]
    machine = stack.client("stepfunctions")
    try:
        with reporting(stack)(run_id) as reporter:
            finished = followed(machine, arn, reporter, poll_seconds=POLL_SECONDS)
            if finished.status != "SUCCEEDED":
                close(stack, run_id, reporter, POLL_SECONDS)
    except KeyboardInterrupt:
        print(f"\nNo longer watching; the run goes on. `econchatr aws stop {run_id}` stops it.")
        return STOPPED
    download(stack.bucket, run_id, out)
    return exit_code(finished)


def execution_of(stack: DeployedStack, run_id: str | None, *, running: bool) -> str:
    """Return the ARN of the named run's execution, or of the newest that goes on.

    Without one that goes on it is the newest at all, unless only a `running` one will do. Raises NoSuchRun or
    NothingRuns.
    """
    return _named(stack, run_id) if run_id else _newest(stack, running=running)


def _run(stack: DeployedStack, show: str, document: Mapping[str, Any], out: Path) -> int:
    return follow_to_end(stack, start(stack, new_run_id(show), document), out)


def _named(stack: DeployedStack, run_id: str) -> str:
    arn = stack.machine_arn.replace(":stateMachine:", ":execution:") + f":{run_id}"
    machine = stack.client("stepfunctions")
    try:
        machine.describe_execution(executionArn=arn)
    except (machine.exceptions.ExecutionDoesNotExist, machine.exceptions.InvalidArn):
        raise NoSuchRun(
            f"the machine has no run {run_id!r}; `econchatr aws runs` names them"
        ) from None
    return arn


def _newest(stack: DeployedStack, *, running: bool) -> str:
    machine = stack.client("stepfunctions")
    for status in ("RUNNING",) if running else ("RUNNING", None):
        for listed in executions(stack, status):
            if closes(machine, listed["executionArn"]) is None:
                return str(listed["executionArn"])
    raise NothingRuns(
        "no run goes on" if running else "the machine has no run yet; `econchatr aws start SHOW`"
    )
