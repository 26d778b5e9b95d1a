import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from infra.local.cloud import worker

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
HANDLER = """
def handler(event, context):
    if event == "fail":
        raise KeyError("no such thing")
    return {"said": event, "request": context.aws_request_id}
"""


class RuntimeApi(BaseHTTPRequestHandler):
    """Hands out the server's events, keeps what comes back, then is gone."""

    protocol_version = "HTTP/1.1"
    server: Any

    def do_GET(self) -> None:
        if not self.server.events:
            self.send_response(500)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = json.dumps(self.server.events.pop(0)).encode()
        self.send_response(200)
        self.send_header("Lambda-Runtime-Aws-Request-Id", "request-1")
        self.send_header("Lambda-Runtime-Deadline-Ms", "9999999999999")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.answers.append((self.path.rpartition("/")[2], json.loads(body)))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing in the test's output."""


@contextmanager
def runtime_api(events: list[Any]) -> Iterator[Any]:
    """A Lambda Runtime API that has these events and then is gone."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), RuntimeApi)
    server.events, server.answers = events, []
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def api() -> Iterator[Any]:
    with runtime_api([]) as server:
        yield server


def run(api, root, native):
    """The worker on a function in `root`, with or without awslambdaric's native module."""
    hide = (
        ""
        if native
        else "import importlib.util as u; f = u.find_spec; "
        + ("u.find_spec = lambda n, *a: None if n == 'runtime_client' else f(n, *a); ")
    )
    start = f"import runpy, sys; {hide}sys.argv = ['worker', 'acting.handler']; "
    script = f"{start}runpy.run_path({worker.__file__!r}, run_name='__main__')"
    address = f"127.0.0.1:{api.server_address[1]}"
    environment = {"AWS_LAMBDA_RUNTIME_API": address, "LAMBDA_TASK_ROOT": str(root)}
    subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        check=False,
        timeout=30,
        capture_output=True,
    )
    return api.answers


@pytest.mark.parametrize("native", [True, False], ids=["native client", "HttpRuntimeClient"])
def test_results_and_exceptions_are_reported_as_lambda_reports_them(api, tmp_path, native):
    (tmp_path / "acting.py").write_text(HANDLER)
    api.events = ["hello", "fail"]
    (ok, answer), (error, failure) = run(api, tmp_path, native)
    assert (ok, answer) == ("response", {"said": "hello", "request": "request-1"})
    assert (error, failure["errorType"], failure["errorMessage"]) == (
        "error",
        "KeyError",
        "'no such thing'",
    )


def test_a_module_that_is_not_in_the_zip_is_an_initialisation_error(api, tmp_path):
    api.events = ["hello"]
    ((kind, failure),) = run(api, tmp_path, native=True)
    assert (kind, failure["errorType"]) == ("error", "Runtime.ImportModuleError")
