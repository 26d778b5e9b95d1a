"""One test file holds template, state machine, folders, permissions and import rules together."""

import ast
import itertools
import re
from fnmatch import fnmatchcase
from itertools import chain

import pytest
import yaml

from shared import errors
from shared.fine_tuning import stages
from shared.lake import keys
from tests.cfn import load_template, substituted
from tests.permissions import granted
from tests.places import ROOT

TEMPLATE = load_template(ROOT / "template.yaml")
RESOURCES = TEMPLATE["Resources"]
FUNCTIONS = {
    name: resource["Properties"]
    for name, resource in RESOURCES.items()
    if resource["Type"] == "AWS::Serverless::Function"
}
WATCH = load_template(ROOT / "infra" / "watch.yaml")["Resources"]
WATCHED = RESOURCES["Watch"]["Properties"]["Parameters"]
DEFINITION = (ROOT / "infra" / "pipeline.asl.yaml").read_text()
MACHINE = yaml.safe_load(DEFINITION)
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


LAMBDA_OWN = {
    *("Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException"),
    *("Lambda.TooManyRequestsException", "Lambda.ClientExecutionTimeoutException"),
    *("Lambda.Unknown", "Sandbox.Timedout", "States.Timeout"),
}


def test_whatever_lambda_may_fail_with_by_itself_is_tried_again():
    text = substituted(DEFINITION, PIPELINE["DefinitionSubstitutions"])
    as_deployed = dict(every_state(yaml.safe_load(text)))
    for name in TASKS:
        assert set(as_deployed[name]["Retry"][0]["ErrorEquals"]) >= LAMBDA_OWN, name
    assert STATES["Notify"]["Retry"]


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


def test_what_closes_is_not_closed_in_its_turn():
    (unless, too_large) = ENDS["Pattern"]["detail"]["input"]
    assert ENDS["InputTransformer"]["InputTemplate"].startswith(unless["anything-but"]["prefix"])
    assert too_large is None
    first = MACHINE["States"][MACHINE["StartAt"]]["Choices"][0]
    assert first["And"][-1] == {"Variable": "$.close.input", "StringMatches": '*"close":*'}
    assert MACHINE["States"][first["Next"]]["Type"] == "Succeed"


def alarmed(**properties):
    (alarm,) = (
        resource["Properties"]
        for resource in WATCH.values()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
        and properties.items() <= resource["Properties"].items()
    )
    assert alarm["AlarmActions"] == [{"Ref": "Topic"}]
    return alarm


def assert_watched(dead_letters):
    """An alarm goes off where there is anything in the queue."""
    queue = dead_letters["Arn"]["Fn::GetAtt"].split(".")[0]
    assert WATCHED[queue] == {"Fn::GetAtt": f"{queue}.QueueName"}
    assert alarmed(Dimensions=[{"Name": "QueueName", "Value": {"Ref": queue}}])["Threshold"] == 1


def test_every_alarm_has_a_page_that_says_what_to_do():
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    alarms = {
        name: resource["Properties"]
        for name, resource in WATCH.items()
        if resource["Type"] == "AWS::CloudWatch::Alarm"
    }
    assert set(re.findall(r"^### (\w+Alarm)$", page, re.MULTILINE)) == set(alarms)
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == [{"Ref": "Topic"}], name
        assert f'See "{name}" in docs/operations.md.' in alarm["AlarmDescription"]


def test_every_alarm_is_about_a_metric_that_there_is():
    emitted = set(
        re.findall(r'"(\w+)"', (ROOT / "functions" / "metrics_wiring.py").read_text("utf-8"))
    )
    filtered = {
        one["MetricName"]
        for resource in WATCH.values()
        if resource["Type"] == "AWS::Logs::MetricFilter"
        for one in resource["Properties"]["MetricTransformations"]
    }
    for name, resource in WATCH.items():
        properties = resource["Properties"]
        if resource["Type"] == "AWS::CloudWatch::Alarm" and "Fn::Sub" in properties["Namespace"]:
            by_run = properties.get("Dimensions") == [{"Name": "service", "Value": "econchatr"}]
            assert properties["MetricName"] in (emitted if by_run else filtered), name


def test_a_job_that_could_not_be_stopped_is_alarmed_by_the_error_that_names_it():
    error = stages.JobsLeftRunning.__name__
    assert error in {
        name for retry in TASKS["Cancel fine tunes"]["Retry"] for name in retry["ErrorEquals"]
    }
    assert alarmed(MetricName=error)["Threshold"] == 1
    pattern = WATCH["JobsLeftRunning"]["Properties"]["FilterPattern"]
    assert f'$.errorType = "{error}"' in pattern


