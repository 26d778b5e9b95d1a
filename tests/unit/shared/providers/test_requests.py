"""What the adapter sends, held against the openai client's own types, strictly."""

import json
from collections.abc import Callable
from typing import Any, get_type_hints

import httpx2
import openai
import pytest
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from openai.types.fine_tuning import job_create_params
from pydantic import TypeAdapter

from shared import catalogue
from shared.providers import ChatRequest, JobRequest, Message
from shared.providers.openai_compat import OpenAICompatible


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
    validates = provider in ("openai", "own")
    assert job.get("validation_file") == ("file-2" if validates else None)
    hold_request(
        CompletionCreateParamsNonStreaming, sent(provider, lambda adapter: adapter.complete(ASKED))
    )


def test_a_field_that_no_endpoint_knows_would_be_noticed() -> None:
    body = sent("openai", lambda adapter: adapter.create(JOB))
    with pytest.raises(AssertionError):
        hold_request(job_create_params.JobCreateParams, {**body, "epochs": 4})
    with pytest.raises(ValueError, match="training_file"):
        hold_request(job_create_params.JobCreateParams, {**body, "training_file": 7})
