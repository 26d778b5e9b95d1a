"""Errors no Catch on States.ALL takes, and the limit behind one of them.

AWS: input and output of a state are at most 262,144 bytes, else States.DataLimitExceeded; neither
it nor States.Runtime is caught or retried by States.ALL or States.TaskFailed.
MiniStack 1.5.33: has no limit, and States.ALL takes everything.
Here: the raw result of every Task and Map is measured, and the two errors end the execution.
Case: `result_beyond_the_limit`, `catch_of_all_before_a_runtime_error`.
"""

import json
from typing import Any

from ministack.services import stepfunctions

LIMIT_BYTES = 262_144
TERMINAL = {"States.DataLimitExceeded", "States.Runtime"}


def install() -> None:
    """Measure results, and keep terminal errors from wildcards."""
    _measure_results()
    _match_terminal_by_name()


def _measure_results() -> None:
    select = stepfunctions._apply_result_selector

    def select_measured(state: dict[str, Any], result: Any) -> Any:
        size = len(json.dumps(result, ensure_ascii=False, separators=(",", ":")).encode())
        if size > LIMIT_BYTES:
            raise stepfunctions._ExecutionError(
                "States.DataLimitExceeded",
                f"a state's result has {size} bytes; the limit of Step Functions is {LIMIT_BYTES}",
            )
        return select(state, result)

    stepfunctions._apply_result_selector = select_measured


def _match_terminal_by_name() -> None:
    matches = stepfunctions._error_matches

    def matches_terminal(names: list[str], error: str) -> bool:
        return error in names if error in TERMINAL else bool(matches(names, error))

    stepfunctions._error_matches = matches_terminal
