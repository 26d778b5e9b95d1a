"""Replies of a bounded size, whatever a service sends."""

from collections.abc import Iterator
from typing import cast

import httpx2

MAX_REPLY_BYTES = 10_000_000
"""A page of a hundred jobs has some 200 kB, the result file of the longest training a few MB."""


class ReplyTooLarge(httpx2.ReadError):
    """The reply went on beyond MAX_REPLY_BYTES; its rest was not read."""


def bound(response: httpx2.Response) -> None:
    """A response hook: let the body be read up to MAX_REPLY_BYTES as they come over the wire."""
    response.stream = _Bounded(cast(httpx2.SyncByteStream, response.stream))


class _Bounded(httpx2.SyncByteStream):
    def __init__(self, stream: httpx2.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        left = MAX_REPLY_BYTES
        for piece in self._stream:
            left -= len(piece)
            if left < 0:
                raise ReplyTooLarge(f"the reply is larger than {MAX_REPLY_BYTES:,} bytes")
            yield piece

    def close(self) -> None:
        self._stream.close()
