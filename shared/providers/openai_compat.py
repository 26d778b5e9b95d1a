"""Any service that speaks OpenAI's wire protocol, through the `openai` client.

The client repeats a failed POST by itself and sends no idempotency key, so everything that costs
money goes through a copy of it that never retries.
"""

import base64
import binascii
import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, BinaryIO, TypeVar
from urllib.parse import quote, urljoin

import openai
from openai.types import FileObject
from openai.types.chat import ChatCompletion
from openai.types.fine_tuning import FineTuningJob

from shared.catalogue import Provider
from shared.providers.contract import (
    CALL_TIMEOUT_SECONDS,
    KEY_FIELD,
    PURCHASE_FIELD,
    ChatRequest,
    Completion,
    Deployment,
    FileState,
    Job,
    JobEvent,
    JobRequest,
    ProviderRejected,
    ProviderUnavailable,
    TrainingStep,
    UploadedFile,
)
from shared.providers.openai_errors import meaning, unreadable

UPLOAD_TIMEOUT_SECONDS = 600
PAGE_SIZE = 100
MAX_LISTED = 10_000
MAX_EVENTS = 1_000
MAX_RESULT_BYTES = 10_000_000
LONG_AGO = datetime.fromtimestamp(0, UTC)
FILE_STATES: Mapping[str, FileState] = {
    "processed": "ready",
    "error": "broken",
    "failed": "broken",
    "deleted": "broken",
}
Listed = TypeVar("Listed")


class OpenAICompatible:
    """`client` retries as it likes; what buys is sent once."""

    def __init__(self, client: openai.OpenAI, provider: Provider) -> None:
        self._client = client
        self._once = client.with_options(max_retries=0)
        self._provider = provider

    @classmethod
    def connect(
        cls, provider: Provider, api_key: str, base_url: str | None = None
    ) -> "OpenAICompatible":
        """A client of `provider`, at its own address unless `base_url` says otherwise."""
        client = openai.OpenAI(
            api_key=api_key,
            base_url=base_url or provider.base_url,
            timeout=CALL_TIMEOUT_SECONDS,
        )
        return cls(client, provider)

    def find_files(self, name: str) -> list[UploadedFile]:
        """The training files called `name`, oldest first."""
        with _explained(f"looking for the file {name}"):
            files = _all(self._client.files.list(purpose="fine-tune", limit=PAGE_SIZE))
            found = [file for file in files if file.filename == name]
        found.sort(key=lambda file: (file.created_at, file.id))
        return [_file(file) for file in found]

    def upload(self, name: str, content: BinaryIO) -> UploadedFile:
        with _explained(f"uploading {name}"):
            file = self._once.files.create(
                file=(name, content), purpose="fine-tune", timeout=UPLOAD_TIMEOUT_SECONDS
            )
            return _file(file)

    def file(self, file_id: str) -> UploadedFile | None:
        with _explained(f"asking after the file {file_id}"):
            try:
                return _file(self._client.files.retrieve(file_id))
            except openai.NotFoundError:
                return None

    def delete_file(self, file_id: str) -> None:
        """A file that is gone already is as good as deleted."""
        with _explained(f"deleting the file {file_id}"):
            try:
                self._client.files.delete(file_id)
            except openai.NotFoundError:
                return

    def create(self, request: JobRequest) -> Job:
        """Buy a fine-tuning job: one request, no retries."""
        fields: dict[str, Any] = {
            "model": request.base_model,
            "training_file": request.file_id,
            "metadata": {KEY_FIELD: request.run_key, PURCHASE_FIELD: request.purchase_id},
            **self._hyperparameters(request),
        }
        optional = {"suffix": request.suffix, "seed": request.seed}
        fields |= {name: value for name, value in optional.items() if value is not None}
        with _explained(f"creating a fine-tuning job on {request.base_model}", buys=True):
            return _job(self._once.fine_tuning.jobs.create(**fields))

    def jobs(self) -> list[Job]:
        """Every visible job, newest first; never filtered by a server that may not know of what."""
        with _explained("listing the fine-tuning jobs"):
            found = [_job(raw) for raw in _all(self._client.fine_tuning.jobs.list(limit=PAGE_SIZE))]
        found.sort(key=lambda job: job.created_at or LONG_AGO, reverse=True)
        return found

    def get(self, job_id: str) -> Job | None:
        with _explained(f"asking after job {job_id}"):
            try:
                return _job(self._client.fine_tuning.jobs.retrieve(job_id))
            except openai.NotFoundError:
                return None

    def cancel(self, job_id: str) -> None:
        with _explained(f"cancelling job {job_id}"):
            self._client.fine_tuning.jobs.cancel(job_id)

    def events(self, job_id: str) -> list[JobEvent]:
        """The newest lines of the job's log, oldest first."""
        with _explained(f"reading the log of job {job_id}"):
            page = self._client.fine_tuning.jobs.list_events(job_id, limit=PAGE_SIZE)
            newest = list(islice(page, MAX_EVENTS))
        return [
            JobEvent(datetime.fromtimestamp(event.created_at, UTC), event.level, event.message)
            for event in reversed(newest)
        ]

    def checkpoints(self, job_id: str) -> list[str]:
        """The ids of the job's checkpoints, the last step's first."""
        with _explained(f"listing the checkpoints of job {job_id}"):
            found = _all(self._client.fine_tuning.jobs.checkpoints.list(job_id, limit=PAGE_SIZE))
        found.sort(key=lambda checkpoint: checkpoint.step_number, reverse=True)
        return [checkpoint.id for checkpoint in found]

    def result_metrics(self, job: Job) -> list[TrainingStep]:
        """The training curve of a finished job; some services send the CSV in base64."""
        steps: list[TrainingStep] = []
        for file_id in job.result_files:
            with _explained(f"reading the result file {file_id}"):
                text = _csv_text(self._download(file_id))
                steps += [_step(row) for row in csv.DictReader(io.StringIO(text))]
        return steps

    def shutdown_dates(self) -> dict[str, date]:
        """The announced last day of each model that has one."""
        with _explained("listing the models"):
            models = list(islice(self._client.models.list(), MAX_LISTED))
            dated = ((model.id, getattr(model, "shutdown_date", None)) for model in models)
            return {name: date.fromisoformat(day) for name, day in dated if day}

    def deploy(self, name: str, base_model: str, job_id: str, checkpoint_id: str) -> Deployment:
        """Ask for a checkpoint to be served as `name`, unless it already is."""
        existing = self.deployment(name)
        if existing is not None:
            return existing
        body = {"name": name, "base_model": base_model, "source": f"{job_id}:{checkpoint_id}"}
        with _explained(f"deploying {name}"):
            reply = self._once.post(self._deployments(), cast_to=object, body=body)
            return _deployment(reply)

    def deployment(self, name: str) -> Deployment | None:
        with _explained(f"asking after the deployment {name}"):
            try:
                return _deployment(self._client.get(self._deployments(name), cast_to=object))
            except openai.NotFoundError:
                return None

    def undeploy(self, name: str) -> None:
        """A deployment that is gone already is as good as retired."""
        with _explained(f"retiring the deployment {name}"):
            try:
                self._client.delete(self._deployments(name), cast_to=object)
            except openai.NotFoundError:
                return

    def complete(self, request: ChatRequest) -> Completion:
        """Buy one answer: one request, no retries."""
        fields: dict[str, Any] = {
            "model": request.model,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
        }
        if request.seed is not None:
            fields["seed"] = request.seed
        with _explained(f"asking {request.model}", buys=True):
            return _completion(self._once.chat.completions.create(**fields))

    def _hyperparameters(self, request: JobRequest) -> dict[str, object]:
        rules = self._provider.hyperparameters
        values = {"n_epochs": request.n_epochs, **request.hyperparameters, **rules.extra}
        if rules.style == "top_level":
            return {"hyperparameters": values}
        return {"method": {"type": "supervised", "supervised": {"hyperparameters": values}}}

    def _deployments(self, name: str | None = None) -> str:
        root = urljoin(str(self._client.base_url), "../v0/models")
        return root if name is None else f"{root}/{quote(name, safe='')}"

    def _download(self, file_id: str) -> bytes:
        content = bytearray()
        with self._client.files.with_streaming_response.content(file_id) as response:
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > MAX_RESULT_BYTES:
                    raise ProviderRejected(
                        f"the result file {file_id} is larger than {MAX_RESULT_BYTES} bytes"
                    )
        return bytes(content)


