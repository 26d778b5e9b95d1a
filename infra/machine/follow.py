"""Following an execution while it runs, here or on AWS."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

POLL_SECONDS = 0.25
EVENTS = 50  # a look


@dataclass(frozen=True, slots=True)
class Entered:
    """A state began, with this input; inside a Map, once for each iteration."""

    state: str
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Left:
    """A state ended well, with this output."""

    state: str
    given: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MapProgress:
    """How many items of the running Distributed Map have ended."""

    succeeded: int
    failed: int
    total: int


@dataclass(frozen=True, slots=True)
class Finished:
    """The execution ended; error and cause are empty unless it failed, output unless it did not."""

    status: Literal["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]
    error: str
    cause: str
    output: str


Progress = Entered | Left | MapProgress | Finished


def follow(
    stepfunctions: Any,
    execution_arn: str,
    poll_seconds: float = POLL_SECONDS,
    each_look: Callable[[], None] = lambda: None,
) -> Iterator[Progress]:
    """Yield what happens in the execution, in order and as it happens; ends with one Finished.

    `each_look` is called before every look at the execution.
    """
    last_event, last_map = 0, None
    while True:
        each_look()
        described = stepfunctions.describe_execution(executionArn=execution_arn)
        for event in _events_after(stepfunctions, execution_arn, last_event):
            last_event = event["id"]
            yield from _progress_of(event)
        progress = _map_progress(stepfunctions, execution_arn)
        if progress and progress != last_map:
            last_map = progress
            yield progress
        if described["status"] not in ("RUNNING", "PENDING_REDRIVE"):
            yield _finished(described)
            return
        time.sleep(poll_seconds)


def _events_after(stepfunctions: Any, execution_arn: str, last: int) -> list[dict[str, Any]]:
    """New events, oldest first; read from the newest back, so no history is read twice."""
    new: list[dict[str, Any]] = []
    pages = stepfunctions.get_paginator("get_execution_history").paginate(
        executionArn=execution_arn, reverseOrder=True, PaginationConfig={"PageSize": EVENTS}
    )
    for page in pages:
        fresh = [event for event in page["events"] if event["id"] > last]
        new.extend(fresh)
        if len(fresh) < len(page["events"]):
            break
    return new[::-1]


def _progress_of(event: dict[str, Any]) -> Iterator[Progress]:
    if event["type"].endswith("StateEntered"):
        entered = event["stateEnteredEventDetails"]
        yield Entered(entered["name"], _given(entered, "input"))
    elif event["type"].endswith("StateExited"):
        left = event["stateExitedEventDetails"]
        yield Left(left["name"], _given(left, "output"))


def _given(details: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """A state's input or output; nothing where AWS has cut it."""
    if details.get(f"{name}Details", {}).get("truncated"):
        return {}
    given = json.loads(details.get(name) or "{}")
    return given if isinstance(given, dict) else {}


def _map_progress(stepfunctions: Any, execution_arn: str) -> MapProgress | None:
    """Item counts of the newest Map Run."""
    runs = stepfunctions.list_map_runs(executionArn=execution_arn)["mapRuns"]
    if not runs:
        return None
    newest = max(runs, key=lambda run: run["startDate"])
    counts = stepfunctions.describe_map_run(mapRunArn=newest["mapRunArn"])["itemCounts"]
    return MapProgress(
        succeeded=counts["succeeded"],
        failed=counts["failed"] + counts["timedOut"] + counts["aborted"],
        total=counts["total"],
    )


def _finished(described: dict[str, Any]) -> Finished:
    return Finished(
        status=described["status"],
        error=described.get("error") or "",
        cause=described.get("cause") or "",
        output=described.get("output") or "",
    )
