"""Customization jobs: create, get, list, stop."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any

from botocore.exceptions import ClientError

from infra.local.provider.bedrock.data import read_conversations
from infra.local.provider.bedrock.service import conflict
from infra.local.provider.catalogue import Model
from infra.local.provider.context import RequestContext
from infra.local.provider.engine import JobState
from infra.local.provider.examples import BadTrainingFile, TrainingData
from infra.local.provider.store import Job
from infra.local.provider.wire import Json, bad_request, not_found

REGION, ACCOUNT = "us-east-1", "000000000000"
CURVE = "step_wise_training_metrics.csv"
_MOST_EPOCHS = 5  # Nova's
_STOPPING = 0.05  # of the time that a job takes
_STATUSES = {"succeeded": "Completed", "failed": "Failed", "cancelled": "Stopped"}


def arn(kind: str, name: str, account: str = ACCOUNT) -> str:
    return f"arn:aws:bedrock:{REGION}:{account}:{kind}/{name}"


def create_job(context: RequestContext, asked: Json) -> Json:
    """Create a job; a request with the token of an earlier one is ignored, and gets its answer."""
    with context.store.lock:
        for job in context.store.all(Job):
            if job.asked.get("clientRequestToken") == asked.get("clientRequestToken"):
                return {"jobArn": job.id}
            if asked["jobName"] == job.asked.get("jobName"):
                raise conflict(f"The job name {asked['jobName']} is in use already.")
        job = _job(context, asked)
        context.store.put(job)
    return {"jobArn": job.id}


def get_job(context: RequestContext, asked: Json) -> Json:
    job = _found(context, asked["jobIdentifier"])
    wish, state = job.asked, context.state(job)
    if state.status == "succeeded":
        _leave_curve(context, job, state.total_steps)
    told = {
        **_summary(context, job),
        "outputModelName": wish["customModelName"],
        "clientRequestToken": wish["clientRequestToken"],
        "roleArn": wish["roleArn"],
        "hyperParameters": wish["hyperParameters"],
        "trainingDataConfig": wish["trainingDataConfig"],
        "validationDataConfig": wish.get("validationDataConfig", {"validators": []}),
        "outputDataConfig": wish["outputDataConfig"],
    }
    told["outputModelArn"] = told.pop("customModelArn", None)
    told.pop("customModelName", None)
    if state.failure is not None:
        told["failureMessage"] = state.failure["message"]
    return {name: value for name, value in told.items() if value is not None}


def list_jobs(context: RequestContext, asked: Json) -> Json:
    rows = [_summary(context, job) for job in context.store.all(Job) if job.asked]
    if asked.get("sortOrder", "Descending") == "Descending":
        rows.reverse()
    start, size = int(asked.get("nextToken", 0)), int(asked.get("maxResults", 100))
    more = {"nextToken": str(start + size)} if start + size < len(rows) else {}
    return {"modelCustomizationJobSummaries": rows[start : start + size], **more}


def stop_job(context: RequestContext, asked: Json) -> Json:
    with context.store.lock:
        job = _found(context, asked["jobIdentifier"])
        if not context.state(job).is_running:
            raise conflict(f"The job {job.id} has ended.")
        context.store.put(replace(job, cancelled_at=context.at))
    return {}


def custom_model(job: Job) -> str:
    """Return the ARN of a job's model."""
    return arn("custom-model", f"{job.model}/{job.id[-12:]}")


def _job(context: RequestContext, asked: Json) -> Job:
    base = _base(context, asked["baseModelIdentifier"])
    content = _training_file(context, asked["trainingDataConfig"]["s3Uri"])
    data, refusal = _validated(base, content)
    tokens = context.app.engine.count_tokens(base, data)
    name = f"{base.wire_name}/{token_hex(6)}"
    return Job(
        id=arn("model-customization-job", name),
        model=base.wire_name,
        training_file=asked["trainingDataConfig"]["s3Uri"],
        training_sha256=context.store.save(content),
        validation_file=None,
        validation_sha256=None,
        hyperparameters={"n_epochs": _epochs(asked), "batch_size": 1},
        uses_method=False,
        suffix=None,
        seed=0,
        metadata={tag["key"]: tag["value"] for tag in asked.get("jobTags", [])},
        created_at=context.at,
        seconds=context.app.job_seconds,
        n_examples=len(data.lines),
        tokens_per_epoch=sum(tokens),
        refusal=refusal or _too_long(base, tokens),
        traits=context.traits,
        asked=asked,
    )


