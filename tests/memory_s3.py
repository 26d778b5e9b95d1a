"""An S3 in memory."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any

import boto3
from moto import mock_aws


@contextmanager
def s3_in_memory(bucket: str) -> Iterator[Any]:
    """A boto3 client of an S3 that holds one empty bucket of this name."""
    with mock_aws():
        _client().create_bucket(Bucket=bucket)
        yield _client()


@contextmanager
def reads() -> Iterator[Counter[str]]:
    """Count how often each object in memory is asked for, by key, whether it is there or not."""
    asked: Counter[str] = Counter()

    def count(params: dict[str, Any], **_: Any) -> None:
        asked[params["Key"]] += 1

    events = _client().meta.events
    events.register("before-parameter-build.s3.GetObject", count)
    try:
        yield asked
    finally:
        events.unregister("before-parameter-build.s3.GetObject", count)


@cache
def _client() -> Any:
    """Made once: making it takes longer than most tests.

    S3 looks at a condition and writes in one step; moto in two, between which another thread may write.
    """
    client = boto3.client(
        "s3", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    one_at_a_time = Lock()
    events = client.meta.events

    def enter(**_: Any) -> None:
        one_at_a_time.acquire()

    events.register("before-call.s3.PutObject", enter)
    for ended in ("after-call", "after-call-error"):
        events.register(f"{ended}.s3.PutObject", lambda **_: one_at_a_time.release())
    return client
