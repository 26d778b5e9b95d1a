"""Amazon Bedrock's own customization, through boto3: data in the stack's bucket, rights in place of a key.

Everything that costs money is sent once. A job, its model and its training file bear one name, so that
a listing, which shows no more than names, tells which attempt a job belongs to.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any, BinaryIO

import boto3
from botocore.config import Config

from shared.catalogue import Provider
from shared.lake import Bucket, keys
from shared.providers import response_parsing
from shared.providers.aws.error_mapping import NotThere, mapped_errors
from shared.providers.contract import (
    CALL_TIMEOUT_SECONDS,
    KEY_FIELD,
    PURCHASE_FIELD,
    UNUSABLE,
    ChatRequest,
    Completion,
    Deployment,
    Job,
    JobEvent,
    JobRequest,
    ProviderUnavailable,
    TrainingStep,
    UploadedFile,
)
from shared.text import encodable

CURVE = "step_wise_training_metrics.csv"
PAGE_SIZE = 1000
MAX_LISTED = 10_000
DEPLOYED: Mapping[str, str] = {"Active": "active", "Failed": "error"}
# Bedrock's words for an ended answer in the words of OpenAI's protocol, which the lake keeps.
FINISHED: Mapping[str, str] = {"end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length"}
Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rights:
    """What a stack lends to Bedrock: its bucket, and the role that reads training files there and writes metrics.

    `session` holds credentials and region, where these are not the process's own.
    """

    bucket: Bucket
    training_role: str
    session: boto3.Session | None = None


class Bedrock:
    """`control` and `runtime` are boto3's clients for `bedrock` and `bedrock-runtime`, neither of which retries."""

    def __init__(self, control: Any, runtime: Any, rights: Rights, provider: Provider) -> None:
        self._control, self._runtime, self._provider = control, runtime, provider
        self._bucket, self._training_role = rights.bucket, rights.training_role

    @classmethod
    def connect(cls, provider: Provider, rights: Rights, address: str | None = None) -> "Bedrock":
        """Clients of the stack's own region, or of `address` in its place."""
        session = rights.session or boto3.Session()
        once = Config(
            connect_timeout=5,
            read_timeout=CALL_TIMEOUT_SECONDS,
            retries={"mode": "standard", "total_max_attempts": 1},
        )
        control, runtime = (
            session.client(service, endpoint_url=address, config=once)
            for service in ("bedrock", "bedrock-runtime")
        )
        return cls(control, runtime, rights, provider)

    @property
    def base_url(self) -> str:
        """Where it is asked."""
        return str(self._control.meta.endpoint_url)

    def find_files(self, name: str) -> list[UploadedFile]:
        with mapped_errors(f"looking for the file {name}"):
            return (
                [self._uploaded(name)]
                if self._bucket.keys(keys.bedrock_training_file(name))
                else []
            )

    def upload(self, name: str, content: BinaryIO) -> UploadedFile:
        with mapped_errors(f"putting {name} into the bucket"):
            self._bucket.write(keys.bedrock_training_file(name), content, "application/jsonl")
            return self._uploaded(name)

    def file(self, file_id: str) -> UploadedFile | None:
        name = PurePosixPath(file_id).name
        return next(iter(self.find_files(name)), None)

    def delete_file(self, file_id: str) -> None:
        """A file that is gone already is as good as deleted."""
        with mapped_errors(f"deleting the file {file_id}"):
            self._bucket.delete([keys.bedrock_training_file(PurePosixPath(file_id).name)])

    def create(self, request: JobRequest) -> Job:
        """Buy a customization job: one request, whose token lets Bedrock take no second one."""
        name = PurePosixPath(request.file_id).stem
        tags = {KEY_FIELD: request.run_key, PURCHASE_FIELD: request.purchase_id}
        request_fields: dict[str, Any] = {
            "jobName": name,
            "customModelName": name,
            "clientRequestToken": name,
            "roleArn": self._training_role,
            "baseModelIdentifier": request.base_model,
            "customizationType": "FINE_TUNING",
            "trainingDataConfig": {"s3Uri": request.file_id},
            "outputDataConfig": {"s3Uri": self._address(keys.bedrock_output(name))},
            "hyperParameters": self._hyperparameters(request),
            "jobTags": _tags(tags),
            "customModelTags": _tags(tags),
        }
        with mapped_errors(f"creating a customization job on {request.base_model}", buys=True):
            arn = self._control.create_model_customization_job(**request_fields)["jobArn"]
            return Job(arn, None, "running", training_file=request.file_id, tells_bill=False)

    def jobs(self) -> list[Job]:
        """Return every visible job, newest first."""
        with mapped_errors("listing the customization jobs"):
            return [self._listed(response) for response in self._summaries()]

    def get(self, job_id: str) -> Job | None:
        with suppress(NotThere), mapped_errors(f"asking after job {job_id}"):
            return self._job(self._told(job_id))
        return None

    def cancel(self, job_id: str) -> None:
        with mapped_errors(f"stopping job {job_id}"):
            self._control.stop_model_customization_job(jobIdentifier=job_id)

    def events(self, job_id: str) -> list[JobEvent]:
        """Return the beginning of each stage of the job that has begun, oldest first."""
        with mapped_errors(f"reading the stages of job {job_id}"):
            stages = self._told(job_id).get("statusDetails", {})
            begun = [
                JobEvent(stage["creationTime"], "info", f"{name}: {stage.get('status', '')}")
                for name, stage in stages.items()
                if "creationTime" in stage
            ]
            return sorted(begun, key=lambda event: event.at)

    def checkpoints(self, job_id: str) -> list[str]:
        """Return the model of a job, once it is there; Bedrock shows no others."""
        with suppress(NotThere), mapped_errors(f"asking after the model of job {job_id}"):
            arn = self._told(job_id).get("outputModelArn")
            model = self._control.get_custom_model(modelIdentifier=arn) if arn else {}
            return [arn] if arn and model.get("modelStatus", "Active") == "Active" else []
        return []

    def result_metrics(self, job: Job) -> list[TrainingStep]:
        """Return the training curve that a finished job left in the bucket."""
        with mapped_errors(f"reading the curve of job {job.job_id}"):
            return [
                step
                for key in self._result_keys(job)
                if key.endswith(CURVE)
                for step in _curve(self._bucket.read(key) or b"")
            ]

    def model_names(self) -> frozenset[str]:
        """Return the names of the models that the region lists; free."""
        with mapped_errors("listing the models"):
            return frozenset(model["modelId"] for model in self._foundation_models())

    def shutdown_dates(self) -> dict[str, date]:
        """Return the announced last day of each model that has one."""
        with mapped_errors("listing the models"):
            ends = (
                (model["modelId"], model.get("modelLifecycle", {}).get("endOfLifeTime"))
                for model in self._foundation_models()
            )
            return {name: end.date() for name, end in ends if end}

    def deploy(
        self,
        name: str,
        base_model: str,  # noqa: ARG002 - follows from the checkpoint, which is a model here
        job_id: str,  # noqa: ARG002 - the same
        checkpoint_id: str,
    ) -> Deployment:
        """Ask for a job's model to be served on demand, unless it already is."""
        existing = self.deployment(name)
        if existing is not None:
            return existing
        with mapped_errors(f"deploying {name}"):
            response = self._control.create_custom_model_deployment(
                modelDeploymentName=name, modelArn=checkpoint_id, clientRequestToken=name
            )
            return Deployment(response["customModelDeploymentArn"], "creating")

    def deployment(self, name: str) -> Deployment | None:
        with suppress(NotThere), mapped_errors(f"asking after the deployment {name}"):
            response = self._control.get_custom_model_deployment(
                customModelDeploymentIdentifier=name
            )
            status = DEPLOYED.get(response["status"], "creating")
            return Deployment(response["customModelDeploymentArn"], status)
        return None

    def undeploy(self, name: str) -> None:
        """A deployment that is gone already is as good as retired."""
        with suppress(NotThere), mapped_errors(f"retiring the deployment {name}"):
            self._control.delete_custom_model_deployment(customModelDeploymentIdentifier=name)

    def complete(self, request: ChatRequest) -> Completion:
        """Buy one answer: one request, no retries. Bedrock takes no seed."""
        system = [{"text": one.content} for one in request.messages if one.role == "system"]
        request_fields: dict[str, Any] = {
            "modelId": request.model,
            "messages": [
                {"role": one.role, "content": [{"text": one.content}]}
                for one in request.messages
                if one.role != "system"
            ],
            "inferenceConfig": {
                "maxTokens": request.max_tokens,
                **({} if request.temperature is None else {"temperature": request.temperature}),
            },
            **({"system": system} if system else {}),
        }
        with mapped_errors(f"asking {request.model}", buys=True, asks_a_model=True):
            return _completion(self._runtime.converse(**request_fields))

    def _hyperparameters(self, request: JobRequest) -> dict[str, str]:
        values = {
            "epochCount": request.n_epochs,
            **request.hyperparameters,
            **self._provider.hyperparameters.extra,
        }
        return {name: str(value) for name, value in values.items()}

    def _told(self, job_id: str) -> dict[str, Any]:
        return dict(self._control.get_model_customization_job(jobIdentifier=job_id))

    def _summaries(self) -> Iterator[Fields]:
        """Yield the whole listing: a search that stopped early must not look like one that found nothing."""
        pages = self._control.get_paginator("list_model_customization_jobs").paginate(
            sortBy="CreationTime",
            sortOrder="Descending",
            PaginationConfig={"PageSize": PAGE_SIZE, "MaxItems": MAX_LISTED + 1},
        )
        number = 0
        for page in pages:
            for response in page.get("modelCustomizationJobSummaries", []):
                number += 1
                if number > MAX_LISTED:
                    raise ProviderUnavailable(
                        f"Bedrock lists more than {MAX_LISTED} customization jobs; they cannot all be "
                        "looked through for this run's"
                    )
                yield response

    def _listed(self, response: Fields) -> Job:
        """Return a job as the listing tells it: which file it trains on follows from its name."""
        return Job(
            job_id=response["jobArn"],
            run_key=None,
            status=self._status(response["status"]),
            fine_tuned_model=response.get("customModelArn"),
            training_file=self._address(keys.bedrock_training_file(f"{response['jobName']}.jsonl")),
            base_model=_model_id(response["baseModelArn"]),
            created_at=response["creationTime"],
            never_began=_never_began(response),
            tells_bill=False,
            names_model=False,
        )

    def _job(self, response: Fields) -> Job:
        listed = {**response, "customModelArn": response.get("outputModelArn")}
        return replace(
            self._listed(listed),
            training_file=response["trainingDataConfig"].get("s3Uri"),
            result_files=(response["outputDataConfig"]["s3Uri"],),
            error=response.get("failureMessage", ""),
        )

    def _status(self, word: str) -> str:
        return self._provider.statuses.get(word, word)

    def _result_keys(self, job: Job) -> list[str]:
        own = self._address("")
        prefixes = (one.removeprefix(own) for one in job.result_files if one.startswith(own))
        return [key for prefix in prefixes for key in self._bucket.keys(prefix)]

    def _foundation_models(self) -> list[dict[str, Any]]:
        return list(self._control.list_foundation_models().get("modelSummaries", []))

    def _uploaded(self, name: str) -> UploadedFile:
        return UploadedFile(self._address(keys.bedrock_training_file(name)), name)

    def _address(self, key: str) -> str:
        return f"s3://{self._bucket.name}/{key}"


