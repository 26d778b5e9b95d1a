"""What ends an execution, or an iteration of it, before its last state.

AWS: `TimeoutSeconds` of the machine ends the execution as TIMED_OUT; StopExecution ends it, in the
middle of a Wait too; when one iteration of an inline Map fails, the Map fails with that error and
the other iterations end.
MiniStack 1.5.33: ignores the machine's `TimeoutSeconds`; lets every iteration run to its own end; goes on
with the states of a stopped execution inside a Map, and then overwrites its status with FAILED.
Here: each thread of an execution carries the reasons for which it may have to end, and asks them
before every Task and while it waits.
Case: `machine_with_a_timeout`, `iteration_beside_one_that_fails`, `stop_in_a_map`.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from ministack.services import stepfunctions

POLL_SECONDS = 0.05
Check = Callable[[], Exception | None]
_checks: ContextVar[tuple[Check, ...]] = ContextVar("checks", default=())


@dataclass(slots=True)
class _Iterations:
    """The iterations of one inline Map, of which the first failure ends the others."""

    failure: Exception | None = None


def install() -> None:
    """Wrap how executions, Maps, Tasks and waits are run."""
    _end_execution_once()
    _time_out_execution()
    _end_sibling_iterations()
    _ask_before_tasks()
    stepfunctions._scaled_sleep = _sleep


@contextmanager
def _checked_by(check: Check) -> Iterator[None]:
    token = _checks.set((*_checks.get(), check))
    try:
        yield
    finally:
        _checks.reset(token)


def _raise_if_ended() -> None:
    for check in _checks.get():
        if (reason := check()) is not None:
            raise reason


def _sleep(seconds: float) -> None:
    until = time.monotonic() + seconds * stepfunctions._SFN_WAIT_SCALE
    _raise_if_ended()
    while (left := until - time.monotonic()) > 0:
        time.sleep(min(left, POLL_SECONDS))
        _raise_if_ended()


def _end_execution_once() -> None:
    fail = stepfunctions._fail_execution

    def fail_if_running(execution: dict[str, Any], error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            fail(execution, error, cause)

    stepfunctions._fail_execution = fail_if_running


def _time_out_execution() -> None:
    run = stepfunctions._run_execution

    def run_checked(arn: str) -> None:
        execution = stepfunctions._executions[arn]
        seconds = _timeout_seconds(execution["stateMachineArn"])
        timer = threading.Timer(seconds, _time_out, [execution])
        timer.daemon = True
        if seconds:
            timer.start()
        _checks.set(())  # whose end started this one, by an event, has no say in it
        try:
            with _checked_by(lambda: _ended(execution)):
                run(arn)
        finally:
            timer.cancel()

    stepfunctions._run_execution = run_checked


def _timeout_seconds(machine_arn: str) -> int:
    """0 for a machine without a limit; a broken definition is for MiniStack to report."""
    machine = stepfunctions._state_machines.get(machine_arn, {})
    with suppress(ValueError):
        return int(json.loads(machine["definition"]).get("TimeoutSeconds", 0))
    return 0


def _time_out(execution: dict[str, Any]) -> None:
    if execution["status"] != "RUNNING":
        return
    execution.update(status="TIMED_OUT", error="States.Timeout", stopDate=stepfunctions.now_iso())
    details = {"error": "States.Timeout", "cause": None}
    stepfunctions._add_event(
        execution, "ExecutionTimedOut", {"executionTimedOutEventDetails": details}
    )
    stepfunctions._emit_execution_status_event(execution)


def _ended(execution: dict[str, Any]) -> Exception | None:
    status = execution["status"]
    return None if status == "RUNNING" else _error("States.Runtime", f"the execution is {status}")


def _error(error: str, cause: str) -> Exception:
    failure: Exception = stepfunctions._ExecutionError(error, cause)
    return failure


def _end_sibling_iterations() -> None:
    run_map, run_states = stepfunctions._run_map_items, stepfunctions._run_sub_machine
    iterations: ContextVar[_Iterations | None] = ContextVar("iterations", default=None)

    def run_map_checked(*args: Any) -> Any:
        here = _Iterations()
        token = iterations.set(here)
        try:
            with _checked_by(lambda: here.failure):
                return run_map(*args)
        finally:
            iterations.reset(token)

    def run_states_noted(states: Any, start: Any, data: Any, execution: Any, ctx: Any) -> Any:
        try:
            return run_states(states, start, data, execution, ctx)
        except stepfunctions._ExecutionError as failure:
            here = iterations.get()
            if here and not execution.get("mapRunArn"):
                here.failure = here.failure or failure
            raise

    stepfunctions._run_map_items = run_map_checked
    stepfunctions._run_sub_machine = run_states_noted


def _ask_before_tasks() -> None:
    execute = stepfunctions._execute_task

    def execute_checked(*args: Any) -> Any:
        _raise_if_ended()
        return execute(*args)

    stepfunctions._execute_task = execute_checked
