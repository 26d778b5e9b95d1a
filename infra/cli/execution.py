"""One execution of the machine: started, told as it goes, stopped when the user asks, and closed."""

import json
import secrets
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from infra.cli.interruptions import Interruptions
from infra.cli.telling import Teller
from infra.local.cloud import Finished, follow
from infra.local.laptop import Laptop
from shared.clock import utc_now
from shared.errors import EconChatRError
from shared.lake import Bucket, keys
from shared.ledger import Ledger
from shared.report import left_running, still_running

CLOSING_STARTS_WITHIN_SECONDS = 60
KILLED = {
    "status": "ABORTED",
    "error": "RunKilled",
    "cause": "the command or the computer ended before the run did; a later run has closed it",
}


class NotClosed(EconChatRError):
    """The machine's rule did not start the closing of a run that has ended."""


def execute(here: Laptop, document: Mapping[str, Any]) -> tuple[str, Finished]:
    """Start the machine and tell what it does until it ends; the run's id and how it ended.

    The first Ctrl-C or SIGTERM stops the execution, as on AWS, and waits for its closing; the second
    names what may still be running and raises KeyboardInterrupt. Runs in the same folder that never
    came to their end are closed last, so that this one could go on with what they had begun.
    """
    run_id = f"{document['show']['name']}-{utc_now():%Y%m%dT%H%M%S}-{secrets.token_hex(2)}"
    machine = here.cloud.client("stepfunctions")
    with Interruptions() as interruptions, _named_when_left(here, run_id):
        arn = machine.start_execution(
            stateMachineArn=here.outputs["StateMachineArn"], name=run_id, input=json.dumps(document)
        )["executionArn"]
        teller = _teller(here, run_id)
        finished = _followed(machine, arn, teller, interruptions)
        if finished.status != "SUCCEEDED":
            closing = _closing_of(machine, here.outputs["StateMachineArn"], run_id)
            _ended(machine, closing, teller)
        _close_killed_runs(here, machine, dry_run=bool(document.get("dry_run")))
    return run_id, finished


def _teller(here: Laptop, run_id: str) -> Teller:
    return Teller(here.ledger, run_id, stand_in=here.meter_url is not None)


def _followed(machine: Any, arn: str, teller: Teller, interruptions: Interruptions) -> Finished:
    def stop_when_asked() -> None:
        if interruptions.taken():
            print(
                "Stopping: cancelling what runs, settling what it cost; "
                "once more leaves at once and says what still runs",
                file=sys.stderr,
                flush=True,
            )
            with _ended_meanwhile(machine):
                machine.stop_execution(
                    executionArn=arn, error="RunStopped", cause="stopped by Ctrl-C or SIGTERM"
                )

    for progress in follow(machine, arn, each_look=stop_when_asked):
        teller.tell(progress)
        if isinstance(progress, Finished):
            return progress
    raise AssertionError("an execution was followed to no end")


@contextmanager
def _ended_meanwhile(machine: Any) -> Iterator[None]:
    try:
        yield
    except machine.exceptions.ClientError as refusal:
        if "not running" not in str(refusal):
            raise


def _closing_of(machine: Any, machine_arn: str, run_id: str) -> str:
    """The execution that the rule started for the end of the run."""
    deadline = time.monotonic() + CLOSING_STARTS_WITHIN_SECONDS
    while time.monotonic() < deadline:
        for listed in machine.list_executions(stateMachineArn=machine_arn)["executions"]:
            arn: str = listed["executionArn"]
            asked = json.loads(machine.describe_execution(executionArn=arn)["input"])
            if isinstance(asked, dict) and asked.get("close", {}).get("name") == run_id:
                return arn
            if listed["name"] == run_id:  # newest first, and nothing closes a run before it starts
                break
        time.sleep(0.25)
    raise NotClosed(
        f"run {run_id} has ended, and nothing began to close it within "
        f"{CLOSING_STARTS_WITHIN_SECONDS} seconds; the next run in this folder will"
    )


def _ended(machine: Any, arn: str, teller: Teller) -> None:
    for progress in follow(machine, arn):
        if not isinstance(progress, Finished):  # how a closing ends is not how its run did
            teller.tell(progress)


def _close_killed_runs(here: Laptop, machine: Any, *, dry_run: bool) -> None:
    """Close the runs that have a manifest and no summary; a dry run, which buys nothing, closes dry ones."""
    for run_id in _unclosed(here, dry_run=dry_run):
        print(f"Closing run {run_id}, which was killed before its end", flush=True)
        started = machine.start_execution(
            stateMachineArn=here.outputs["StateMachineArn"],
            input=json.dumps({"close": {"name": run_id, **KILLED}}),
        )
        _ended(machine, started["executionArn"], _teller(here, run_id))


def _unclosed(here: Laptop, *, dry_run: bool) -> list[str]:
    bucket = Bucket(here.cloud.client("s3"), here.outputs["LakeBucket"])
    there = set(bucket.keys("runs/"))
    going_on = here.cloud.client("stepfunctions").list_executions(
        stateMachineArn=here.outputs["StateMachineArn"], statusFilter="RUNNING"
    )["executions"]
    run_ids = {key.split("/")[1] for key in there} - {running["name"] for running in going_on}
    return sorted(
        run_id
        for run_id in run_ids
        if keys.manifest(run_id) in there
        and keys.summary(run_id) not in there
        and (not dry_run or bucket.read_json(keys.manifest(run_id))["dry_run"])
    )


@contextmanager
def _named_when_left(here: Laptop, run_id: str) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        for left in (run_id, *_unclosed(here, dry_run=False)):
            _name_what_runs(here.ledger, left)
        raise


def _name_what_runs(ledger: Ledger, run_id: str) -> None:
    for job in left_running(ledger, ledger.entries(run_id)):
        print(
            f"{still_running(job)}; the next run in this folder goes on with it or stops it",
            file=sys.stderr,
        )
