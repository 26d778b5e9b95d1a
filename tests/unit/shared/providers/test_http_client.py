"""Of the shell a provider's client takes proxies and certificates; what it cannot use it names."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from shared.providers.contract import ProviderUnavailable
from shared.providers.http_client import UnusableEnvironment
from shared.providers.openai_compat import OpenAICompatible
from tests.unit.shared.providers.conftest import OPENAI

VARIABLES = ("ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
ELSEWHERE = "https://models.example/v1/"


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    return monkeypatch


@pytest.fixture
def asked() -> Iterator[tuple[str, list[dict[str, str]]]]:
    """A service on this machine that lists one model, and the headers that it was sent."""
    seen: list[dict[str, str]] = []

    class Lists(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append({name.lower(): value for name, value in self.headers.items()})
            body = json.dumps({"object": "list", "data": [{"id": "m"}]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Lists) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1", seen
        server.shutdown()


def connected(address: str) -> OpenAICompatible:
    return OpenAICompatible.connect(OPENAI, lambda _: "sk-key", address)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ALL_PROXY", "socks5://me:canary@127.0.0.1:9"),
        ("all_proxy", "socks://127.0.0.1:9"),
        ("HTTPS_PROXY", "ftp://127.0.0.1:9"),
        ("HTTP_PROXY", "http://127.0.0.1:canary"),
        ("SSL_CERT_FILE", "/nonexistent/canary.pem"),
        ("SSL_CERT_FILE", __file__),
    ],
)
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_variable_that_no_connection_can_be_made_with_is_named_and_means_nothing_on_this_machine(
    shell: pytest.MonkeyPatch, asked: tuple[str, list[dict[str, str]]], variable: str, value: str
) -> None:
    shell.setenv(variable, value)
    with pytest.raises(UnusableEnvironment, match=variable) as refused:
        connected(ELSEWHERE)
    assert "canary" not in str(refused.value)
    assert connected(asked[0]).model_names() == {"m"}


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_this_machine_is_asked_without_a_proxy_and_without_what_the_shell_says_of_openai(
    shell: pytest.MonkeyPatch, asked: tuple[str, list[dict[str, str]]]
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        shell.setenv(name, "http://127.0.0.1:9")
    for name in ("OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "OPENAI_ADMIN_KEY", "OPENAI_BASE_URL"):
        shell.setenv(name, "canary")
    address, seen = asked
    assert connected(address).model_names() == {"m"}
    assert "canary" not in str(seen)
    assert seen[0]["authorization"] == "Bearer sk-key"


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_proxy_that_is_not_there_is_told_in_the_systems_words(shell: pytest.MonkeyPatch) -> None:
    shell.setenv("HTTPS_PROXY", "http://me:canary@127.0.0.1:9")
    with pytest.raises(ProviderUnavailable, match="Connection refused") as refused:
        connected(ELSEWHERE).model_names()
    assert "canary" not in str(refused.value)
