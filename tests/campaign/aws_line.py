"""The line as boto3 takes it, and the bucket that Bedrock reads."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from hashlib import md5
from typing import TYPE_CHECKING, Any

import httpx2
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from shared.catalogue import Provider
from shared.lake import Bucket
from shared.providers.aws import Bedrock, Rights
from tests import aws_wire
from tests.campaign.line import Line, NoConnection, NoReply, TooLate

if TYPE_CHECKING:
    from tests.campaign.world import World

BUCKET, ROLE = "campaign-lake", "arn:aws:iam::000000000000:role/training"


def bedrock(world: "World", run_id: str, provider: Provider) -> Bedrock:
    """The real adapter over boto3's clients, whose requests go down the line and not to the network."""
    line = Line(world, run_id)
    s3: Any = world.s3
    control, runtime = (_client(service, line) for service in ("bedrock", "bedrock-runtime"))
    return Bedrock(control, runtime, Rights(Bucket(s3, BUCKET), ROLE), provider)


def _client(service: str, line: Line) -> Any:
    def send(request: httpx2.Request) -> httpx2.Response:
        address = str(request.url)
        try:
            return line.send(request)
        except NoConnection:
            raise EndpointConnectionError(endpoint_url=address) from None
        except NoReply:
            raise ConnectionClosedError(endpoint_url=address) from None
        except TooLate:
            raise ReadTimeoutError(endpoint_url=address) from None

    return aws_wire.client(service, send)


class MemoryS3:
    """The calls of boto3's S3 client that a bucket makes; a gate before each may end the caller."""

    def __init__(self, gate: Callable[[str], None]) -> None:
        self.objects: dict[str, bytes] = {}
        self._gate = gate

    def put_object(self, *, Bucket: str, Key: str, Body: Any, **_: Any) -> None:  # noqa: N803
        self._gate("put object")
        self.objects[f"{Bucket}/{Key}"] = Body if isinstance(Body, bytes) else Body.read()

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        body = self.objects.get(f"{Bucket}/{Key}")
        if body is None:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": Key}}, "GetObject")
        return {"Body": io.BytesIO(body), "ETag": md5(body, usedforsecurity=False).hexdigest()}

    def delete_object(self, *, Bucket: str, Key: str) -> None:  # noqa: N803
        self._gate("delete object")
        self.objects.pop(f"{Bucket}/{Key}", None)

    def get_paginator(self, _operation: str) -> "MemoryS3":
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        found = sorted(key for key in self.objects if key.startswith(f"{Bucket}/{Prefix}"))
        at = datetime(2026, 1, 1, tzinfo=UTC)
        yield {
            "Contents": [
                {"Key": key.partition("/")[2], "ETag": "", "Size": 0, "LastModified": at}
                for key in found
            ]
        }
