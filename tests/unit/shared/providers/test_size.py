"""Services that never stop sending."""

import itertools
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from shared.providers import ChatRequest, JobRequest, Message, OutcomeUnknown, ProviderUnavailable
from shared.providers.openai_compat import OpenAICompatible
from tests.unit.shared.providers.conftest import OPENAI

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
PIECE = b'{"object": "list", "data": [' + b" " * 8_000


class Endless(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        try:
            for _ in itertools.count():
                self.wfile.write(PIECE)
        except OSError:  # whoever asked has had enough
            return

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def endless() -> Iterator[OpenAICompatible]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Endless) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield OpenAICompatible.connect(
            OPENAI, lambda _: "key", f"http://127.0.0.1:{server.server_port}/v1/"
        )
        server.shutdown()


def test_a_reply_without_an_end_to_a_free_question_is_a_passing_fault(endless):
    with pytest.raises(ProviderUnavailable, match="larger than 10,000,000 bytes"):
        endless.model_names()


def test_a_reply_without_an_end_to_a_purchase_leaves_open_whether_it_was_done(endless):
    with pytest.raises(OutcomeUnknown, match="larger than 10,000,000 bytes"):
        endless.create(JobRequest("purchase", 1, "a-model", "file-1", 3))
    with pytest.raises(OutcomeUnknown, match="larger than 10,000,000 bytes"):
        endless.complete(ChatRequest("a-model", (Message("user", "Why?"),), 10, 0.0))
