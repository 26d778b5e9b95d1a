"""A server on loopback that answers each path as a test says, however badly."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar

Answer = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """Answers as the site says, and with 404 where it says nothing."""

    server: "Site"

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.answers.get(self.path, reply(404))(self)

    def log_message(self, *_: object) -> None:
        pass


class Site(ThreadingHTTPServer):
    """`asked` has every path that was asked for, in order."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str] = []
        self.answers: dict[str, Answer] = {}
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is what some tests are about."""


AnySite = TypeVar("AnySite", bound=ThreadingHTTPServer)


@contextmanager
def served(site: AnySite) -> Iterator[AnySite]:
    """Serve while the block lasts."""
    with site as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def reply(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in {"content_length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def in_turn(*answers: Answer) -> Answer:
    rest = iter(answers)
    return lambda handler: next(rest)(handler)
