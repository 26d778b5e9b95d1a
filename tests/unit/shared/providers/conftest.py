"""A provider at the other end of a scripted wire."""

import json
from collections.abc import Callable
from typing import Any

import httpx2
import openai
import pytest

from shared.catalogue import Hyperparameters, Provider
from shared.providers.openai_compat import OpenAICompatible

Reply = httpx2.Response | Exception
BASE_URL = "https://models.example/v1/"
OPENAI = Provider(
    provider="openai",
    base_url=BASE_URL,
    hyperparameters=Hyperparameters(style="method", extra={}),
    deploy="none",
)
NEBIUS = Provider(
    provider="nebius",
    base_url=BASE_URL,
    hyperparameters=Hyperparameters(style="top_level", extra={"lora": True}),
    deploy="nebius_v0",
)


class Wire:
    """Answers requests from a script, and remembers them."""

    def __init__(self) -> None:
        self.requests: list[httpx2.Request] = []
        self.replies: list[Reply] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    @property
    def sent(self) -> dict[str, Any]:
        return json.loads(self.requests[-1].content)

    @property
    def asked(self) -> list[str]:
        return [f"{request.method} {request.url.raw_path.decode()}" for request in self.requests]


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def connect(wire: Wire) -> Callable[[Provider], OpenAICompatible]:
    def connected(profile: Provider) -> OpenAICompatible:
        http = httpx2.Client(transport=httpx2.MockTransport(wire))
        client = openai.OpenAI(api_key="sk-secret", base_url=profile.base_url, http_client=http)
        return OpenAICompatible(client, profile)

    return connected


@pytest.fixture
def provider(connect: Callable[[Provider], OpenAICompatible]) -> OpenAICompatible:
    return connect(OPENAI)
