"""The stand-in as Bedrock: asked by boto3, held to the service's own description of itself."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from botocore.exceptions import ClientError

from infra.local.provider.behaviours import BARE
from infra.local.provider.catalogue import read_catalogue
from infra.local.provider.context import AppState
from infra.local.provider.learning.engine import NGramEngine
from infra.local.provider.server import Application
from infra.local.provider.store import Store
from tests import aws_wire
from tests.memory_s3 import s3_in_memory

BASE, JOB_SECONDS, RECORDS = "amazon.nova-micro-v1:0:128k", 100.0, 100
FILE = "customization/training/one.jsonl"
PRICES = """
providers: [{provider: bedrock, api: bedrock, deploy: on_demand}]
models:
  - model: nova-micro
    provider: bedrock
    base_model: "amazon.nova-micro-v1:0:128k"
    serving_model: "amazon.nova-micro-v1:0"
    limits: {min_examples: 100, max_tokens_per_example: 8192}
    prices:
      - {purpose: training, amount: "1.00", per: 1000000}
      - {purpose: input, amount: "0.035", per: 1000000}
      - {purpose: output, amount: "0.14", per: 1000000}
      - {purpose: base_input, amount: "0.035", per: 1000000}
      - {purpose: base_output, amount: "0.14", per: 1000000}
"""
SAID = "Bread is patience that you can eat with both hands."


class Region:
    """A stand-in in this process, whose clock the test turns, and boto3's clients of it."""

    def __init__(self, folder: Path, s3: Any) -> None:
        prices = folder / "prices.yaml"
        prices.write_text(PRICES)
        store = Store(folder / "state")
        self.clock, self.s3 = 1_000_000.0, s3
        self.provider = AppState(
            catalogue=read_catalogue(prices),
            store=store,
            engine=NGramEngine(store, BARE),
            job_seconds=JOB_SECONDS,
            api_key="never asked for",
            behaviour=BARE,
            s3=s3,
            now=lambda: self.clock,
        )
        self.way = httpx2.WSGITransport(Application(self.provider))
        self.control = aws_wire.client("bedrock", self.way.handle_request)
        self.runtime = aws_wire.client("bedrock-runtime", self.way.handle_request)
        self.put(line("How is bread made?", SAID) * RECORDS)

    def put(self, body: bytes) -> None:
        self.s3.put_object(Bucket="porch", Key=FILE, Body=body)

    def create(self, name: str = "one", **changes: Any) -> str:
        asked = {
            "jobName": name,
            "customModelName": name,
            "clientRequestToken": f"token-{name}",
            "roleArn": "arn:aws:iam::000000000000:role/training",
            "baseModelIdentifier": BASE,
            "trainingDataConfig": {"s3Uri": f"s3://porch/{FILE}"},
            "outputDataConfig": {"s3Uri": "s3://porch/customization/output/one/"},
            "hyperParameters": {"epochCount": "2"},
        }
        return str(self.control.create_model_customization_job(**asked | changes)["jobArn"])

    def job(self, name: str = "one") -> dict[str, Any]:
        return dict(self.control.get_model_customization_job(jobIdentifier=name))

    def deployed(self) -> str:
        self.create()
        self.clock += JOB_SECONDS
        arn = self.control.create_custom_model_deployment(
            modelDeploymentName="mine", modelArn=self.job()["outputModelArn"]
        )["customModelDeploymentArn"]
        self.clock += JOB_SECONDS
        return str(arn)


def line(asked: str, said: str) -> bytes:
    record = {
        "schemaVersion": "bedrock-conversation-2024",
        "messages": [
            {"role": "user", "content": [{"text": asked}]},
            {"role": "assistant", "content": [{"text": said}]},
        ],
    }
    return f"{json.dumps(record)}\n".encode()


@pytest.fixture
def region(tmp_path: Path) -> Iterator[Region]:
    with s3_in_memory("porch") as s3:
        yield Region(tmp_path, s3)


def test_a_repeated_token_gets_the_same_job_and_buys_no_second(region: Region) -> None:
    assert region.create() == region.create()
    assert (
        len(region.control.list_model_customization_jobs()["modelCustomizationJobSummaries"]) == 1
    )


def test_a_name_is_given_once(region: Region) -> None:
    region.create()
    with pytest.raises(ClientError, match="in use"):
        region.create(clientRequestToken="another")


