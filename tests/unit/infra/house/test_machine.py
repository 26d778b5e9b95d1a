"""Template, state machine and folders say the same: states have functions, and every way leads on."""

import itertools
import json
import re
from fnmatch import fnmatchcase

import pytest
import yaml

from shared import errors
from tests.cfn import substituted
from tests.places import ROOT
from tests.unit.infra.house.alarms import assert_watched
from tests.unit.infra.house.template import (
    DEFINITION,
    FUNCTIONS,
    MACHINE,
    PIPELINE,
    RESOURCES,
    STATES,
    TASKS,
    TEMPLATE,
    every_state,
    folder,
    machines,
    resource_of,
    transitions,
)


def test_every_task_state_has_the_folder_of_its_name_and_no_folder_is_without_a_state():
    folders = {path.parent.name for path in (ROOT / "functions").glob("*/handler.py")}
    assert {folder(name) for name in TASKS} == folders


def test_every_task_state_invokes_the_function_of_its_name():
    for name, state in TASKS.items():
        assert state["Parameters"]["FunctionName"] == f"${{{resource_of(name)}}}"
        assert (
            FUNCTIONS[f"{resource_of(name)}Function"]["Handler"]
            == f"functions.{folder(name)}.handler.handler"
        )
    assert len(FUNCTIONS) == len(TASKS)


def test_the_machine_may_invoke_every_function_it_names_and_no_other():
    substituted = {
        value["Ref"].removesuffix(".Version")
        for value in PIPELINE["DefinitionSubstitutions"].values()
        if value.get("Ref", "").endswith(".Version")
    }
    allowed = {
        policy["LambdaInvokePolicy"]["FunctionName"]["Ref"]
        for policy in PIPELINE["Policies"]
        if "LambdaInvokePolicy" in policy
    }
    assert substituted == allowed == set(FUNCTIONS)


def test_every_substitution_is_given_and_used():
    names = set(re.findall(r"\$\{(\w+)\}", DEFINITION))
    assert names == set(PIPELINE["DefinitionSubstitutions"])


def test_nothing_names_a_partition_of_aws():
    for file in ("template.yaml", "infra/pipeline.asl.yaml", "infra/data.yaml", "infra/watch.yaml"):
        assert "arn:aws:" not in (ROOT / file).read_text("utf-8"), file


def test_an_execution_keeps_the_code_it_began_with():
    for name in TASKS:
        version = {"Ref": f"{resource_of(name)}Function.Version"}
        assert PIPELINE["DefinitionSubstitutions"][resource_of(name)] == version
    assert TEMPLATE["Globals"]["Function"]["AutoPublishAlias"]
    for name, properties in FUNCTIONS.items():
        assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain", name
        assert properties["AutoPublishAliasAllProperties"] is True, name
        for layer in properties["Layers"]:
            assert RESOURCES[layer["Ref"]]["Properties"]["PublishLambdaVersion"] is True


def test_every_parameter_of_a_function_makes_a_new_version_of_it_when_it_changes():
    settings = TEMPLATE["Globals"]["Function"]
    parameters = {
        value["Ref"]
        for value in (*settings["Environment"]["Variables"].values(), *settings["Architectures"])
        if isinstance(value, dict) and value.get("Ref") in TEMPLATE["Parameters"]
    }
    assert {"MonthCeilingUsd", "ProviderBaseUrl"} <= parameters
    for name, properties in FUNCTIONS.items():
        described = set(re.findall(r"\$\{(\w+)\}", properties["VersionDescription"]["Fn::Sub"]))
        assert described == parameters, name


def test_every_transition_leads_to_a_state_and_every_state_is_reached():
    for machine in machines():
        reached = {machine["StartAt"]}
        for state in machine["States"].values():
            reached.update(transitions(state))
        assert reached == set(machine["States"])


def test_every_state_ends_or_goes_on():
    for name, state in STATES.items():
        assert state["Type"] in ("Succeed", "Fail", "Choice") or ("Next" in state) != bool(
            state.get("End")
        ), name


