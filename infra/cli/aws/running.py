"""Starting, watching and stopping runs of a deployed machine, and what became of them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.cli.arguments import Where
from infra.cli.aws.download import fetch
from infra.cli.aws.stack import deployed
from infra.cli.confirm import agree
from infra.cli.results.history import print_runs
from infra.cli.results.outcome import STOPPED, exit_code
from infra.cli.terminal.reporter import ProgressReporter
from infra.machine.execution import close, closes, executions, followed, new_run_id, start, stop
from infra.machine.runs import RunStore
from infra.machine.stack import DeployedStack
from shared import money, shows
from shared.errors import BadInput, UnknownShow
from shared.lake import keys
from shared.run import parse_input

POLL_SECONDS = 2.0
NEWEST = 20
ON_A_LAPTOP = ("demo",)  # whose site is served there alone


class NoSuchRun(BadInput):
    """The machine has no such execution."""


class NothingRuns(BadInput):
    """No run is going on."""


def begin(
    where: Where, show: str, fields: Mapping[str, Any], out: Path, *, at_once: bool, yes: bool
) -> int:
    """A dry run first, whose plan is shown and agreed to; then the run itself. 0 where it succeeded."""
    stack = deployed(where)
    document = _document(stack, show, fields)
    if document.get("dry_run") or not at_once:
        ended = _run(stack, show, {**document, "dry_run": True}, out)
        if ended != 0 or document.get("dry_run"):
            return ended
    if not yes:
        most = money.format_usd(money.parse_usd(document["ceiling_usd"], "--ceiling"))
        agree(f"Buy for at most {most} USD?", "nothing was bought, because the answer was not yes")
    return _run(stack, show, document, out)


def watch(where: Where, run_id: str | None, out: Path) -> int:
    """Tell what a run does until it ends, whoever started it; 0 where it succeeded."""
    stack = deployed(where)
    arn = _named(stack, run_id) if run_id else _newest(stack, running=False)
    return _told(stack, arn, out)


def halt(where: Where, run_id: str | None, out: Path) -> int:
    """Stop a run: its jobs are cancelled and settled, its report is written; 0."""
    stack = deployed(where)
    arn = _named(stack, run_id) if run_id else _newest(stack, running=True)
    stop(stack.client("stepfunctions"), arn, "stopped by `econchatr aws stop`")
    _told(stack, arn, out)
    return 0


def runs(where: Where, *, as_json: bool) -> int:
    """The newest runs, those that go on first; 0."""
    stack = deployed(where)
    going_on = {one["name"]: one["startDate"] for one in executions(stack, "RUNNING")}
    found = [run for run in RunStore(stack.bucket).runs if run.run_id not in going_on]
    if as_json:
        summaries = [run.summary for run in found if run.summary is not None]
        print(json.dumps(summaries[:NEWEST], ensure_ascii=False, indent=1))
        return 0
    for name, since in going_on.items():
        print(f"{name} goes on since {since:%Y-%m-%d %H:%M} UTC")
    print_runs(found[:NEWEST], f"s3://{stack.bucket.name}", lambda _: "not closed")
    if len(found) > NEWEST:
        print(f"\nThe newest {NEWEST} of {len(found):,}; the query cost_of_each_run has all")
    return 0


def _document(stack: DeployedStack, show: str, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The run input; raises UnknownShow, InvalidField or UnknownField."""
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


def _run(stack: DeployedStack, show: str, document: Mapping[str, Any], out: Path) -> int:
    return _told(stack, start(stack, new_run_id(show), document), out)


def _told(stack: DeployedStack, arn: str, out: Path) -> int:
    """Tell an execution to its end and that of its closing, and what the run came to."""
    run_id = arn.rpartition(":")[2]
    machine = stack.client("stepfunctions")
    try:
        with ProgressReporter(stack.ledger, run_id) as reporter:
            finished = followed(machine, arn, reporter, poll_seconds=POLL_SECONDS)
            if finished.status != "SUCCEEDED":
                close(stack, run_id, reporter, POLL_SECONDS)
    except KeyboardInterrupt:
        print(f"\nNo longer watching; the run goes on. `econchatr aws stop {run_id}` stops it.")
        return STOPPED
    fetch(stack, run_id, out)
    return exit_code(finished)


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
    """The newest run that goes on, or else, unless only such are meant, the newest at all."""
    machine = stack.client("stepfunctions")
    for status in ("RUNNING",) if running else ("RUNNING", None):
        for listed in executions(stack, status):
            if closes(machine, listed["executionArn"]) is None:
                return str(listed["executionArn"])
    raise NothingRuns(
        "no run goes on" if running else "the machine has no run yet; `econchatr aws start SHOW`"
    )