def _base(context: RequestContext, name: str) -> Model:
    base = context.app.catalogue.get(name)
    if base is None:
        raise bad_request(f"The provided model identifier {name} is invalid.")
    return base


def _training_file(context: RequestContext, address: str) -> bytes:
    try:
        return bytes(context.app.s3.get_object(**_object(address))["Body"].read())
    except ClientError as error:
        raise bad_request(f"The S3 location {address} cannot be read: {error}") from error


def _object(address: str) -> dict[str, str]:
    """An object as boto3 names it."""
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": key}


def _validated(base: Model, content: bytes) -> tuple[TrainingData, Mapping[str, str] | None]:
    """The training data, and the error the job will fail with if the file is of no use."""
    try:
        data = read_conversations(content)
    except BadTrainingFile as error:
        return TrainingData(()), {"message": str(error)}
    if len(data.lines) < base.min_examples:
        return data, {"message": f"{len(data.lines)} records, at least {base.min_examples} needed"}
    return data, None


def _too_long(base: Model, tokens: tuple[int, ...]) -> Mapping[str, str] | None:
    longest = base.longest_example
    if longest is None or max(tokens, default=0) <= longest:
        return None
    return {"message": f"a record has {max(tokens)} tokens, more than {longest}"}


def _epochs(asked: Json) -> int:
    told = asked.get("hyperParameters", {}).get("epochCount", "2")
    if not told.isdecimal() or not 1 <= int(told) <= _MOST_EPOCHS:
        raise bad_request(f"epochCount must be 1 to {_MOST_EPOCHS}, found {told!r}")
    return int(told)


def _found(context: RequestContext, identifier: str) -> Job:
    for job in context.store.all(Job):
        if identifier in (job.id, job.asked.get("jobName")):
            return job
    raise not_found(f"The customization job {identifier} does not exist.")


def _summary(context: RequestContext, job: Job) -> Json:
    state = context.state(job)
    end = state.finished_at
    done = {"customModelArn": custom_model(job)} if state.status == "succeeded" else {}
    return {
        "jobArn": job.id,
        "jobName": job.asked["jobName"],
        "baseModelArn": arn("foundation-model", job.model, account=""),
        "status": _status(job, state, context.at),
        "statusDetails": _details(job, state),
        "creationTime": _moment(job.created_at),
        "lastModifiedTime": _moment(end or context.at),
        "customModelName": job.asked["customModelName"],
        "customizationType": "FINE_TUNING",
        **({"endTime": _moment(end)} if end is not None else {}),
        **done,
    }


def _status(job: Job, state: JobState, now: float) -> str:
    if job.cancelled_at is not None and now < job.cancelled_at + _STOPPING * job.seconds:
        return "Stopping"
    return _STATUSES.get(state.status, "InProgress")


def _details(job: Job, state: JobState) -> Json:
    """Validation, then processing, then training: each not started, in progress or done."""
    begun = state.progress > 0
    ended = _STATUSES.get(state.status)
    training = (ended or "InProgress") if begun and not job.refusal else "NotStarted"
    checked = "Failed" if job.refusal and ended == "Failed" else "InProgress"
    states: dict[str, Any] = {
        "validationDetails": "Completed" if begun and not job.refusal else checked,
        "dataProcessingDetails": "Completed" if training != "NotStarted" else "NotStarted",
        "trainingDetails": training,
    }
    at = _moment(job.created_at)
    return {name: {"status": state, "creationTime": at} for name, state in states.items()}


def _leave_curve(context: RequestContext, job: Job, steps: int) -> None:
    """Bedrock writes what it measured into the user's bucket, once."""
    folder = f"model-customization-job-{job.id[-12:]}/training_artifacts/"
    place = _object(f"{job.asked['outputDataConfig']['s3Uri']}{folder}{CURVE}")
    with suppress(ClientError):
        context.app.s3.get_object(**place)
        return
    epochs = job.hyperparameters["n_epochs"]
    curve = context.app.engine.learning_curve(job)
    rows = [line.split(",")[:2] for line in curve.splitlines()[1:]]
    body = "step_number,epoch_number,training_loss\n" + "".join(
        f"{step},{-(-int(step) * epochs // steps)},{loss}\n" for step, loss in rows
    )
    context.app.s3.put_object(**place, Body=body.encode())


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
