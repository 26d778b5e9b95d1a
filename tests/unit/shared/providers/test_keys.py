"""A worker that outlives its key goes on with the new one."""

from io import BytesIO

import httpx2
import openai
import pytest

from shared.providers import CredentialsRefused
from shared.providers.keys import RenewedKey
from shared.providers.openai_compat import OpenAICompatible
from tests.unit.shared.providers.conftest import BASE_URL, OPENAI
from tests.unit.shared.providers.test_openai_compat import REQUEST, job, ok, page


class Secret:
    """A secret that is remembered for a while, as Secrets Manager's readers do."""

    def __init__(self) -> None:
        self.stored = self.remembered = "old"

    def __call__(self, anew: bool) -> str:
        if anew:
            self.remembered = self.stored
        return self.remembered


class Service:
    """Takes one key, and keeps what it was asked with which."""

    def __init__(self, valid: str) -> None:
        self.valid = valid
        self.asked: list[tuple[str, bytes]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        key = request.headers["authorization"].removeprefix("Bearer ")
        self.asked.append((key, request.read()))
        if key != self.valid:
            return httpx2.Response(401, json={"error": {"code": "invalid_api_key"}})
        return ok(job("job-1")) if request.method == "POST" else page(job("job-1"))


@pytest.fixture
def secret() -> Secret:
    return Secret()


def connected(secret: Secret, service: Service) -> OpenAICompatible:
    http = httpx2.Client(transport=httpx2.MockTransport(service), auth=RenewedKey(secret))
    client = openai.OpenAI(
        api_key=lambda: secret(False), base_url=BASE_URL, max_retries=0, http_client=http
    )
    return OpenAICompatible(client, OPENAI)


def test_a_value_that_was_replaced_is_used_from_the_next_request_on(secret: Secret) -> None:
    service = Service("old")
    provider = connected(secret, service)
    provider.jobs()
    secret.stored = secret.remembered = service.valid = "new"
    provider.jobs()
    provider.create(REQUEST)
    assert [key for key, _ in service.asked] == ["old", "new", "new"]


def test_a_refused_key_is_read_anew_and_the_request_sent_once_more(secret: Secret) -> None:
    service = Service("new")
    secret.stored = "new"
    assert connected(secret, service).create(REQUEST).job_id == "job-1"
    assert [key for key, _ in service.asked] == ["old", "new"]
    assert service.asked[0][1] == service.asked[1][1]


def test_an_upload_is_sent_whole_a_second_time(secret: Secret) -> None:
    service = Service("new")
    secret.stored = "new"
    connected(secret, service).upload("p.jsonl", BytesIO(b'{"messages": []}\n' * 1000))
    (_, first), (_, second) = service.asked
    assert first == second
    assert second.count(b"messages") == 1000


def test_a_key_that_stays_refused_is_not_sent_again(secret: Secret) -> None:
    service = Service("another")
    with pytest.raises(CredentialsRefused):
        connected(secret, service).create(REQUEST)
    assert [key for key, _ in service.asked] == ["old"]
