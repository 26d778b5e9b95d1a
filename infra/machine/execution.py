"""One execution of the machine, here or on AWS: started, observed, stopped when the user asks, and closed."""

import json
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from infra.machine.follow import Finished, Progress, follow
from infra.machine.interruptions import Interruptions
from infra.machine.stack import DeployedStack
from shared.clock import utc_now
from shared.errors import EconChatRError
from shared.lake import keys
from shared.report import left_running, still_running

CLOSING_STARTS_WITHIN_SECONDS = 60
POLL_SECONDS = 0.25
KILLED = {
    "status": "ABORTED",
    "error": "RunKilled",
    "cause": "the command or the computer ended before the run did; a later run has closed it",
}


class NotClosed(EconChatRError):
    """The machine's rule did not start the closing of a run that has ended."""


class Observer(Protocol):
    """Whoever is told what an execution does while it goes on."""

    def report(self, progress: Progress) -> None:
        """Something happened in the execution."""

    def tick(self) -> None:
        """The execution is about to be looked at once more, whether anything happened or not."""


Observe = Callable[[str], AbstractContextManager[Observer]]
"""Makes the observer of a run from its id, for as long as a block lasts."""


class Steadfast:
    """An observer whose defect ends no run: after one it is told nothing more, and `error` is what it raised."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self.error: Exception | None = None

    def report(self, progress: Progress) -> None:
        """Tell the observer what happened."""
        self._tell(lambda: self._observer.report(progress))

    def tick(self) -> None:
        """Tell the observer that time went by."""
        self._tell(self._observer.tick)

    def _tell(self, telling: Callable[[], None]) -> None:
        if self.error is None:
            try:
                telling()
            except Exception as error:  # noqa: BLE001 - raised by whoever asks, when the run is over
                self.error = error


def execute(
    stack: DeployedStack, run_id: str, document: Mapping[str, Any], observe: Observe
) -> Finished:
    """Start the machine and follow it until it ends; return how it ended.

    The first Ctrl-C or SIGTERM stops the execution, as on AWS, and waits for its closing; the second
    names what may still be running and raises KeyboardInterrupt. Runs of the stack that never
    came to their end are closed last, so that this one could go on with what they had begun. What an
    observer raises is raised when all of this is done.
    """
    machine = stack.client("stepfunctions")
    with Interruptions() as interruptions, _named_when_left(stack, run_id):
        arn = start(stack, run_id, document)
        with observe(run_id) as observer:
            steadfast = Steadfast(observer)
            stopper = _stopper(machine, arn, interruptions)
            finished = followed(machine, arn, steadfast, each_look=stopper)
            if finished.status != "SUCCEEDED":
                close(stack, run_id, steadfast)
        close_killed(stack, observe, dry_run=bool(document.get("dry_run")))
    if steadfast.error is not None:
        raise steadfast.error
    return finished


def close_killed(stack: DeployedStack, observe: Observe, *, dry_run: bool = False) -> list[str]:
    """Close the runs of a stack that never came to their end; return their ids.

    Their jobs are cancelled, what they cost is settled, and each is reported. A dry run, which buys nothing, closes
    dry ones alone.
    """
    killed = _unclosed(stack, dry_run=dry_run)
    for run_id in killed:
        print(f"Closing run {run_id}, which was killed before its end", flush=True)
        with observe(run_id) as observer:
            _close_killed(stack, stack.client("stepfunctions"), run_id, observer)
    return killed


def new_run_id(show: str) -> str:
    """Return a name for a run that tells its show and its moment."""
    return f"{show}-{utc_now():%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"


def start(stack: DeployedStack, run_id: str, document: Mapping[str, Any]) -> str:
    """Start the machine with a run input; return the execution's ARN."""
    started = stack.client("stepfunctions").start_execution(
        stateMachineArn=stack.machine_arn, name=run_id, input=json.dumps(document)
    )
    return str(started["executionArn"])


def followed(
    machine: Any,
    arn: str,
    observer: Observer,
    *,
    poll_seconds: float = POLL_SECONDS,
    each_look: Callable[[], None] = lambda: None,
) -> Finished:
    """Report what an execution does until it ends; return how it ended."""

    def looked() -> None:
        each_look()
        observer.tick()

    for progress in follow(machine, arn, poll_seconds, looked):
        observer.report(progress)
        if isinstance(progress, Finished):
            return progress
    raise AssertionError("an execution was followed to no end")


