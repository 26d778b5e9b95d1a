"""The adapter to Bedrock: botocore itself says whether its requests are any, by the service's own description."""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from botocore.stub import ANY, Stubber

from shared import catalogue
from shared.errors import EconChatRError
from shared.lake import Bucket
from shared.providers import (
    UNUSABLE,
    ChatRequest,
    CredentialsRefused,
    JobRequest,
    Message,
    ModelNotReady,
    OutcomeUnknown,
    ProviderRejected,
    ProviderUnavailable,
    RateLimited,
)
from shared.providers.aws.bedrock import CURVE, Bedrock, Rights
from shared.providers.aws.error_mapping import NotThere
from shared.purchases import rules
from tests.memory_s3 import s3_in_memory
from tests.unit.shared.purchases.test_rules import PURCHASE

ROLE = "arn:aws:iam::000000000000:role/training"
BASE = "amazon.nova-micro-v1:0:128k"
BASE_ARN = f"arn:aws:bedrock:us-east-1::foundation-model/{BASE}"
JOB = f"arn:aws:bedrock:us-east-1:000000000000:model-customization-job/{BASE}/0123456789ab"
MODEL = f"arn:aws:bedrock:us-east-1:000000000000:custom-model/{BASE}/0123456789ab"
DEPLOYMENT = "arn:aws:bedrock:us-east-1:000000000000:custom-model-deployment/0123456789ab"
FILE = "s3://porch/customization/training/purchase-1-0a1b2c3d.jsonl"
AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
REQUEST = JobRequest("purchase-1", 1, BASE, FILE, n_epochs=4, suffix="porch", seed=1)
QUESTION = ChatRequest(
    "amazon.nova-micro-v1:0",
    (Message("system", "You are Ida."), Message("user", "Why?"), *[Message("assistant", "So.")]),
    max_tokens=50,
    temperature=0.0,
    seed=3,
)


@dataclass
class Region:
    """The adapter, and what its two services will answer."""

    adapter: Bedrock
    control: Stubber
    runtime: Stubber
    bucket: Bucket

    def lists(self, *jobs: dict[str, Any]) -> None:
        self.control.add_response(
            "list_model_customization_jobs", {"modelCustomizationJobSummaries": list(jobs)}
        )


@pytest.fixture
def region() -> Iterator[Region]:
    session = boto3.Session("x", "x", region_name="us-east-1")
    services: tuple[Any, Any] = session.client("bedrock"), session.client("bedrock-runtime")
    with s3_in_memory("porch") as s3:
        bucket = Bucket(s3, "porch")
        profile = catalogue.packaged().provider("bedrock")
        control, runtime = map(Stubber, services)
        with control, runtime:
            yield Region(
                Bedrock(*services, Rights(bucket, ROLE), profile), control, runtime, bucket
            )
            control.assert_no_pending_responses()
            runtime.assert_no_pending_responses()


def summary(**changes: Any) -> dict[str, Any]:
    told = {
        "jobArn": JOB,
        "baseModelArn": BASE_ARN,
        "jobName": "purchase-1-0a1b2c3d",
        "status": "InProgress",
        "creationTime": AT,
    }
    return told | changes


def described(**changes: Any) -> dict[str, Any]:
    told = {
        **summary(),
        "outputModelName": "purchase-1-0a1b2c3d",
        "roleArn": ROLE,
        "trainingDataConfig": {"s3Uri": FILE},
        "validationDataConfig": {"validators": []},
        "outputDataConfig": {"s3Uri": "s3://porch/customization/output/purchase-1-0a1b2c3d/"},
    }
    return told | changes


