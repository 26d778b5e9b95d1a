"""What models answered and judges voted, kept as it comes, so that whoever goes on begins where it ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from shared.lake import Bucket

ONE_IN = 20
"""Rows are kept again when there are more by one in so many, since to keep them all after each takes quadratic time."""


class Rows(list[dict[str, Any]]):
    """Rows that are kept under a key; what a function that is killed had not kept is in the ledger, and paid for."""

    def __init__(self, bucket: Bucket, key: str) -> None:
        self._bucket, self._key = bucket, key
        super().__init__(bucket.read_json(key) or [])
        self._kept = len(self)

    def add(self, row: dict[str, Any]) -> None:
        """Add a row, and keep all if they have grown enough."""
        self.append(row)
        if ONE_IN * (len(self) - self._kept) > self._kept:
            self.keep()

    def keep(self) -> None:
        """Write what is not written yet."""
        if len(self) > self._kept:
            self._bucket.write_json(self._key, self)
            self._kept = len(self)


@contextmanager
def rows_kept(bucket: Bucket, key: str) -> Iterator[Rows]:
    """The rows that were kept under the key, and those that are added, which are kept whatever happens."""
    rows = Rows(bucket, key)
    try:
        yield rows
    finally:
        rows.keep()
