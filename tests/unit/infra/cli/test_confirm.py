"""Before money moves: a provider that is none is told in one sentence, and nobody buys unasked."""

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from infra.cli import confirm
from infra.cli.confirm import NotAgreed, before_money_moves, check_provider
from infra.cli.main import main
from shared import catalogue, shows
from shared.errors import NoApiKey
from shared.providers import ProviderUnusable
from shared.run import parse_input, resolve

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
MODELS = catalogue.packaged()
WIRE_NAME = MODELS.model("llama-3.3-70b").base_model


def settings(ceiling="5.00", **fields):
    show = shows.packaged("demo")
    return resolve(
        parse_input(
            {"show": "demo", "models": ["llama-3.3-70b"], "ceiling_usd": ceiling, **fields}
        ),
        show,
        MODELS,
        run_id="r1",
        started_at=datetime(2026, 11, 25, tzinfo=UTC),
        code_version="test",
        month_ceiling_usd=Decimal("3.00"),
    )


@contextmanager
def answering(status: int, body: bytes, headers: dict[str, str]) -> Iterator[str]:
    """A web server with one answer to everything; its address as a provider's."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status)
            for name, value in {"content-length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def saying(greeting: bytes) -> Iterator[str]:
    """Something on a port that is no web server: it says its greeting and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def greet():
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(100)
                    connection.sendall(greeting)

        threading.Thread(target=greet, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1/"


JSON = {"content-type": "application/json"}
LISTING = f'{{"object": "list", "data": [{{"id": "{WIRE_NAME}", "object": "model"}}]}}'.encode()
BAD = {
    "HTML": (200, b"<html><h1>Welcome</h1></html>", {"content-type": "text/html"}),
    "HTML that calls itself JSON": (200, b"<html>", JSON),
    "nothing": (200, b"", {}),
    "a redirect to nowhere": (302, b"", {}),
    "a redirect in a circle": (301, b"", {"location": "/v1/models"}),
    "not found": (404, b"<html>nginx</html>", {"content-type": "text/html"}),
    "broken": (500, b"oops", {}),
    "busy": (429, b"{}", JSON),
}


@pytest.mark.parametrize("manner", BAD)
def test_what_answers_but_is_no_provider_is_one_sentence_with_its_address(manner):
    with answering(*BAD[manner]) as url, pytest.raises(ProviderUnusable) as refusal:
        check_provider(settings(), MODELS, url)
    assert url in str(refusal.value)
    assert "nothing was bought" in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("greeting", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00\xff" * 50])
def test_what_speaks_another_protocol_is_one_sentence(greeting):
    with saying(greeting) as url, pytest.raises(ProviderUnusable, match="nothing was bought"):
        check_provider(settings(), MODELS, url)


def test_a_port_where_nobody_listens_and_a_wrong_scheme_are_one_sentence():
    with pytest.raises(ProviderUnusable, match="nothing was bought"):
        check_provider(settings(), MODELS, "http://127.0.0.1:1/v1/")
    with answering(200, LISTING, JSON) as url, pytest.raises(ProviderUnusable):
        check_provider(settings(), MODELS, url.replace("http", "https"))


def test_a_refused_key_is_named_by_its_variable_and_never_shown(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    body = b'{"error": {"message": "Incorrect API key provided: sk-secret"}}'
    with answering(401, body, JSON) as url, pytest.raises(ProviderUnusable) as refusal:
        check_provider(settings(), MODELS, url)
    assert "OPENAI_API_KEY" in str(refusal.value)
    assert "sk-secret" not in str(refusal.value)


def test_a_model_that_the_provider_does_not_list_is_named():
    with answering(200, LISTING.replace(b"Llama", b"Other"), JSON) as url:  # noqa: SIM117
        with pytest.raises(ProviderUnusable, match=WIRE_NAME):
            check_provider(settings(), MODELS, url)


def test_a_provider_that_lists_the_model_and_one_that_lists_nothing_will_do():
    for listing in (LISTING, b'{"object": "list", "data": []}'):
        with answering(200, listing, JSON) as url:
            check_provider(settings(), MODELS, url)


def test_an_address_elsewhere_needs_a_key(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(NoApiKey, match="OPENAI_API_KEY"):
        check_provider(settings(), MODELS, "https://provider.test/v1/")


@pytest.fixture
def checked(monkeypatch):
    """Which addresses were checked; none is asked."""
    addresses = []
    monkeypatch.setattr(confirm, "check_provider", lambda *known: addresses.append(known[2]))
    return addresses


def at_a_terminal(monkeypatch, answer):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    asked = []

    def say(question):
        asked.append(question)
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", say)
    return asked


def test_the_stand_in_is_named_first_and_asks_nothing(capsys, checked):
    before_money_moves(settings(), MODELS, None, yes=False)
    assert "a stand-in for llama-3.3-70b" in capsys.readouterr().out
    assert checked == []


def test_a_real_purchase_is_asked_once_with_the_most_it_may_cost(monkeypatch, capsys, checked):
    asked = at_a_terminal(monkeypatch, "y")
    before_money_moves(settings(), MODELS, "https://provider.test/v1/", yes=False)
    out = capsys.readouterr().out
    assert out.startswith("Provider: https://provider.test/v1/, a real one, for meta-llama/")
    assert len(asked) == 1
    assert "at most 3.000000 USD" in asked[0]  # the month's ceiling is the lower one
    assert checked == ["https://provider.test/v1/"]


@pytest.mark.parametrize("answer", ["", "n", "no", "what?", None])
def test_anything_but_a_yes_buys_nothing(monkeypatch, checked, answer):
    at_a_terminal(monkeypatch, answer)
    with pytest.raises(NotAgreed, match="nothing was bought"):
        before_money_moves(settings(), MODELS, "https://provider.test/v1/", yes=False)
    assert checked


def test_without_a_terminal_a_yes_is_needed_beforehand(monkeypatch, checked):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    with pytest.raises(NotAgreed, match="add --yes"):
        before_money_moves(settings(), MODELS, "https://provider.test/v1/", yes=False)
    assert checked == []
    before_money_moves(settings(), MODELS, "https://provider.test/v1/", yes=True)
    assert checked == ["https://provider.test/v1/"]


def test_a_dry_run_against_a_real_provider_needs_no_yes(monkeypatch, checked):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    before_money_moves(settings(dry_run=True), MODELS, "https://provider.test/v1/", yes=False)
    assert checked == []


def test_the_command_ends_with_2_and_leaves_no_folder(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    what = ["local", "--show", "demo", "--input", '{"ceiling_usd": "5.00"}']
    with answering(200, b"<html>", {"content-type": "text/html"}) as url:
        where = ["--out", str(tmp_path / "out"), "--openai-base-url", url]
        assert main([*what, *where]) == 2
        assert "add --yes" in capsys.readouterr().err
        assert main([*what, *where, "--yes"]) == 2
        assert url in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_judge_of_another_protocol_is_not_either():
    judging = settings().model_copy(update={"judges": (MODELS.model("nova-micro"),)})
    judging = judging.model_copy(update={"providers": MODELS.providers})
    with pytest.raises(ProviderUnusable, match="nova-micro is asked at bedrock"):
        before_money_moves(judging, MODELS, "https://provider.test/v1/", yes=True)


def test_a_model_of_another_protocol_is_not_asked_for_at_an_address_of_openais():
    with pytest.raises(ProviderUnusable, match="nova-micro is asked at bedrock"):
        before_money_moves(
            settings(models=["nova-micro"]), MODELS, "https://provider.test/v1/", yes=True
        )