def stop(machine: Any, arn: str, cause: str) -> None:
    """Ask for the end of an execution; one that has ended meanwhile is no error."""
    try:
        machine.stop_execution(executionArn=arn, error="RunStopped", cause=cause)
    except machine.exceptions.ClientError as refusal:
        if "not running" not in str(refusal):
            raise


def close(
    stack: DeployedStack, run_id: str, observer: Observer, poll_seconds: float = POLL_SECONDS
) -> None:
    """Report how the machine closes a run that has ended by no state of its own; raises NotClosed."""
    machine = stack.client("stepfunctions")
    closing = _closing_of(stack, machine, run_id, poll_seconds)
    _ended(machine, closing, observer, poll_seconds)


def executions(stack: DeployedStack, status: str | None = None) -> Iterator[Mapping[str, Any]]:
    """Yield the machine's executions as AWS lists them, the newest first; of one status, or of any."""
    wanted = {"statusFilter": status} if status else {}
    pages = stack.client("stepfunctions").get_paginator("list_executions")
    for page in pages.paginate(stateMachineArn=stack.machine_arn, **wanted):
        yield from page["executions"]


def closes(machine: Any, arn: str) -> str | None:
    """Return the name of the run that an execution closes; None where it is a run itself."""
    document = json.loads(machine.describe_execution(executionArn=arn)["input"])
    close = document.get("close") if isinstance(document, dict) else None
    return close.get("name") if isinstance(close, dict) else None


def _stopper(machine: Any, arn: str, interruptions: Interruptions) -> Callable[[], None]:
    def stop_when_asked() -> None:
        if interruptions.taken():
            print(
                "Stopping: cancelling what runs, settling what it cost; "
                "once more leaves at once and says what still runs",
                file=sys.stderr,
                flush=True,
            )
            stop(machine, arn, "stopped by Ctrl-C or SIGTERM")

    return stop_when_asked


def _closing_of(stack: DeployedStack, machine: Any, run_id: str, poll_seconds: float) -> str:
    """The execution that the rule started for the end of the run."""
    deadline = time.monotonic() + CLOSING_STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        for listed in executions(stack):
            arn: str = listed["executionArn"]
            if closes(machine, arn) == run_id:
                return arn
            if listed["name"] == run_id:  # newest first, and nothing closes a run before it starts
                break
        time.sleep(poll_seconds)
    raise NotClosed(
        f"run {run_id} has ended, and nothing began to close it within "
        f"{CLOSING_STARTS_WITHIN_SECONDS} seconds; on this machine the next run in the folder will"
    )


def _ended(machine: Any, arn: str, observer: Observer, poll_seconds: float = POLL_SECONDS) -> None:
    for progress in follow(machine, arn, poll_seconds, observer.tick):
        if not isinstance(progress, Finished):  # how a closing ends is not how its run did
            observer.report(progress)


def _close_killed(stack: DeployedStack, machine: Any, run_id: str, observer: Observer) -> None:
    started = machine.start_execution(
        stateMachineArn=stack.machine_arn,
        input=json.dumps({"close": {"name": run_id, **KILLED}}),
    )
    _ended(machine, started["executionArn"], observer)


def _unclosed(stack: DeployedStack, *, dry_run: bool) -> list[str]:
    """Runs that have a manifest and no summary; a dry run, which buys nothing, closes dry ones."""
    bucket = stack.bucket
    there = set(bucket.keys("runs/"))
    going_on = {running["name"] for running in executions(stack, "RUNNING")}
    run_ids = {key.split("/")[1] for key in there} - going_on
    return sorted(
        run_id
        for run_id in run_ids
        if keys.manifest(run_id) in there
        and keys.summary(run_id) not in there
        and (not dry_run or bucket.read_json(keys.manifest(run_id))["dry_run"])
    )


@contextmanager
def _named_when_left(stack: DeployedStack, run_id: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        for left in (run_id, *_unclosed(stack, dry_run=False)):
            _name_what_runs(stack, left)
        raise


def _name_what_runs(stack: DeployedStack, run_id: str) -> None:
    for job in left_running(stack.ledger, stack.ledger.entries(run_id)):
        print(
            f"{still_running(job)}; the next run in this folder goes on with it or stops it",
            file=sys.stderr,
        )
