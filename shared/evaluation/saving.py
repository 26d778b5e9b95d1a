"""What models answered and judges voted, saved as it comes, so that whoever goes on begins where it ended."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Generic, TypeVar

from shared.lake import Bucket, from_json

Row = TypeVar("Row", bound=Mapping[str, object])
ONE_IN = 20
"""Rows are saved again when there are more by one in so many: to save all after each takes quadratic time."""


class SavedRows(Generic[Row]):
    """Rows under a key of the bucket; what a function that is killed had not saved is in the ledger, and paid for."""

    def __init__(self, bucket: Bucket, key: str, kind: type[Row]) -> None:
        self._bucket, self._key = bucket, key
        self.rows = [from_json(kind, row) for row in bucket.read_json(key) or ()]
        self._saved = len(self.rows)

    def add(self, row: Row) -> None:
        """Add a row, and save all if they have grown enough."""
        self.rows.append(row)
        if ONE_IN * (len(self.rows) - self._saved) > self._saved:
            self.save()

    def save(self) -> None:
        """Write what is not written yet."""
        if len(self.rows) > self._saved:
            self._bucket.write_json(self._key, self.rows)
            self._saved = len(self.rows)


@contextmanager
def saved_rows(bucket: Bucket, key: str, kind: type[Row]) -> Iterator[SavedRows[Row]]:
    """Yield the rows that are saved under a key; those that are added are saved whatever ends the work."""
    saved = SavedRows(bucket, key, kind)
    try:
        yield saved
    finally:
        saved.save()