def test_a_job_goes_through_its_stages_and_leaves_its_curve_in_the_bucket(region: Region) -> None:
    region.create()
    assert region.job()["status"] == "InProgress"
    assert region.job()["statusDetails"]["trainingDetails"]["status"] == "NotStarted"
    region.clock += JOB_SECONDS
    job = region.job()
    assert (job["status"], job["outputModelName"]) == ("Completed", "one")
    (left,) = region.s3.list_objects_v2(Bucket="porch", Prefix="customization/output/")["Contents"]
    curve = region.s3.get_object(Bucket="porch", Key=left["Key"])["Body"].read().decode()
    assert curve.startswith("step_number,epoch_number,training_loss\n1,1,")


def test_a_stopped_job_is_stopping_first_and_is_stopped_once(region: Region) -> None:
    arn = region.create()
    region.control.stop_model_customization_job(jobIdentifier=arn)
    assert region.job()["status"] == "Stopping"
    region.clock += JOB_SECONDS
    assert region.job()["status"] == "Stopped"
    with pytest.raises(ClientError, match="ended"):
        region.control.stop_model_customization_job(jobIdentifier=arn)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (line("Why?", "So.") * 3, "at least 100"),
        (json.dumps({"messages": [{"role": "user", "content": [{"text": "Why?"}]}]}).encode(), ""),
        (line("Why?", "So.").replace(b"Why?", b"User: why?") * RECORDS, "reserved word"),
        (line("Why?", "So.").replace(b"assistant", b"user") * RECORDS, ""),
        (line("Why?", "so " * 9000) * RECORDS, "tokens"),
        (b"{}\n" * RECORDS, ""),
        (
            b'{"messages": [{"role": "user", "content": "Why?"}, {"role": "assistant", "content": "So."}]}\n',
            "",
        ),
    ],
)
def test_a_file_that_the_guide_forbids_fails_the_job_before_it_trains(
    region: Region, body: bytes, why: str
) -> None:
    region.put(body)
    region.create()
    region.clock += JOB_SECONDS
    job = region.job()
    assert job["status"] == "Failed"
    assert why in job["failureMessage"]
    assert job["statusDetails"]["trainingDetails"]["status"] == "NotStarted"


@pytest.mark.parametrize(
    "wrong",
    [
        {"jobName": "no_underscore here"},
        {"roleArn": "training"},
        {"baseModelIdentifier": "nobody.nothing-v1"},
        {"trainingDataConfig": {"s3Uri": "s3://porch/is not there"}},
        {"trainingDataConfig": {"s3Uri": "s3://porch/nowhere.jsonl"}},
        {"hyperParameters": {"epochCount": "6"}},
        {"customizationType": "MAGIC"},
    ],
)
def test_what_the_service_does_not_take_is_refused(region: Region, wrong: dict[str, Any]) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        region.create(**wrong)


def test_the_tuned_model_answers_when_it_is_deployed_and_its_answers_are_counted(
    region: Region,
) -> None:
    name = region.deployed()
    said = region.runtime.converse(
        modelId=name,
        messages=[{"role": "user", "content": [{"text": "How is bread made?"}]}],
        inferenceConfig={"maxTokens": 60, "temperature": 0},
    )
    assert said["output"]["message"]["content"][0]["text"].startswith("Bread is patience")
    assert said["stopReason"] == "end_turn"
    assert (
        said["usage"]["totalTokens"] == said["usage"]["inputTokens"] + said["usage"]["outputTokens"]
    )


def test_a_deployment_that_is_gone_answers_no_more(region: Region) -> None:
    name = region.deployed()
    region.control.delete_custom_model_deployment(customModelDeploymentIdentifier=name)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        region.runtime.converse(
            modelId=name, messages=[{"role": "user", "content": [{"text": "Why?"}]}]
        )


def test_a_listing_goes_on_where_its_token_says(region: Region) -> None:
    names = [f"job-{number}" for number in range(5)]
    for name in names:
        region.create(name)
    pages = region.control.get_paginator("list_model_customization_jobs").paginate(
        PaginationConfig={"PageSize": 2}
    )
    found = [one["jobName"] for page in pages for one in page["modelCustomizationJobSummaries"]]
    assert found == names[::-1]


def test_an_unsigned_request_is_refused(region: Region) -> None:
    request = httpx2.Request("GET", "http://stand-in.invalid/v1/foundation-models")
    assert region.way.handle_request(request).status_code == 403