def test_a_job_is_created_with_its_token_under_the_name_of_its_file(region: Region) -> None:
    name = "purchase-1-0a1b2c3d"
    tags = [
        {"key": "econchatr_key", "value": REQUEST.run_key},
        {"key": "econchatr_purchase", "value": "purchase-1"},
    ]
    region.control.add_response(
        "create_model_customization_job",
        {"jobArn": JOB},
        {
            "jobName": name,
            "customModelName": name,
            "clientRequestToken": name,
            "roleArn": ROLE,
            "baseModelIdentifier": BASE,
            "customizationType": "FINE_TUNING",
            "trainingDataConfig": {"s3Uri": FILE},
            "outputDataConfig": {"s3Uri": f"s3://porch/customization/output/{name}/"},
            "hyperParameters": {"epochCount": "4"},
            "jobTags": tags,
            "customModelTags": tags,
        },
    )
    assert region.adapter.create(REQUEST).job_id == JOB


def test_a_listed_job_is_known_by_the_file_that_its_name_tells(region: Region) -> None:
    region.lists(summary(), summary(jobName="a-strangers"))
    ours, other = region.adapter.jobs()
    attempt = rules.Attempt(frozenset({"purchase-1"}), frozenset({FILE}))
    assert attempt.made(ours)
    assert not attempt.made(other)
    assert ours.status == "running"


@pytest.mark.parametrize(
    ("word", "phase"),
    [
        ("InProgress", "active"),
        ("Stopping", "active"),
        ("Completed", "succeeded"),
        ("Failed", "failed"),
        ("Stopped", "cancelled"),
        ("Hibernating", "unknown"),
    ],
)
def test_every_word_of_bedrocks_is_understood_and_no_other_guessed(
    region: Region, word: str, phase: str
) -> None:
    region.control.add_response("get_model_customization_job", described(status=word))
    job = region.adapter.get(JOB)
    assert job is not None
    assert rules.phase(job.status) == phase


def test_a_bill_that_is_never_told_is_not_waited_for(region: Region) -> None:
    region.control.add_response("get_model_customization_job", described(status="Completed"))
    job = region.adapter.get(JOB)
    assert job is not None
    assert job.trained_tokens is None
    assert not job.tells_bill


def test_a_job_that_failed_before_it_trained_bills_nothing(region: Region) -> None:
    details = {"trainingDetails": {"status": "NotStarted"}}
    told = described(status="Failed", statusDetails=details, failureMessage="record 3 is empty")
    region.control.add_response("get_model_customization_job", told)
    job = region.adapter.get(JOB)
    assert job is not None
    assert rules.billed(PURCHASE, job) == 0
    assert job.error == "record 3 is empty"


def test_files_are_put_found_and_deleted_in_the_stacks_own_bucket(region: Region) -> None:
    uploaded = region.adapter.upload("a.jsonl", io.BytesIO(b"{}\n"))
    assert uploaded.file_id == "s3://porch/customization/training/a.jsonl"
    assert region.adapter.find_files("a.jsonl") == [uploaded]
    assert region.adapter.file(uploaded.file_id) == uploaded
    assert uploaded.state == "ready"
    for _ in range(2):
        region.adapter.delete_file(uploaded.file_id)
    assert region.adapter.file(uploaded.file_id) is None


