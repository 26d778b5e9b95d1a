"""Any service that speaks OpenAI's wire protocol, through the `openai` client.

The client repeats a failed POST by itself and sends no idempotency key, so everything that costs
money goes through a copy of it that never retries. It builds requests; replies are read by
`response_parsing`, because the client hands on whatever the wire said under the names of its own types.
"""

import codecs
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any, BinaryIO
from urllib.parse import quote, urljoin

import httpx2
import openai

from shared.catalogue import JobField, Provider
from shared.providers import response_parsing
from shared.providers.contract import (
    CALL_TIMEOUT_SECONDS,
    KEY_FIELD,
    PURCHASE_FIELD,
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
from shared.providers.error_mapping import MAX_QUOTED, mapped_errors
from shared.providers.http_client import http_client
from shared.providers.keys import KeySource
from shared.text import without_key

# A provider may take its time over a file when the last byte is there.
UPLOAD_TIMEOUT_SECONDS = 120
CHECK_TIMEOUT_SECONDS = 20
PAGE_SIZE = 100
MAX_LISTED = 10_000
After = str | openai.Omit


class OpenAICompatible:
    """`client` retries as it likes; what buys is sent once."""

    def __init__(
        self, client: openai.OpenAI, provider: Provider, key: KeySource | None = None
    ) -> None:
        self._client = client
        self._once = client.with_options(max_retries=0)
        self._provider = provider
        self._key = key or (lambda _anew: client.api_key)

    @classmethod
    def connect(
        cls, provider: Provider, key: KeySource, base_url: str | None = None
    ) -> "OpenAICompatible":
        """Return a client of `provider`, at its own address unless `base_url` says otherwise.

        A redirect is not followed: it would carry texts to a place that nobody chose.
        """
        client = openai.OpenAI(
            api_key=lambda: key(False),
            base_url=base_url or provider.base_url,
            timeout=CALL_TIMEOUT_SECONDS,
            http_client=http_client(base_url or provider.base_url, key),
        )
        return cls(client, provider, key)

    @property
    def base_url(self) -> str:
        """Where it is asked."""
        return str(self._client.base_url)

    def find_files(self, name: str) -> list[UploadedFile]:
        """Return the training files called `name`, oldest first."""
        with mapped_errors(f"looking for the file {name}"):
            listed = _all(
                lambda after: self._client.files.with_raw_response.list(
                    purpose="fine-tune", limit=PAGE_SIZE, after=after
                )
            )
            listed.sort(
                key=lambda resource: (response_parsing.uploaded_at(resource), resource["id"])
            )
            return [
                found
                for resource in listed
                if (found := response_parsing.file(resource)).name == name
            ]

    def upload(self, name: str, content: BinaryIO) -> UploadedFile:
        sent = codecs.BOM_UTF8 + content.read() if self._provider.byte_order_mark else content
        with mapped_errors(f"uploading {name}"):
            reply = self._once.files.with_raw_response.create(
                file=(name, sent), purpose="fine-tune", timeout=UPLOAD_TIMEOUT_SECONDS
            )
            return response_parsing.file(response_parsing.decoded(reply.content))

    def file(self, file_id: str) -> UploadedFile | None:
        with mapped_errors(f"asking after the file {file_id}"):
            return _unless_absent(
                response_parsing.file,
                lambda: self._client.files.with_raw_response.retrieve(file_id),
            )

    def delete_file(self, file_id: str) -> None:
        """A file that is gone already is as good as deleted."""
        with mapped_errors(f"deleting the file {file_id}"), suppress(openai.NotFoundError):
            self._client.files.with_raw_response.delete(file_id)

    def create(self, request: JobRequest) -> Job:
        """Buy a fine-tuning job: one request, no retries."""
        fields: dict[str, Any] = {
            "model": request.base_model,
            "training_file": request.file_id,
            **self._hyperparameters(request),
            **self._optional(request),
            "extra_body": {**self._provider.job_fields, **self._time_limit(request)},
        }
        with mapped_errors(f"creating a fine-tuning job on {request.base_model}", buys=True):
            reply = self._once.fine_tuning.jobs.with_raw_response.create(**fields)
            return self._job(response_parsing.decoded(reply.content))

    def jobs(self) -> list[Job]:
        """Return every visible job, newest first; never filtered by a server that may not know of what."""
        with mapped_errors("listing the fine-tuning jobs"):
            listed = _all(
                lambda after: self._client.fine_tuning.jobs.with_raw_response.list(
                    limit=PAGE_SIZE, after=after
                )
            )
            found = [self._job(resource) for resource in listed]
        found.sort(
            key=lambda job: job.created_at.timestamp() if job.created_at else 0, reverse=True
        )
        return found

    def get(self, job_id: str) -> Job | None:
        with mapped_errors(f"asking after job {job_id}"):
            return _unless_absent(
                self._job,
                lambda: self._client.fine_tuning.jobs.with_raw_response.retrieve(job_id),
            )

    def cancel(self, job_id: str) -> None:
        with mapped_errors(f"cancelling job {job_id}"):
            self._client.fine_tuning.jobs.with_raw_response.cancel(job_id)

    def events(self, job_id: str) -> list[JobEvent]:
        """Return the lines of the job's log, oldest first."""
        with mapped_errors(f"reading the log of job {job_id}"):
            resource = _all(
                lambda after: self._client.fine_tuning.jobs.with_raw_response.list_events(
                    job_id, limit=PAGE_SIZE, after=after
                )
            )
            log = [response_parsing.event(line) for line in reversed(resource)]
            return [replace(line, message=self._without_key(line.message)) for line in log]

    def checkpoints(self, job_id: str) -> list[str]:
        """Return the ids of the job's checkpoints, the last step's first."""
        with mapped_errors(f"listing the checkpoints of job {job_id}"):
            found = _all(
                lambda after: self._client.fine_tuning.jobs.checkpoints.with_raw_response.list(
                    job_id, limit=PAGE_SIZE, after=after
                )
            )
            found.sort(key=response_parsing.step_number, reverse=True)
            return [checkpoint["id"] for checkpoint in found]

    def result_metrics(self, job: Job) -> list[TrainingStep]:
        """Return the training curve of a finished job."""
        steps: list[TrainingStep] = []
        for file_id in job.result_files:
            with mapped_errors(f"reading the result file {file_id}"):
                steps += response_parsing.curve(
                    self._client.files.with_raw_response.content(file_id).content
                )
        return steps

    def model_names(self) -> frozenset[str]:
        """Return the names of the models that the provider lists; asked once, and free."""
        with mapped_errors("listing the models"):
            reply = self._once.models.with_raw_response.list(timeout=CHECK_TIMEOUT_SECONDS)
            return frozenset(
                model["id"]
                for model in response_parsing.entries(response_parsing.decoded(reply.content))
            )

    def shutdown_dates(self) -> dict[str, date]:
        """Return the announced last day of each model that has one."""
        with mapped_errors("listing the models"):
            resource = response_parsing.decoded(
                self._client.models.with_raw_response.list().content
            )
            dated = (
                (model["id"], response_parsing.shutdown_date(model))
                for model in response_parsing.entries(resource)
            )
            return {name: day for name, day in dated if day}

    def deploy(self, name: str, base_model: str, job_id: str, checkpoint_id: str) -> Deployment:
        """Ask for a checkpoint to be served as `name`, unless it already is."""
        existing = self.deployment(name)
        if existing is not None:
            return existing
        body = {"name": name, "base_model": base_model, "source": f"{job_id}:{checkpoint_id}"}
        with mapped_errors(f"deploying {name}"):
            reply = self._once.post(self._deployments(), cast_to=httpx2.Response, body=body)
            return response_parsing.deployment(response_parsing.decoded(reply.content))

    def deployment(self, name: str) -> Deployment | None:
        with mapped_errors(f"asking after the deployment {name}"):
            return _unless_absent(
                response_parsing.deployment,
                lambda: self._client.get(self._deployments(name), cast_to=httpx2.Response),
            )

    def undeploy(self, name: str) -> None:
        """A deployment that is gone already is as good as retired."""
        with mapped_errors(f"retiring the deployment {name}"), suppress(openai.NotFoundError):
            self._client.delete(self._deployments(name), cast_to=httpx2.Response)

    def complete(self, request: ChatRequest) -> Completion:
        """Buy one answer: one request, no retries."""
        fields: dict[str, Any] = {
            "model": request.model,
            "messages": [{"role": m.role, "content": m.content} for m in request.messages],
            request.answer_limit: request.max_tokens,
        }
        if request.temperature is not None:
            fields["temperature"] = request.temperature
        if request.seed is not None:
            fields["seed"] = request.seed
        with mapped_errors(f"asking {request.model}", buys=True, asks_a_model=True):
            reply = self._once.chat.completions.with_raw_response.create(**fields)
            return response_parsing.completion(response_parsing.decoded(reply.content))

    def _job(self, resource: Any) -> Job:
        """Return a job with its status in the protocol's words, where the profile knows them."""
        job = response_parsing.job(resource)
        status = self._provider.statuses.get(job.status, job.status)
        billing = self._provider.time_billing
        seconds = response_parsing.seconds(resource.get(billing.billed)) if billing else None
        return replace(
            job,
            status=status,
            error=self._without_key(job.error),
            billed_seconds=seconds,
            names_model=self._provider.deploy == "none",
        )

    def _without_key(self, text: str) -> str:
        """Return the beginning of what a service wrote, which may quote the request and its key."""
        return without_key(text, self._key(False))[:MAX_QUOTED]

    def _optional(self, request: JobRequest) -> dict[str, object]:
        """Return the optional fields that this provider takes; some services refuse a field they do not know."""
        values: dict[JobField, object] = {
            "metadata": {KEY_FIELD: request.run_key, PURCHASE_FIELD: request.purchase_id},
            "suffix": request.suffix,
            "seed": request.seed,
            "validation_file": request.validation_id,
        }
        taken = ((name, values[name]) for name in self._provider.fields)
        return {name: value for name, value in taken if value is not None}

    def _time_limit(self, request: JobRequest) -> dict[str, object]:
        billing = self._provider.time_billing
        return {billing.limit: request.time_limit} if billing and request.time_limit else {}

    def _hyperparameters(self, request: JobRequest) -> dict[str, object]:
        rules = self._provider.hyperparameters
        values = {"n_epochs": request.n_epochs, **request.hyperparameters, **rules.extra}
        if rules.style == "top_level":
            return {"hyperparameters": values}
        return {"method": {"type": "supervised", "supervised": {"hyperparameters": values}}}

    def _deployments(self, name: str | None = None) -> str:
        root = urljoin(str(self._client.base_url), "../v0/models")
        return root if name is None else f"{root}/{quote(name, safe='')}"


def _all(page_after: Callable[[After], Any]) -> list[dict[str, Any]]:
    """Return the whole listing: a search that stopped early must not look like one that found nothing.

    A page that brings nothing new is the last: a service may ignore `after` and say there is more.
    """
    found: dict[str, dict[str, Any]] = {}
    after: After = openai.omit
    while len(found) <= MAX_LISTED:
        page = response_parsing.page(response_parsing.decoded(page_after(after).content))
        fresh = {item["id"]: dict(item) for item in page.items if item["id"] not in found}
        found |= fresh
        if not fresh or page.more is False:
            return list(found.values())
        after = page.items[-1]["id"]
    raise ProviderUnavailable(
        f"the provider lists more than {MAX_LISTED} items; delete old ones there and try again"
    )


def _unless_absent(
    read: Callable[[Any], response_parsing.Read], send: Callable[[], Any]
) -> response_parsing.Read | None:
    """Return what a reply says, or None where the provider does not know what is asked after."""
    try:
        reply = send()
    except openai.NotFoundError:
        return None
    return read(response_parsing.decoded(reply.content))