def _tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in tags.items()]


def _model_id(arn: str) -> str:
    """`amazon.nova-micro-v1:0:128k` of the ARN of a foundation model."""
    return arn.rpartition("/")[2]


def _never_began(response: Fields) -> bool:
    """Return whether the service says that training never took a step."""
    training = response.get("statusDetails", {}).get("trainingDetails", {})
    return bool(training.get("status") == "NotStarted")


def _completion(response: Fields) -> Completion:
    """Return an answer, which may be UNUSABLE and billed all the same."""
    message, usage = response.get("output", {}).get("message") or {}, response.get("usage", {})
    texts = [part["text"] for part in message.get("content", []) if "text" in part]
    reason = str(response.get("stopReason", ""))
    return Completion(
        text=encodable("".join(texts)),
        finish_reason=FINISHED.get(reason, reason) if texts else UNUSABLE,
        prompt_tokens=usage.get("inputTokens"),
        completion_tokens=usage.get("outputTokens"),
    )


def _curve(content: bytes) -> Iterator[TrainingStep]:
    for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig"))):
        yield TrainingStep(
            step=int(row["step_number"]),
            train_loss=response_parsing.measure(row.get("training_loss")),
            train_accuracy=None,
            valid_loss=response_parsing.measure(row.get("validation_loss")),
            valid_mean_token_accuracy=None,
        )