def test_every_choice_is_a_question_with_a_default():
    for name, state in STATES.items():
        if state["Type"] == "Choice":
            assert name.endswith("?")
            assert "Default" in state, name


def test_every_task_is_bounded_in_time_and_leaves_its_function_room_to_end():
    for name, state in TASKS.items():
        assert FUNCTIONS[f"{resource_of(name)}Function"]["Timeout"] < state["TimeoutSeconds"], name


def test_every_outer_step_that_can_fail_is_caught_and_every_fail_carries_its_cause():
    for name, state in MACHINE["States"].items():
        if state["Type"] in ("Task", "Map"):
            assert state["Catch"][0]["ErrorEquals"] == ["States.ALL"], name
        if state["Type"] == "Fail":
            assert {"ErrorPath", "CausePath"} <= set(state), name


THROTTLED = {
    *("Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException"),
    *("Lambda.TooManyRequestsException", "AwsUnavailable"),
}
CRASHED = {
    *("Lambda.ClientExecutionTimeoutException", "Lambda.Unknown"),
    *("Sandbox.Timedout", "States.Timeout"),
}
# After these a job that was paid for may run: a provider's trouble must not end them soon.
PAID = {
    *("Poll fine tune", "Settle fine tune", "Deploy model", "Cancel fine tunes"),
    *("Submit fine tune", "Answer questions", "Judge answers"),
}


def waited_for(state):
    """Seconds by which a task goes on being tried after each error, at the least; its name, with text put in."""
    patience = {}
    for retrier in state["Retry"]:
        first, rate = retrier["IntervalSeconds"], retrier["BackoffRate"]
        longest = retrier.get("MaxDelaySeconds", 10**9)
        delays = (min(first * rate**n, longest) for n in range(retrier["MaxAttempts"]))
        seconds = 0 if "JitterStrategy" in retrier else sum(delays)
        patience |= {error: seconds for error in retrier["ErrorEquals"] if error not in patience}
    return patience


def test_trouble_at_aws_is_waited_out_for_forty_minutes_and_a_crash_is_tried_again():
    text = substituted(DEFINITION, PIPELINE["DefinitionSubstitutions"])
    as_deployed = dict(every_state(yaml.safe_load(text)))
    for name in TASKS:
        patience = waited_for(as_deployed[name])
        assert patience.keys() >= THROTTLED | CRASHED, name
        assert all(2400 <= patience[error] <= 3600 for error in THROTTLED), name
        longest = max(one.get("MaxDelaySeconds", 0) for one in as_deployed[name]["Retry"])
        assert longest <= 600, name
    assert waited_for(STATES["Notify"])["States.TaskFailed"] >= 2400


def test_a_provider_that_was_paid_is_waited_for_as_long():
    assert set(TASKS) >= PAID
    for name in PAID:
        patience = waited_for(STATES[name])
        assert min(patience["ProviderUnavailable"], patience["RateLimited"]) >= 2400, name


ENDS = PIPELINE["Events"]["RunEnded"]["Properties"]
CLOSING = [
    *("Name closed run", "Cancel fine tunes", "Measure style", "Write report"),
    *("Is there news?", "Notify"),
]


def test_an_end_that_no_catch_sees_starts_the_closing_states_and_a_lost_start_is_told():
    detail = ENDS["Pattern"]["detail"]
    assert set(detail["status"]) == {"ABORTED", "TIMED_OUT", "FAILED"}
    assert ENDS["InputTransformer"]["InputTemplate"] == '{"close": <detail>}'
    for before, after in itertools.pairwise(CLOSING):
        assert after in transitions(MACHINE["States"][before]), before
    assert_watched(ENDS["DeadLetterConfig"])


def ended_as(status, document):
    """The input of what the rule starts for an execution with that input."""
    return {"close": {"status": status, "name": "n", "input": json.dumps(document)}}


RUN = {"show": "mine", "ceiling_usd": "5.00"}
CLOSED = ended_as("ABORTED", RUN)