@contextmanager
def _explained(doing: str, *, buys: bool = False) -> Iterator[None]:
    try:
        yield
    except openai.APIError as error:
        raise meaning(error, doing, buys=buys) from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise unreadable(doing, buys=buys) from error


def _all(listing: Iterable[Listed]) -> list[Listed]:
    """The whole listing: a search that stopped early must not look like one that found nothing."""
    listed = list(islice(listing, MAX_LISTED + 1))
    if len(listed) > MAX_LISTED:
        raise ProviderUnavailable(
            f"the provider lists more than {MAX_LISTED} items; delete old ones there and try again"
        )
    return listed


def _job(raw: FineTuningJob) -> Job:
    metadata = raw.metadata or {}
    return Job(
        job_id=_text(raw.id),
        run_key=metadata.get(KEY_FIELD),
        status=_text(raw.status),
        fine_tuned_model=raw.fine_tuned_model or None,
        trained_tokens=_count(raw.trained_tokens),
        result_files=tuple(raw.result_files or ()),
        error=(raw.error.message or "") if raw.error else "",
        training_file=raw.training_file or None,
        base_model=raw.model or None,
        created_at=datetime.fromtimestamp(raw.created_at, UTC) if raw.created_at else None,
    )


def _file(raw: FileObject) -> UploadedFile:
    state: FileState = FILE_STATES.get(raw.status, "pending")
    return UploadedFile(_text(raw.id), raw.filename or "", state)


def _completion(raw: ChatCompletion) -> Completion:
    choice = raw.choices[0]
    return Completion(
        text=choice.message.content or "",
        finish_reason=choice.finish_reason or "",
        prompt_tokens=_count(raw.usage.prompt_tokens) if raw.usage else None,
        completion_tokens=_count(raw.usage.completion_tokens) if raw.usage else None,
    )


def _deployment(reply: object) -> Deployment:
    if not isinstance(reply, dict):
        raise TypeError("a deployment is a JSON object")
    return Deployment(_text(reply["name"]), _text(reply["status"]))


def _csv_text(content: bytes) -> str:
    if not content.lstrip().startswith(b"step"):
        try:
            content = base64.b64decode(content, validate=True)
        except binascii.Error as error:
            raise ValueError("neither CSV nor base64") from error
    return content.decode()


def _step(row: dict[str, str]) -> TrainingStep:
    def measure(name: str) -> float | None:
        return float(row[name]) if row.get(name) else None

    return TrainingStep(
        step=int(row["step"]),
        train_loss=measure("train_loss"),
        train_accuracy=measure("train_accuracy"),
        valid_loss=measure("valid_loss"),
        valid_mean_token_accuracy=measure("valid_mean_token_accuracy"),
    )


def _count(value: object) -> int | None:
    """A number of tokens; the client passes on whatever the wire said."""
    return value if isinstance(value, int) and value >= 0 else None


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError(f"expected a name, got {value!r}")
    return value
