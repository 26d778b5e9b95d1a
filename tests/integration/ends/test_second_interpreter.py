"""The same definition and handlers on another Step Functions interpreter: what it makes of them must agree."""

import io
import json
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections import Counter, deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest
import yaml

from infra import encodings
from infra.cli.inputs import inline
from infra.local.provider.process import start
from shared import catalogue, shows
from shared.lake import keys
from shared.lake.tables import Lake
from tests import history
from tests.cfn import load_template, substituted
from tests.history import DISTRIBUTED_MAP, EXECUTION, ITERATION, MACHINE, bought, every_state, visit
from tests.integration.ends.second_interpreter import SCALE
from tests.integration.site import flaky_site
from tests.places import ROOT

pytestmark = pytest.mark.integration

DEFINITION = (ROOT / "infra" / "pipeline.asl.yaml").read_text()
REGION, ACCOUNT = "us-east-1", "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/any"
TEMPLATE = load_template(ROOT / "template.yaml")
RESOURCES = TEMPLATE["Resources"]
LONGEST_SECONDS = 300
ENDED = ("SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT")


@dataclass(frozen=True, slots=True)
class Stack:
    """What the template asks for, as far as the machine needs it, on the second interpreter."""

    endpoint_url: str
    machine_arn: str
    meter_root: str
    feed: str
    faults: Path

    def client(self, service: str) -> Any:
        return client(self.endpoint_url, service)

    @property
    def lake(self) -> Lake:
        return Lake(self.client("s3"), "lake")

    def start(self, name: str, document: Mapping[str, Any]) -> str:
        arn: str = self.client("stepfunctions").start_execution(
            stateMachineArn=self.machine_arn, name=name, input=json.dumps(document)
        )["executionArn"]
        return arn

    def run(self, name: str, show: str, **fields: Any) -> str:
        profile = shows.packaged("demo").model_copy(update={"name": show, "feed": self.feed})
        return self.start(
            name,
            {
                "ceiling_usd": "5.00",
                "limit": 8,
                "models": ["llama-3.3-70b"],
                **fields,
                "show": inline(profile),
            },
        )

    def ended(self, arn: str) -> dict[str, Any]:
        """How the execution ended; a test that waits in vain says how far it came."""
        deadline = time.monotonic() + LONGEST_SECONDS
        while time.monotonic() < deadline:
            described: dict[str, Any] = self.client("stepfunctions").describe_execution(
                executionArn=arn
            )
            if described["status"] in ENDED:
                return described
            time.sleep(0.2)
        pytest.fail(f"still running: {self.events(arn)[-3:]}")

    def events(self, arn: str) -> list[dict[str, Any]]:
        pages = self.client("stepfunctions").get_paginator("get_execution_history")
        return [e for page in pages.paginate(executionArn=arn) for e in page["events"]]

    def meter(self) -> dict[str, Any]:
        return dict(asked(f"{self.meter_root}/_meter"))

    @contextmanager
    def failing(self, function: str, error: str, **bounds: float) -> Iterator[None]:
        """Fail a function with an error, for so many of the machine's `seconds`, or so many `times`."""
        if "seconds" in bounds:
            bounds = {"until": time.time() + SCALE * bounds["seconds"]}
        self.faults.write_text(json.dumps({function: {"error": error, **bounds}}))
        try:
            yield
        finally:
            self.faults.unlink()

    def until_a_job_runs(self) -> None:
        deadline = time.monotonic() + LONGEST_SECONDS
        while self.meter()["running_jobs"] == 0:
            assert time.monotonic() < deadline, "no job runs"
            time.sleep(0.2)

    @contextmanager
    def fault(self, action: str) -> Iterator[None]:
        asked(f"{self.meter_root}/_faults", {"rules": [{"action": action}]})
        yield


def asked(address: str, body: object = None) -> Any:
    request = urllib.request.Request(  # noqa: S310 - the provider's own loopback address
        address,
        headers={"Content-Type": "application/json"},
        data=None if body is None else json.dumps(body).encode(),
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        text = answer.read()
    return json.loads(text) if text else None


def client(endpoint_url: str, service: Any) -> Any:
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=endpoint_url,
        aws_access_key_id="any",
        aws_secret_access_key="any",
    )