@pytest.mark.parametrize(
    ("document", "leads_to"),
    [
        (RUN, "Name run"),
        (CLOSED, "Name closed run"),
        (ended_as("FAILED", RUN), "Name closed run"),
        (ended_as("FAILED", CLOSED), "Name closed run"),
        (ended_as("ABORTED", CLOSED), "Run closed"),
        (ended_as("TIMED_OUT", CLOSED), "Run closed"),
        (ended_as("FAILED", ended_as("FAILED", CLOSED)), "Run closed"),
        (ended_as("FAILED", {"show": '{"close": 1}'}), "Name closed run"),
        ({"close": {"status": "FAILED", "name": "n", "input": None}}, "Name closed run"),
    ],
)
def test_a_closing_that_failed_is_tried_once_more_and_no_other_is_closed(document, leads_to):
    name, data = MACHINE["StartAt"], document
    while name not in ("Name run", "Name closed run", "Run closed"):
        state = MACHINE["States"][name]
        if state["Type"] == "Choice":
            ways = (choice["Next"] for choice in state["Choices"] if holds(choice, data))
            name = next(ways, state["Default"])
        else:
            data = passed(state, data)
            name = state["Next"]
    assert name == leads_to
    if name == "Name closed run":
        assert data["close"]["name"] == "n"
        assert '"close": {' not in (data["close"]["input"] or "")


def at(path, data):
    for step in path.removeprefix("$.").split("."):
        data = data[step] if isinstance(data, dict) and step in data else ...
    return data


def holds(rule, data):
    """Whether a rule of a Choice holds, of the few kinds that the first states use."""
    if "And" in rule:
        return all(holds(each, data) for each in rule["And"])
    if "Not" in rule:
        return not holds(rule["Not"], data)
    value = at(rule["Variable"], data)
    ((kind, wanted),) = [each for each in rule.items() if each[0] not in ("Variable", "Next")]
    return {
        "IsPresent": lambda: (value is not ...) == wanted,
        "IsString": lambda: isinstance(value, str) == wanted,
        "StringEquals": lambda: value == wanted,
        "StringMatches": lambda: fnmatchcase(value, wanted),
    }[kind]()


def passed(state, data):
    """What a Pass state makes of its input, with the one intrinsic that is used."""
    if "InputPath" in state:
        return at(state["InputPath"], data)
    made = {}
    for name, path in state["Parameters"].items():
        whole = re.fullmatch(r"States\.StringToJson\((.*)\)", path)
        made[name.removesuffix(".$")] = json.loads(at(whole[1], data)) if whole else at(path, data)
    return made


def test_a_failure_of_money_or_input_is_never_retried():
    for name, state in TASKS.items():
        for retrier in state["Retry"]:
            assert "States.ALL" not in retrier["ErrorEquals"], name
            for error in retrier["ErrorEquals"]:
                known = getattr(errors, error, None)
                assert known is None or issubclass(known, errors.Transient), (name, error)


SCHEDULED = PIPELINE["Events"]["Monthly"]["Properties"]


def test_the_schedule_ships_disabled_and_is_enabled_by_a_parameter():
    assert SCHEDULED["State"] == {"Ref": "ScheduleState"}
    assert TEMPLATE["Parameters"]["ScheduleState"]["Default"] == "DISABLED"
    assert SCHEDULED["ScheduleExpressionTimezone"] == {"Ref": "ScheduleTimezone"}


def test_a_run_that_the_schedule_cannot_start_is_tried_again_within_bounds_and_then_told():
    assert 0 < SCHEDULED["RetryPolicy"]["MaximumRetryAttempts"] < 20
    assert SCHEDULED["RetryPolicy"]["MaximumEventAgeInSeconds"] <= 3600
    assert_watched(SCHEDULED["DeadLetterConfig"])


def test_the_month_ceiling_has_no_default():
    assert "Default" not in TEMPLATE["Parameters"]["MonthCeilingUsd"]


def test_handlers_stay_short():
    for path in (ROOT / "functions").glob("*/handler.py"):
        assert len(path.read_text().splitlines()) < 40, path
