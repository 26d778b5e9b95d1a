"""Who may do what: each function as little as its state needs."""

from fnmatch import fnmatchcase

from shared import catalogue
from shared.lake import keys
from tests.cfn import load_template
from tests.permissions import granted
from tests.places import ROOT
from tests.transformed import transformed
from tests.unit.infra.house.template import FUNCTIONS, TASKS, TEMPLATE, folder, resource_of


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


def foundation_models(action):
    """The models of Bedrock's own on which functions may do an action."""
    return {
        one.resource.partition("::foundation-model/")[2]
        for one in granted()
        if one.action == action and "::foundation-model/" in one.resource
    }


def test_bedrocks_models_are_asked_and_trained_only_where_the_catalogue_has_their_price():
    known = [model for model in catalogue.packaged().models if model.provider == "bedrock"]
    served = {model.answering_model for model in known}
    assert foundation_models("bedrock:InvokeModel") == served
    trained = {model.base_model for model in known if model.tunable}
    assert foundation_models("bedrock:CreateModelCustomizationJob") == trained


PEOPLE = {
    "ReaderPolicy": load_template(ROOT / "infra" / "data.yaml")["Resources"]["ReaderPolicy"],
    "OperatorPolicy": TEMPLATE["Resources"]["OperatorPolicy"],
}
LISTS = {"athena:ListWorkGroups", "athena:ListDataCatalogs", "athena:ListEngineVersions"}
SECRET = (
    "secretsmanager:",
    "iam:",
    "lambda:",
    "dynamodb:Put",
    "dynamodb:Update",
    "dynamodb:Delete",
)


def test_neither_readers_nor_operators_may_touch_everything_or_see_a_key():
    for name, policy in PEOPLE.items():
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
            assert statement["Resource"] != "*" or set(statement["Action"]) <= LISTS, name
            assert not [one for one in statement["Action"] if one.startswith(SECRET)], name
            assert not [one for one in statement["Action"] if "*" in one], name


def test_only_an_operator_may_start_or_stop_a_run():
    starters = {
        name
        for name, policy in PEOPLE.items()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if {"states:StartExecution", "states:StopExecution"} & set(statement["Action"])
    }
    assert starters == {"OperatorPolicy"}


def test_where_the_account_demands_it_every_role_is_bounded():
    roles = {
        name: resource["Properties"].get("PermissionsBoundary")
        for name, resource in transformed()["Resources"].items()
        if resource["Type"] == "AWS::IAM::Role"
    }
    given = {"Ref": "PermissionsBoundary"}
    assert len(roles) == len(FUNCTIONS) + 4  # of the machine, its schedule, its rule and Bedrock
    for name, boundary in roles.items():
        assert boundary == {"Fn::If": ["HasPermissionsBoundary", given, {"Ref": "AWS::NoValue"}]}, (
            name
        )
