"""Execution history inside a Map.

AWS: the history of an execution with an inline Map holds the events of its iterations; every event
has an id of its own.
MiniStack 1.5.33: records only what happens outside of Maps; two threads may give two events one id.
Here: entering and leaving a Task inside a Map is recorded, for a Distributed Map in the child's
history, and ids are given under a lock. Progress is told from this history.
Case: `events_of_a_task_in_a_map`.
"""

import json
import threading
from typing import Any

from ministack.services import stepfunctions


def install() -> None:
    """Wrap how events are added and Tasks are run."""
    _number_events()
    _record_tasks_in_maps()


def _number_events() -> None:
    add, lock = stepfunctions._add_event, threading.Lock()

    def add_numbered(*args: Any) -> Any:
        with lock:
            return add(*args)

    stepfunctions._add_event = add_numbered


def _record_tasks_in_maps() -> None:
    execute = stepfunctions._execute_task

    def execute_recorded(state: Any, data: Any, execution: dict[str, Any], ctx: Any) -> Any:
        if "Map" not in ctx:
            return execute(state, data, execution, ctx)
        name = ctx["State"]["Name"]
        _record(execution, "Entered", {"name": name, "input": json.dumps(data)})
        output, next_state = execute(state, data, execution, ctx)
        _record(execution, "Exited", {"name": name, "output": json.dumps(output)})
        return output, next_state

    stepfunctions._execute_task = execute_recorded


def _record(execution: dict[str, Any], what: str, details: dict[str, str]) -> None:
    event = f"TaskState{what}"
    stepfunctions._add_event(execution, event, {f"state{what}EventDetails": details})