def environment(endpoint_url: str, base_url: str, faults: Path) -> dict[str, str]:
    """What the template gives every function, with its references resolved."""
    given = {
        "LakeBucket": "lake",
        "Ledger": "ledger",
        "ProviderSecret.Id": "provider",
        "TrainingRole.Arn": ROLE,
        "ProviderBaseUrl": base_url,
        "MonthCeilingUsd": "1000.00",
        "Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:topic",
        "EconChatR/${Stage}": "EconChatR/any",
    }
    variables = {}
    for name, value in TEMPLATE["Globals"]["Function"]["Environment"]["Variables"].items():
        if isinstance(value, dict):
            (of,) = value.values()
            value = given[of] if of in given else TEMPLATE["Parameters"][of]["Default"]
        variables[name] = str(value)
    return {
        **variables,
        "FAULTS": str(faults),
        "TIKTOKEN_CACHE_DIR": str(encodings.cache_dir()),
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "any",
        "AWS_SECRET_ACCESS_KEY": "any",
        "REACH_PRIVATE_ADDRESSES": "yes",
    }


@contextmanager
def serving(base_url: str, faults: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    endpoint_url = f"http://127.0.0.1:{port}"
    document = json.dumps(
        {"port": port, "environment": environment(endpoint_url, base_url, faults)}
    )
    command = [sys.executable, "-m", "tests.integration.ends.second_interpreter", document]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == b"listening\n"
            # Functions log there, and would wait for ever once the pipe is full.
            Thread(target=deque, args=(process.stdout, 0), daemon=True).start()
            yield endpoint_url
        finally:
            process.kill()


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("nothing", "")
    return buffer.getvalue()


def deploy(endpoint_url: str, prices: str) -> str:
    """Everything the machine touches; the machine's ARN."""
    client(endpoint_url, "s3").create_bucket(Bucket="lake")
    Lake(client(endpoint_url, "s3"), "lake").write(keys.CATALOGUE, prices.encode())
    table = RESOURCES["Ledger"]["Properties"]
    wanted = ("BillingMode", "AttributeDefinitions", "KeySchema")
    client(endpoint_url, "dynamodb").create_table(
        TableName="ledger", **{name: table[name] for name in wanted}
    )
    secret = json.dumps({entry.provider: "any" for entry in catalogue.packaged().providers})
    client(endpoint_url, "secretsmanager").create_secret(Name="provider", SecretString=secret)
    topic = client(endpoint_url, "sns").create_topic(Name="topic")["TopicArn"]
    client(endpoint_url, "iam").create_role(RoleName="any", AssumeRolePolicyDocument="{}")
    substitutions = {
        **RESOURCES["Pipeline"]["Properties"]["DefinitionSubstitutions"],
        "Partition": "aws",
        "LakeBucket": "lake",
        "Topic": topic,
        "PollSeconds": TEMPLATE["Parameters"]["PollSeconds"]["Default"],
        "MachineTimeoutSeconds": str(TEMPLATE["Parameters"]["MachineTimeoutSeconds"]["Default"]),
    }
    for name, resource in RESOURCES.items():
        if resource["Type"] == "AWS::Serverless::Function":
            substitutions[name.removesuffix("Function")] = client(endpoint_url, "lambda").create_function(
                FunctionName=name,
                Handler=resource["Properties"]["Handler"],
                Timeout=resource["Properties"]["Timeout"],
                Runtime="python3.13",
                Role=ROLE,
                Code={"ZipFile": zipped()},
            )["FunctionArn"]  # fmt: skip
    definition = substituted(DEFINITION, substitutions)
    arn: str = client(endpoint_url, "stepfunctions").create_state_machine(
        name="econchatr-dev", definition=json.dumps(yaml.safe_load(definition)), roleArn=ROLE
    )["stateMachineArn"]
    return arn


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("second")
    prices = catalogue.dump(catalogue.packaged())
    (folder / "prices.yaml").write_text(prices)
    with (
        flaky_site(folder / "site") as site,
        start(folder / "prices.yaml", folder / "provider", job_seconds=0.5) as provider,
        serving(provider.base_url, folder / "faults.json") as endpoint_url,
    ):
        machine = deploy(endpoint_url, prices)
        yield Stack(
            endpoint_url,
            machine,
            provider.root_url,
            f"{site.base_url}/feed.xml",
            folder / "faults.json",
        )


def entered(events):
    return [
        e["stateEnteredEventDetails"]["name"] for e in events if "stateEnteredEventDetails" in e
    ]


STATES = dict(every_state(MACHINE))


def predicted(names):
    """The events of a run that entered these states, each Task tried once: see `tests.history`."""
    each = [
        visit(STATES[name], tries=1) if STATES[name]["Type"] != "Map" else DISTRIBUTED_MAP
        for name in names
    ]
    iterations = names.count("Submit fine tune") + names.count("Answer questions")
    return EXECUTION + sum(each) + ITERATION * iterations


def settled(stack, run_id):
    rows = [row for row in stack.lake.read_rows("spend", run_id) if row["run_id"] == run_id]
    return sum((row["settled_usd"] or 0 for row in rows), Decimal(0))


def test_a_whole_run_succeeds_and_its_books_are_the_providers(stack):
    arn = stack.run("whole", "whole")
    ended = stack.ended(arn)
    assert ended["status"] == "SUCCEEDED", (ended.get("error"), ended.get("cause"))
    summary = stack.lake.read_json(keys.summary("whole"))
    assert summary["status"] == "SUCCEEDED"
    assert summary["episodes"]["parsed"] >= 6
    assert settled(stack, "whole") == Decimal(stack.meter()["exact_usd"]) > 0
    names = entered(stack.events(arn))
    assert len(stack.events(arn)) <= predicted(names)
    assert names[:2] == ["Is it to close a run?", "Name run"]
    assert names[-1] == "Run succeeded"
    counted = Counter(names)
    judges, deployment = counted["Judge answers"], counted["Wait for deployment"]
    ways, items = bought(counted["Wait"], judges, deployment)
    batches = {"Scrape episodes": 0}  # each has a history of its own
    assert counted == history.entered(MACHINE, ways, {**items, **batches})


def test_a_ceiling_too_low_fails_with_both_numbers_and_closes_itself(stack):
    before = stack.meter()["exact_usd"]
    arn = stack.run("poor", "whole", ceiling_usd="0.01")
    ended = stack.ended(arn)
    assert (ended["status"], ended["error"]) == ("FAILED", "SpendCeilingReached")
    assert "0.010000" in ended["cause"]
    assert stack.lake.read_json(keys.summary("poor"))["error"] == "SpendCeilingReached"
    assert stack.meter()["exact_usd"] == before
    closed = closing(stack, "poor", "FAILED", error=ended["error"], cause=ended["cause"])
    assert "Notify" not in entered(stack.events(closed))
    assert stack.ended(closed)["status"] == "SUCCEEDED"


def closing(stack, run_id, status, **detail):
    """What the rule starts for the end of an execution: the event as AWS documents it."""
    event = {
        "executionArn": f"arn:aws:states:{REGION}:{ACCOUNT}:execution:econchatr-dev:{run_id}",
        "stateMachineArn": stack.machine_arn,
        "name": run_id,
        "status": status,
        "startDate": 1551225146847,
        "stopDate": 1551225151881,
        "input": '{"ceiling_usd": "5.00"}',
        "inputDetails": {"included": True},
        "output": None,
        "outputDetails": None,
        **detail,
    }
    arn = stack.start(f"closing-{run_id}", {"close": event})
    stack.ended(arn)
    return arn


def test_a_stopped_run_is_closed_by_what_the_rule_starts(stack):
    before = stack.meter()
    with stack.fault("slow_job"):
        arn = stack.run("stopped", "stopped")
        while "Poll fine tune" not in entered(stack.events(arn)):
            assert (
                stack.client("stepfunctions").describe_execution(executionArn=arn)["status"]
                == "RUNNING"
            )
            time.sleep(0.2)
    assert stack.meter()["running_jobs"] == 1
    stack.client("stepfunctions").stop_execution(executionArn=arn)
    stack.ended(arn)
    closed = closing(stack, "stopped", "ABORTED")
    assert entered(stack.events(closed))[-1] == "Run closed"
    meter = stack.meter()
    assert meter["running_jobs"] == 0
    assert len(meter["jobs"]) == len(before["jobs"]) + 1
    summary = stack.lake.read_json(keys.summary("stopped"))
    assert (summary["status"], summary["error"]) == ("ABORTED", "RunStopped")
    assert settled(stack, "stopped") == Decimal(meter["exact_usd"]) - Decimal(before["exact_usd"])
    assert stack.lake.read(keys.report("stopped"))
    assert [row["status"] for row in stack.lake.read_rows("runs", "stopped")] == ["ABORTED"]


ONCE = {"close": {"name": "stopped", "status": "ABORTED"}}
TWICE = {"close": {"name": "closing-stopped", "status": "FAILED", "input": json.dumps(ONCE)}}


@pytest.mark.parametrize(
    ("status", "begun_with"), [("ABORTED", ONCE), ("FAILED", TWICE)], ids=["stopped", "tried again"]
)
def test_a_closing_that_was_stopped_or_tried_again_is_not_closed(stack, status, begun_with):
    arn = closing(stack, f"closing-{status.lower()}", status, input=json.dumps(begun_with))
    assert entered(stack.events(arn))[-1] == "Run closed"
    assert "Cancel fine tunes" not in entered(stack.events(arn))


@pytest.mark.parametrize("document", [[], "x", 1])
def test_an_input_that_is_no_object_is_refused_with_a_summary(stack, document):
    name = f"odd-{type(document).__name__}"
    ended = stack.ended(stack.start(name, document))
    assert (ended["status"], ended["error"]) == ("FAILED", "InvalidField")
    assert "write a JSON object" in stack.lake.read_json(keys.summary(name))["cause"]


TROUBLE = {
    "a failed connection": ("EndpointConnectionError", {"times": 1}),
    "a throttle of ten minutes": ("Lambda.TooManyRequestsException", {"seconds": 600}),
    "a provider away for half an hour": ("ProviderUnavailable", {"seconds": 1800}),
}


@pytest.mark.parametrize(("error", "bounds"), TROUBLE.values(), ids=TROUBLE)
def test_a_job_is_followed_to_its_end_through(stack, error, bounds):
    name = f"through-{list(TROUBLE.values()).index((error, bounds))}"
    before = len(stack.meter()["jobs"])
    with stack.failing("PollFineTuneFunction", error, **bounds):
        ended = stack.ended(stack.run(name, name))
    assert ended["status"] == "SUCCEEDED", (ended.get("error"), ended.get("cause"))
    assert len(stack.meter()["jobs"]) == before + 1
    assert stack.meter()["running_jobs"] == 0


def test_a_closing_that_is_throttled_waits_and_one_that_failed_is_tried_again(stack):
    with stack.fault("slow_job"):
        arn = stack.run("throttled", "throttled")
        stack.until_a_job_runs()
    stack.client("stepfunctions").stop_execution(executionArn=arn)
    stack.ended(arn)
    throttle = "Lambda.TooManyRequestsException"
    with stack.failing("CancelFineTunesFunction", throttle, times=30):
        failed = closing(stack, "throttled", "ABORTED")
        assert stack.ended(failed)["status"] == "FAILED"
        assert stack.meter()["running_jobs"] == 1
    first = stack.client("stepfunctions").describe_execution(executionArn=failed)["input"]
    with stack.failing("CancelFineTunesFunction", throttle, seconds=90):
        again = closing(stack, "closing-throttled", "FAILED", input=first)
    assert stack.ended(again)["status"] == "SUCCEEDED"
    assert stack.meter()["running_jobs"] == 0
    assert stack.lake.read_json(keys.summary("throttled"))["status"] == "ABORTED"
