"""Paths that lead nowhere.

AWS: a reference path that is not in the data fails the state, with States.ParameterPathFailure in
Parameters, ItemSelector and ResultSelector, with States.Runtime elsewhere. Only `IsPresent` may
ask, and a null is present.
MiniStack 1.5.33: every such path is null, so that a machine passes which fails on AWS; a null is absent.
Here: both as documented.
Case: `input_path_that_leads_nowhere`, `parameter_path_that_leads_nowhere`, `presence_of_a_null`.
"""

from typing import Any

from ministack.services import stepfunctions


def install() -> None:
    """Make a path that leads nowhere an error, except under IsPresent."""
    _fail_on_missing()
    _name_the_failure()
    _ask_for_presence()


def _fail_on_missing() -> None:
    resolve = stepfunctions._resolve_path

    def resolve_present(path: str, data: Any) -> Any:
        value = resolve(path, data)
        if value is None and not _leads_somewhere(path, data):
            raise _error("States.Runtime", f"the path '{path}' is not in the input")
        return value

    stepfunctions._resolve_path = resolve_present


def _leads_somewhere(path: str, data: Any) -> bool:
    """Whether the data holds something, null included, at a path without wildcards."""
    for kind, key in stepfunctions._parse_jsonpath_tokens(path) or ():
        if kind == "wildcard":
            return True
        try:
            data = data[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _name_the_failure() -> None:
    fill = stepfunctions._resolve_params_obj

    def fill_named(template: Any, data: Any, ctx: Any = None) -> Any:
        try:
            return fill(template, data, ctx)
        except stepfunctions._ExecutionError as failure:
            if failure.error == "States.Runtime":
                raise _error("States.ParameterPathFailure", failure.cause) from failure
            raise

    stepfunctions._resolve_params_obj = fill_named


def _ask_for_presence() -> None:
    evaluate = stepfunctions._evaluate_rule

    def evaluate_present(rule: dict[str, Any], data: Any, ctx: Any = None) -> bool:
        if "IsPresent" not in rule:
            return bool(evaluate(rule, data, ctx))
        path: str = rule["Variable"]
        source = (path[1:], ctx) if path.startswith("$$.") else (path, data)
        return _leads_somewhere(*source) is rule["IsPresent"]

    stepfunctions._evaluate_rule = evaluate_present


def _error(error: str, cause: str) -> Exception:
    failure: Exception = stepfunctions._ExecutionError(error, cause)
    return failure