def test_a_run_that_waits_long_for_a_job_is_alarmed_well_before_it_is_ended():
    waited = alarmed(MetricName="SecondsWaited")
    ended = TEMPLATE["Parameters"]["MachineTimeoutSeconds"]["Default"]
    assert waited["Threshold"] <= ended / 2
    assert waited["Statistic"] == "Maximum"
    pattern = WATCH["SecondsWaited"]["Properties"]
    assert "$.outcome.waited" in pattern["FilterPattern"]
    assert pattern["MetricTransformations"][0]["MetricValue"] == "$.outcome.waited"


def test_alarms_may_publish_to_the_topic():
    assert "KmsMasterKeyId" not in RESOURCES["Topic"].get("Properties", {})
    allowed = RESOURCES["TopicPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert {"Service": "cloudwatch.amazonaws.com"} in [one["Principal"] for one in allowed]


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
            listing = {"bedrock:ListFoundationModels", "bedrock:ListModelCustomizationJobs"}
            assert statement["Resource"] != "*" or set(statement["Action"]) <= listing, name
            assert all("*" not in action for action in statement["Action"]), name


def test_only_prepare_run_may_write_what_a_run_is_held_to():
    writers = {
        one.function
        for one in granted()
        if one.action == "s3:PutObject"
        and fnmatchcase(f"${{LakeBucket.Arn}}/{keys.manifest('r1')}", one.resource)
    }
    assert writers == {"PrepareRun"}


def test_no_function_may_write_profiles_prices_or_the_words_of_a_removal():
    for key in (keys.show("mine"), keys.CATALOGUE):
        for one in granted():
            written = f"${{LakeBucket.Arn}}/{key}"
            assert one.action != "s3:PutObject" or not fnmatchcase(written, one.resource), one


def test_only_the_functions_that_ask_a_provider_may_read_the_provider_secret():
    readers = {
        name
        for name, properties in FUNCTIONS.items()
        if any(
            "secretsmanager:GetSecretValue" in statement["Action"]
            for statement in statements(properties)
        )
    }
    askers = {
        f"{resource_of(name)}Function"
        for name in TASKS
        if "provider_wiring" in (ROOT / "functions" / folder(name) / "handler.py").read_text()
    }
    assert readers == askers


def test_only_the_functions_that_move_money_may_publish_and_only_to_the_topic():
    publishing = {
        name: statement["Resource"]
        for name, properties in FUNCTIONS.items()
        for statement in statements(properties)
        if "sns:Publish" in statement["Action"]
    }
    movers = (
        "SubmitFineTune",
        "SettleFineTune",
        "AnswerQuestions",
        "JudgeAnswers",
        "CancelFineTunes",
    )
    assert publishing == {f"{name}Function": {"Ref": "Topic"} for name in movers}


def test_no_secret_is_in_the_environment():
    variables = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
    assert not [name for name in variables if name.endswith("KEY")]


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


# Who may import whom, from the ground up: a package stands on those named beside it and on the ground.
GROUND = {
    *("clock", "errors", "ids", "money", "shingles", "templates"),
    *("text", "tokens", "validation", "words"),
}
STANDS_ON = {
    "shows": set(),
    "catalogue": set(),
    "lake": set(),
    "transcripts": set(),
    "web": set(),
    "ledger": set(),
    "providers": {"catalogue", "lake"},
    "purchases": {"catalogue", "ledger", "providers"},
    "run": {"catalogue", "lake", "ledger", "shows"},
    "corpus": {"lake", "run", "shows", "transcripts", "web"},
    "dataset": {"catalogue", "lake", "providers", "run", "shows", "transcripts"},
    "fine_tuning": {"catalogue", "lake", "ledger", "providers", "purchases", "run"},
    "evaluation": {"catalogue", "dataset", "lake", "providers", "purchases", "run", "shows"},
    "erasure": {"corpus", "lake", "ledger", "providers"},
    "style": {"dataset", "evaluation", "lake"},
    "report": {"catalogue", "dataset", "evaluation", "lake", "ledger", "providers", "run"},
}
# What a package's `__init__` does not hand on, because it needs a library that not every function has.
BY_NAME = {
    "shared.dataset.comparisons",
    "shared.dataset.comparisons.prompts",
    "shared.dataset.evaluation_set",
    "shared.dataset.files",
    "shared.dataset.speech.bags",
    "shared.evaluation.samples",
    "shared.lake.schemas",
    "shared.lake.tables",
    "shared.providers.aws",
    "shared.providers.checking",
    "shared.providers.factory",
    "shared.providers.examples",
    "shared.providers.token_counts",
    "shared.providers.formats",
    "shared.providers.openai_compat",
    "shared.run.environment",
    "shared.style.measuring",
}
MOST_MODULES, MOST_LOOSE_MODULES = 13, 8


def files_below(*packages):
    for package in packages:
        yield from (ROOT / package).rglob("*.py")


def dotted(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def is_module(name):
    place = ROOT / name.replace(".", "/")
    return place.is_dir() or place.with_suffix(".py").is_file()


def imported(path):
    """Every module that `path` imports of the project, with what it takes from a package by name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inside = f"{node.module}.{alias.name}"
                yield inside if is_module(inside) else node.module


def test_shared_knows_neither_functions_nor_infra_and_functions_know_no_infra():
    for package, forbidden in (
        ("shared", {"functions", "infra", "tests"}),
        ("functions", {"infra", "tests"}),
    ):
        for path in files_below(package):
            roots = {module.split(".")[0] for module in imported(path)}
            assert not roots & forbidden, path


def test_every_package_of_shared_stands_only_on_what_is_below_it():
    packages = {
        path.name for path in (ROOT / "shared").iterdir() if (path / "__init__.py").is_file()
    }
    assert packages - GROUND == set(STANDS_ON)
    below = set()
    for package, stands_on in STANDS_ON.items():  # no circle: nothing stands on what comes later
        assert stands_on <= below, package
        below.add(package)
        for path in files_below(f"shared/{package}"):
            used = {name.split(".")[1] for name in imported(path) if name.startswith("shared.")}
            assert used <= stands_on | GROUND | {package}, f"{path} imports {used}"


def test_the_ground_stands_on_nothing():
    for module in GROUND:
        package = ROOT / "shared" / module
        files = package.glob("*.py") if package.is_dir() else [package.with_suffix(".py")]
        for name in chain.from_iterable(map(imported, files)):
            assert not name.startswith("shared.") or name.split(".")[1] in GROUND, module


def handed_on(package):
    tree = ast.parse((ROOT / "shared" / package / "__init__.py").read_text(encoding="utf-8"))
    return {
        name for node in tree.body if isinstance(node, ast.ImportFrom) for name in imported_by(node)
    }


def imported_by(node):
    return {f"{node.module}.{alias.name}" for alias in node.names}


def test_a_package_is_used_through_its_own_init_alone():
    for path in files_below("shared", "functions", "infra"):
        own = dotted(path).split(".")[:2]
        for name in imported(path):
            parts = name.split(".")
            if parts[0] != "shared" or len(parts) < 3 or parts[:2] == own or parts[2] == "stages":
                continue
            assert name in BY_NAME | handed_on(parts[1]), f"{path} imports {name}"


def test_handlers_call_the_stages_and_nothing_else_of_their_package():
    own_business = {"fine_tuning", "evaluation", "corpus", "dataset", "style", "report"}
    for path in (ROOT / "functions").glob("*/handler.py"):
        stages = {name for name in imported(path) if name.startswith("shared.")}
        inside = {name for name in stages if name.split(".")[1] in own_business}
        assert all(name.split(".")[2:] == ["stages"] for name in inside), f"{path}: {inside}"


def test_only_handlers_call_stages():
    for path in files_below("shared", "infra"):
        assert not [name for name in imported(path) if name.endswith(".stages")], path


def test_every_package_says_what_it_is_for():
    for path in files_below("shared", "infra"):
        if path.name == "__init__.py" and path.parent != ROOT / "infra":
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def test_no_folder_has_more_modules_than_one_can_take_in_at_a_glance():
    for package in ("shared", "infra", "functions", "tests"):
        for folder in [ROOT / package, *(ROOT / package).rglob("*/")]:
            modules = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
            most = MOST_LOOSE_MODULES if folder == ROOT / "shared" else MOST_MODULES
            assert len(modules) <= most, f"{folder}: {len(modules)}"


@pytest.mark.parametrize(
    ("library", "home"),
    [
        ("openai", "shared/providers"),
        ("urllib3", "shared/web"),
        ("feedparser", "shared/corpus/sources/feed"),
        ("sklearn", "shared/style"),
    ],
)
def test_each_outside_world_has_one_home(library, home):
    users = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "shared").rglob("*.py")
        if library in {module.split(".")[0] for module in imported(path)}
    }
    assert users
    assert all(user.startswith(home) for user in users), users