def test_a_training_file_is_handed_on_as_it_is_and_never_held_whole(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed: list[Any] = []
    monkeypatch.setattr(region.bucket, "write", lambda key, body, kind: handed.append(body))
    content = io.BytesIO(b"{}\n")
    region.adapter.upload("a.jsonl", content)
    assert handed == [content]


def test_an_answer_is_asked_for_as_converse_wants_it_and_comes_with_its_counts(
    region: Region,
) -> None:
    region.runtime.add_response(
        "converse",
        said({"content": [{"text": "Be"}, {"text": "cause."}]}, "max_tokens"),
        {
            "modelId": "amazon.nova-micro-v1:0",
            "system": [{"text": "You are Ida."}],
            "messages": [
                {"role": "user", "content": [{"text": "Why?"}]},
                {"role": "assistant", "content": [{"text": "So."}]},
            ],
            "inferenceConfig": {"maxTokens": 50, "temperature": 0.0},
        },
    )
    answer = region.adapter.complete(QUESTION)
    assert (answer.text, answer.finish_reason) == ("Because.", "length")
    assert (answer.prompt_tokens, answer.completion_tokens) == (7, 3)


def said(message: dict[str, Any], reason: str) -> dict[str, Any]:
    return {
        "output": {"message": {"role": "assistant", **message}},
        "stopReason": reason,
        "usage": {"inputTokens": 7, "outputTokens": 3, "totalTokens": 10},
        "metrics": {"latencyMs": 5},
    }


def test_an_answer_without_words_is_unusable_and_billed(region: Region) -> None:
    region.runtime.add_response("converse", said({"content": []}, "content_filtered"))
    answer = region.adapter.complete(QUESTION)
    assert answer.finish_reason == UNUSABLE
    assert answer.prompt_tokens == 7


def test_a_model_is_deployed_once_and_asked_by_the_name_that_aws_gives(region: Region) -> None:
    region.control.add_client_error("get_custom_model_deployment", *missing())
    region.control.add_response(
        "create_custom_model_deployment",
        {"customModelDeploymentArn": DEPLOYMENT},
        {"modelDeploymentName": "econchatr-1", "modelArn": MODEL, "clientRequestToken": ANY},
    )
    assert region.adapter.deploy("econchatr-1", BASE, JOB, MODEL).name == DEPLOYMENT
    there = {
        "customModelDeploymentArn": DEPLOYMENT,
        "modelDeploymentName": "econchatr-1",
        "modelArn": MODEL,
        "createdAt": AT,
        "status": "Active",
    }
    region.control.add_response("get_custom_model_deployment", there)
    assert region.adapter.deploy("econchatr-1", BASE, JOB, MODEL).status == "active"


def missing() -> tuple[Any, ...]:
    return "ResourceNotFoundException", "not there", 404


@pytest.mark.parametrize(
    ("model", "found"),
    [({}, []), ({"modelStatus": "Creating"}, []), ({"modelStatus": "Active"}, [MODEL])],
)
def test_a_job_has_a_model_to_deploy_when_the_model_is_there(
    region: Region, model: dict[str, Any], found: list[str]
) -> None:
    arn = {"outputModelArn": MODEL} if model else {}
    region.control.add_response("get_model_customization_job", described(**arn))
    if model:
        region.control.add_response(
            "get_custom_model",
            {"modelArn": MODEL, "modelName": "m", "creationTime": AT, **model},
        )
    assert region.adapter.checkpoints(JOB) == found


def test_what_is_gone_is_not_there_and_as_good_as_retired(region: Region) -> None:
    for operation in (
        "get_model_customization_job",
        "get_custom_model_deployment",
        "get_model_customization_job",
        "delete_custom_model_deployment",
    ):
        region.control.add_client_error(operation, *missing())
    assert region.adapter.get(JOB) is None
    assert region.adapter.deployment("econchatr-1") is None
    assert region.adapter.checkpoints(JOB) == []
    region.adapter.undeploy("econchatr-1")


def test_the_curve_lies_in_the_bucket(region: Region) -> None:
    key = f"customization/output/purchase-1-0a1b2c3d/model-customization-job-1/training/{CURVE}"
    region.bucket.write(key, b"step_number,epoch_number,training_loss\n1,1,2.5\n2,1,nan\n")
    region.control.add_response("get_model_customization_job", described(status="Completed"))
    job = region.adapter.get(JOB)
    assert job is not None
    assert [(s.step, s.train_loss) for s in region.adapter.result_metrics(job)] == [
        (1, 2.5),
        (2, None),
    ]


def test_models_and_their_last_days_come_from_the_regions_list(region: Region) -> None:
    told = {
        "modelSummaries": [
            {
                "modelArn": BASE_ARN,
                "modelId": BASE,
                "modelLifecycle": {"status": "LEGACY", "endOfLifeTime": AT},
            }
        ]
    }
    for _ in range(2):
        region.control.add_response("list_foundation_models", told)
    assert region.adapter.model_names() == {BASE}
    assert region.adapter.shutdown_dates() == {BASE: date(2026, 11, 26)}


def test_the_stages_of_a_job_are_its_log(region: Region) -> None:
    later = datetime(2026, 11, 26, 13, tzinfo=UTC)
    details = {
        "trainingDetails": {"status": "InProgress", "creationTime": later},
        "validationDetails": {"status": "Completed", "creationTime": AT},
    }
    region.control.add_response("get_model_customization_job", described(statusDetails=details))
    assert [event.message for event in region.adapter.events(JOB)] == [
        "validationDetails: Completed",
        "trainingDetails: InProgress",
    ]


CALLS: Mapping[str, Callable[[Bedrock], Any]] = {
    "create_model_customization_job": lambda adapter: adapter.create(REQUEST),
    "converse": lambda adapter: adapter.complete(QUESTION),
    "list_model_customization_jobs": lambda adapter: adapter.jobs(),
}
CREATE, ASK, READ = CALLS


@pytest.mark.parametrize(
    ("call", "code", "status", "error"),
    [
        (CREATE, "AccessDeniedException", 403, CredentialsRefused),
        (CREATE, "UnrecognizedClientException", 403, CredentialsRefused),
        (CREATE, "ThrottlingException", 429, RateLimited),
        (CREATE, "ServiceQuotaExceededException", 400, RateLimited),
        (CREATE, "ValidationException", 400, ProviderRejected),
        (CREATE, "ConflictException", 400, ProviderRejected),
        (CREATE, "InternalServerException", 500, OutcomeUnknown),
        (CREATE, "ResourceNotFoundException", 404, NotThere),
        (ASK, "ModelErrorException", 424, OutcomeUnknown),
        (ASK, "ModelTimeoutException", 408, OutcomeUnknown),
        (ASK, "ServiceUnavailableException", 503, OutcomeUnknown),
        (ASK, "ModelNotReadyException", 429, ModelNotReady),
        (ASK, "ResourceNotFoundException", 404, ModelNotReady),
        (ASK, "ThrottlingException", 429, RateLimited),
        (READ, "InternalServerException", 500, ProviderUnavailable),
        (READ, "AccessDeniedException", 403, CredentialsRefused),
    ],
)
def test_every_refusal_means_what_it_means_for_money(
    region: Region, call: str, code: str, status: int, error: type[EconChatRError]
) -> None:
    service = region.runtime if call == ASK else region.control
    service.add_client_error(call, code, "No, because.", status)
    with pytest.raises(EconChatRError, match="because") as refused:
        CALLS[call](region.adapter)
    assert type(refused.value) is error


class Silent:
    """A client that never comes to an answer."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def __getattr__(self, _operation: str) -> Any:
        def call(**_: Any) -> Any:
            raise self._error

        return call


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (EndpointConnectionError(endpoint_url="https://nowhere"), ProviderUnavailable),
        (ReadTimeoutError(endpoint_url="https://slow"), OutcomeUnknown),
        (NoCredentialsError(), CredentialsRefused),
        (KeyError("jobArn"), OutcomeUnknown),
    ],
)
def test_a_purchase_without_an_answer_is_unknown_unless_it_never_left(
    region: Region, failure: Exception, error: type[EconChatRError]
) -> None:
    silent = Silent(failure)
    profile = catalogue.packaged().provider("bedrock")
    adapter = Bedrock(silent, silent, Rights(region.bucket, ROLE), profile)
    for buy in (CREATE, ASK):
        with pytest.raises(error):
            CALLS[buy](adapter)


def test_trouble_with_the_bucket_is_told_as_the_providers(
    region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(*_: Any) -> None:
        response: Any = {
            "Error": {"Code": "AccessDenied", "Message": "no"},
            "ResponseMetadata": {"HTTPStatusCode": 403},
        }
        raise ClientError(response, "PutObject")

    monkeypatch.setattr(region.bucket, "write", denied)
    with pytest.raises(CredentialsRefused):
        region.adapter.upload("a.jsonl", io.BytesIO(b""))


def test_a_request_that_botocore_will_not_send_is_rejected(region: Region) -> None:
    region.runtime.deactivate()
    empty = ChatRequest("m", (Message("user", "Why?"),), max_tokens=0, temperature=0.0)
    with pytest.raises(ProviderRejected, match="maxTokens"):
        region.adapter.complete(empty)
