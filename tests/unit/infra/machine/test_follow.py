from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from infra.machine.follow import Entered, Finished, Left, MapProgress, follow

ARN = "arn:aws:states:us-east-1:000000000000:execution:m:run"


def event(number, kind, name=None):
    what = "stateEnteredEventDetails" if kind.endswith("Entered") else "stateExitedEventDetails"
    return {"id": number, "type": kind, **({what: {"name": name}} if name else {})}


HISTORY = [
    event(1, "ExecutionStarted"),
    event(2, "TaskStateEntered", "Prepare run"),
    event(3, "TaskScheduled"),
    event(4, "TaskStateExited", "Prepare run"),
    event(5, "MapStateEntered", "Scrape episodes"),
    event(6, "MapStateExited", "Scrape episodes"),
    event(7, "FailStateEntered", "Failed"),
    event(8, "ExecutionFailed"),
]


@dataclass
class Execution:
    """Step Functions' answers about one execution, one step further with each look at it."""

    seen: list[int]
    counts: list[tuple[int, int]] = field(default_factory=list)
    page_size: int = 2
    pages_read: int = 0

    def describe_execution(self, **_: Any) -> dict[str, Any]:
        self.events = HISTORY[: self.seen.pop(0)]
        ended = {"status": "FAILED", "error": "CeilingReached", "cause": "1 > 0"}
        return {"status": "RUNNING"} if self.seen else ended

    def get_paginator(self, _name: str) -> "Execution":
        return self

    def paginate(self, **_: Any) -> Any:
        newest_first = self.events[::-1]
        for start in range(0, len(newest_first), self.page_size):
            self.pages_read += 1
            yield {"events": newest_first[start : start + self.page_size]}

    def list_map_runs(self, **_: Any) -> dict[str, Any]:
        started = [datetime(2026, 1, day, tzinfo=UTC) for day in (2, 1)]
        runs = [
            {"mapRunArn": name, "startDate": at} for name, at in zip("ab", started, strict=True)
        ]
        return {"mapRuns": runs if self.counts else []}

    def describe_map_run(self, mapRunArn: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        assert mapRunArn == "a"
        succeeded, failed = self.counts.pop(0) if len(self.counts) > 1 else self.counts[0]
        counts = {"succeeded": succeeded, "failed": failed, "timedOut": 1, "aborted": 0}
        return {"itemCounts": {**counts, "total": 9}}


def told(execution):
    return list(follow(execution, ARN, poll_seconds=0))


FINISHED = Finished(status="FAILED", error="CeilingReached", cause="1 > 0", output="")


def test_states_are_told_once_and_in_order_however_often_it_looks():
    expected = [
        Entered("Prepare run"),
        Left("Prepare run"),
        Entered("Scrape episodes"),
        Left("Scrape episodes"),
        Entered("Failed"),
        FINISHED,
    ]
    assert told(Execution(seen=[8])) == expected
    assert told(Execution(seen=[0, 1, 1, 3, 5, 6, 8])) == expected


def test_a_long_history_is_not_read_again():
    execution = Execution(seen=[6, 7, 8])
    told(execution)
    assert execution.pages_read == 3 + 1 + 1


def test_the_newest_map_runs_counts_are_told_when_they_change():
    execution = Execution(seen=[5, 5, 5, 8], counts=[(1, 0), (1, 0), (4, 2), (7, 2)])
    maps = [progress for progress in told(execution) if isinstance(progress, MapProgress)]
    assert maps == [
        MapProgress(succeeded=1, failed=1, total=9),
        MapProgress(succeeded=4, failed=3, total=9),
        MapProgress(succeeded=7, failed=3, total=9),
    ]
