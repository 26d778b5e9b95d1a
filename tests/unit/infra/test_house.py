"""One test file holds template, state machine, folders, permissions and import rules together."""

import ast
import re
from pathlib import Path

import pytest
import yaml

from shared import errors
from tests.cfn import load_template

ROOT = Path(__file__).resolve().parents[3]
TEMPLATE = load_template(ROOT / "template.yaml")
RESOURCES = TEMPLATE["Resources"]
FUNCTIONS = {
    name: resource["Properties"]
    for name, resource in RESOURCES.items()
    if resource["Type"] == "AWS::Serverless::Function"
}
MACHINE = yaml.safe_load((ROOT / "infra" / "pipeline.asl.yaml").read_text())
PIPELINE = RESOURCES["Pipeline"]["Properties"]


def every_state(machine=MACHINE):
    for name, state in machine["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from every_state(state["ItemProcessor"])


STATES = dict(every_state())
TASKS = {
    name: state
    for name, state in STATES.items()
    if state["Type"] == "Task" and state["Resource"].endswith("lambda:invoke")
}


def folder(state_name):
    return state_name.lower().replace(" ", "_").replace("-", "_")


def resource_of(state_name):
    return "".join(word.capitalize() for word in re.split(r"[ -]", state_name))


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
        value["Fn::GetAtt"].split(".")[0]
        for value in PIPELINE["DefinitionSubstitutions"].values()
        if "Fn::GetAtt" in value
    }
    allowed = {
        policy["LambdaInvokePolicy"]["FunctionName"]["Ref"]
        for policy in PIPELINE["Policies"]
        if "LambdaInvokePolicy" in policy
    }
    assert substituted == allowed == set(FUNCTIONS)


def test_every_substitution_is_given_and_used():
    text = (ROOT / "infra" / "pipeline.asl.yaml").read_text()
    assert set(re.findall(r"\$\{(\w+)\}", text)) == set(PIPELINE["DefinitionSubstitutions"])


def transitions(state):
    yield from (value for key, value in state.items() if key in ("Next", "Default"))
    for branch in (*state.get("Choices", ()), *state.get("Catch", ())):
        yield branch["Next"]


def machines(machine=MACHINE):
    yield machine
    for state in machine["States"].values():
        if "ItemProcessor" in state:
            yield from machines(state["ItemProcessor"])


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


def test_a_failure_of_money_or_input_is_never_retried():
    for name, state in TASKS.items():
        for retrier in state["Retry"]:
            assert "States.ALL" not in retrier["ErrorEquals"], name
            for error in retrier["ErrorEquals"]:
                known = getattr(errors, error, None)
                assert known is None or issubclass(known, errors.Transient), (name, error)


def statements(properties):
    for policy in properties["Policies"]:
        yield from policy.get("Statement", ())


def test_no_function_may_do_everything_or_touch_everything():
    for name, properties in FUNCTIONS.items():
        for statement in statements(properties):
            assert statement["Resource"] != "*", name
            assert all("*" not in action for action in statement["Action"]), name


def test_only_the_functions_that_buy_may_read_the_provider_secret():
    readers = {
        name
        for name, properties in FUNCTIONS.items()
        if any(
            "secretsmanager:GetSecretValue" in statement["Action"]
            for statement in statements(properties)
        )
    }
    buyers = {
        f"{resource_of(name)}Function"
        for name in TASKS
        if "provider_wiring" in (ROOT / "functions" / folder(name) / "handler.py").read_text()
    }
    assert readers == buyers


def test_only_the_functions_that_move_money_may_publish_and_only_to_the_topic():
    publishing = {
        name: statement["Resource"]
        for name, properties in FUNCTIONS.items()
        for statement in statements(properties)
        if "sns:Publish" in statement["Action"]
    }
    movers = ("SubmitFineTune", "SettleFineTune", "AnswerQuestions", "CancelFineTunes")
    assert publishing == {f"{name}Function": {"Ref": "Topic"} for name in movers}


def test_no_secret_is_in_the_environment():
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    assert not [name for name in variables if name.endswith("KEY")]


def test_the_schedule_ships_disabled():
    assert PIPELINE["Events"]["Monthly"]["Properties"]["State"] == "DISABLED"


def test_the_month_ceiling_has_no_default():
    assert "Default" not in TEMPLATE["Parameters"]["MonthCeilingUsd"]


def test_handlers_stay_short():
    for path in (ROOT / "functions").glob("*/handler.py"):
        assert len(path.read_text().splitlines()) < 40, path


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [("shared", ("functions", "infra", "tests")), ("functions", ("infra", "tests"))],
)
def test_imports_point_inwards(package, forbidden):
    for path in (ROOT / package).rglob("*.py"):
        for module in imports(path):
            assert module.split(".")[0] not in forbidden, f"{path} imports {module}"


@pytest.mark.parametrize(
    ("library", "home"),
    [
        ("openai", "shared/providers"),
        ("urllib3", "shared/web"),
        ("feedparser", "shared/corpus/feed"),
    ],
)
def test_each_outside_world_has_one_home(library, home):
    users = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "shared").rglob("*.py")
        if library in {module.split(".")[0] for module in imports(path)}
    }
    assert users
    assert all(user.startswith(home) for user in users), users
