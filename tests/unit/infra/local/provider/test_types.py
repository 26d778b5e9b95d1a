"""What the stand-in shows, and what the adapter sends, held against the openai client's own types, strictly."""

import json
from collections.abc import Callable
from typing import Any, get_type_hints

import httpx2
import openai
import pytest
from openai.types import FileObject
from openai.types import Model as ModelObject
from openai.types.chat import ChatCompletion
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from openai.types.fine_tuning import FineTuningJob, FineTuningJobEvent, job_create_params
from openai.types.fine_tuning.jobs import FineTuningJobCheckpoint
from pydantic import BaseModel, TypeAdapter

from infra.local.provider.manners import OPENAI, Manner
from shared import catalogue
from shared.providers import ChatRequest, JobRequest, Message
from shared.providers.openai_compat import OpenAICompatible
from tests.unit.infra.local.provider.counter import LATER, Counters, every_manner

Call = Callable[[], Any]


def shown(call: Call) -> list[dict[str, Any]]:
    """The documents of a raw reply: the one, or those of a page."""
    told = json.loads(call().content)
    return list(told["data"]) if told.get("object") == "list" else [told]


def hold(kind: type[BaseModel], document: dict[str, Any]) -> None:
    """Raise unless the document is one of the client's, nothing converted."""
    kind.model_validate_json(json.dumps(document), strict=True)


@every_manner
def test_every_document_is_valid_for_the_clients_types(at: Counters, manner: Manner) -> None:
    counter = at(manner)
    raw = counter.client.fine_tuning.jobs.with_raw_response
    job = counter.finished(counter.create())
    model = job.fine_tuned_model
    counter.clock += LATER
    files, checkpoints = counter.client.files, counter.client.fine_tuning.jobs.checkpoints
    calls: list[tuple[type[BaseModel], Call]] = [
        (FineTuningJob, lambda: raw.retrieve(job.id)),
        (FineTuningJob, raw.list),
        (FineTuningJobEvent, lambda: raw.list_events(job.id)),
        (FineTuningJobCheckpoint, lambda: checkpoints.with_raw_response.list(job.id)),
        (FileObject, files.with_raw_response.list),
        (FileObject, lambda: files.with_raw_response.retrieve(job.training_file)),
        (ModelObject, counter.client.models.with_raw_response.list),
    ]
    for kind, call in calls:
        documents = shown(call)
        assert documents, kind
        for document in documents:
            hold(kind, document)
    if model:
        asked: Any = {"model": model, "messages": [{"role": "user", "content": "Why?"}]}
        (answer,) = shown(lambda: counter.client.chat.completions.with_raw_response.create(**asked))
        hold(ChatCompletion, answer)


def test_a_document_with_a_number_for_a_text_would_be_noticed(at: Counters) -> None:
    counter = at(OPENAI)
    job = counter.create()
    (document,) = shown(lambda: counter.client.fine_tuning.jobs.with_raw_response.retrieve(job.id))
    with pytest.raises(ValueError, match="model"):
        hold(FineTuningJob, {**document, "model": 7})


class Recorder:
    """Answers everything with an error that says nothing was done, and keeps what was sent."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.bodies.append(json.loads(request.read()))
        return httpx2.Response(400, json={"error": {"message": "no"}})


def sent(provider: str, send: Callable[[OpenAICompatible], object]) -> dict[str, Any]:
    recorder = Recorder()
    client = openai.OpenAI(
        api_key="k",
        base_url="http://recorder.invalid/v1/",
        http_client=httpx2.Client(transport=httpx2.MockTransport(recorder)),
    )
    with pytest.raises(Exception, match="the provider said"):
        send(OpenAICompatible(client, catalogue.packaged().provider(provider)))
    (body,) = recorder.bodies
    return body


def hold_request(kind: Any, body: dict[str, Any]) -> None:
    """Raise unless the endpoint knows every field of the body, and its values are of the fields' types."""
    assert set(body) <= set(get_type_hints(kind))
    TypeAdapter(kind).validate_python(body)


JOB = JobRequest(
    "purchase", 2, "gpt-4.1-mini-2025-04-14", "file-1", 4, "show", 7, validation_id="file-2"
)
PROTOCOL = [one.provider for one in catalogue.packaged().providers if one.api == "openai"]
ASKED = ChatRequest("ft:model", (Message("system", "Card."), Message("user", "Why?")), 50, 0.5, 7)


@pytest.mark.parametrize("provider", PROTOCOL)
def test_every_request_that_buys_is_valid_for_its_endpoint(provider: str) -> None:
    job = sent(provider, lambda adapter: adapter.create(JOB))
    hold_request(job_create_params.JobCreateParams, job)
    assert job.get("validation_file") == ("file-2" if provider == "openai" else None)
    hold_request(
        CompletionCreateParamsNonStreaming, sent(provider, lambda adapter: adapter.complete(ASKED))
    )


def test_a_field_that_no_endpoint_knows_would_be_noticed() -> None:
    body = sent("openai", lambda adapter: adapter.create(JOB))
    with pytest.raises(AssertionError):
        hold_request(job_create_params.JobCreateParams, {**body, "epochs": 4})
    with pytest.raises(ValueError, match="training_file"):
        hold_request(job_create_params.JobCreateParams, {**body, "training_file": 7})
