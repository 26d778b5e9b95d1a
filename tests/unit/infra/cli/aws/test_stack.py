"""What AWS says against a command is a sentence, and what has no default is asked for or refused."""

import io
import json
from types import SimpleNamespace

import botocore.exceptions as said
import pytest

from infra.cli.aws import checking, deploying
from infra.cli.aws.deploying import NoCeiling
from infra.cli.aws.stack import AwsFailed, NoStack, NotAllowed, NotConnected, sentence_of
from infra.cli.options import StackRef
from infra.machine.execution import closes
from shared.errors import BadInput, EconChatRError, InvalidField


def client_error(code, message="because"):
    return said.ClientError({"Error": {"Code": code, "Message": message}}, "CreateStack")


@pytest.mark.parametrize(
    ("error", "kind", "sentence"),
    [
        (said.NoRegionError(), NotConnected, "no region is set; name one with --region"),
        (said.NoCredentialsError(), NotConnected, "no usable AWS credentials"),
        (said.ProfileNotFound(profile="nobody"), NotConnected, "nobody"),
        (client_error("ExpiredToken"), NotConnected, "sign in again"),
        (client_error("AccessDenied"), NotAllowed, "AWS refuses CreateStack (because)"),
        (client_error("AccessDeniedException"), NotAllowed, "use credentials that may"),
        (client_error("ValidationError"), AwsFailed, "ValidationError: because"),
        (said.EndpointConnectionError(endpoint_url="https://x"), AwsFailed, "https://x"),
        (said.ReadTimeoutError(endpoint_url="https://x"), AwsFailed, "AWS does not answer"),
        (said.WaiterError("stack", "Rollback", {}), AwsFailed, "Rollback"),
    ],
)
def test_what_aws_says_against_it_is_a_sentence(error, kind, sentence):
    found = sentence_of(error)
    assert isinstance(found, kind)
    assert isinstance(found, EconChatRError)
    assert sentence in str(found)


def test_a_fault_of_our_own_is_not_taken_for_aws():
    assert sentence_of(KeyError("ours")) is None


def test_whom_iam_is_asked_about_is_the_role_behind_a_session():
    session = "arn:aws:sts::123456789012:assumed-role/Deployer/me@laptop"
    assert checking._principal(session) == "arn:aws:iam::123456789012:role/Deployer"
    user = "arn:aws:iam::123456789012:user/me"
    assert checking._principal(user) == user


def test_a_stack_is_called_after_its_stage():
    for name in ("mine", "econchatr-", "econchatr-Prod", "econchatr-a-b"):
        with pytest.raises(NoStack, match="econchatr-STAGE"):
            deploying.deploy(StackRef(name), {}, "x86_64")


def test_a_new_stack_without_a_ceiling_and_a_terminal_is_refused(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    with pytest.raises(NoCeiling, match="--month-ceiling-usd"):
        deploying._answered({}, new=True)
    assert deploying._answered({}, new=False) == {}
    assert deploying._answered({"MonthCeilingUsd": "5"}, new=True) == {"MonthCeilingUsd": "5"}
    with pytest.raises((BadInput, InvalidField), match="--month-ceiling-usd"):
        deploying._answered({"MonthCeilingUsd": "five"}, new=True)


def test_at_a_terminal_it_is_asked_for_and_nobody_need_be_told(monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    answers = iter(["40", ""])
    monkeypatch.setattr("click.prompt", lambda *_, **__: next(answers))
    assert deploying._answered({}, new=True) == {"MonthCeilingUsd": "40", "AlertEmail": ""}


@pytest.mark.parametrize(
    ("document", "run"),
    [
        ({"close": {"name": "r1"}}, "r1"),
        ({"close": 1}, None),
        ({"close": {}}, None),
        ({"show": "mine"}, None),
        ([], None),
    ],
)
def test_an_execution_that_closes_a_run_is_told_from_a_run(document, run):
    described = SimpleNamespace(describe_execution=lambda **_: {"input": json.dumps(document)})
    assert closes(described, "arn") == run
