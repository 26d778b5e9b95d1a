"""boto3's clients whose requests go where a test says: signed, validated and parsed by botocore itself."""

import io
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import boto3
import httpx2
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.config import Config

ADDRESS = "http://stand-in.invalid/v1"
Send = Callable[[httpx2.Request], httpx2.Response]


def client(service: str, send: Send) -> Any:
    """A client of `service`, which sends each request once, through `send`."""
    once = Config(retries={"mode": "standard", "total_max_attempts": 1})
    made: Any = _session().client(service, endpoint_url=ADDRESS, config=once)  # type: ignore[call-overload]
    made.meta.events.register("before-send", _through(send))
    return made


@cache
def _session() -> boto3.Session:
    return boto3.Session("x", "x", region_name="us-east-1")


def _through(send: Send) -> Callable[..., AWSResponse]:
    def sent(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        body: Any = request.body or b""
        reply = send(
            httpx2.Request(
                str(request.method),
                str(request.url),
                headers=[(str(name), _text(value)) for name, value in request.headers.items()],
                content=body,
            )
        )
        reply.read()
        headers: Any = reply.headers
        return AWSResponse(request.url, reply.status_code, headers, _Raw(reply.content))

    return sent


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


class _Raw(io.BytesIO):
    """A body as urllib3 hands it on."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
