"""A lake in memory."""

from collections.abc import Iterator
from contextlib import contextmanager

from shared.lake.tables import Lake
from tests.memory_s3 import s3_in_memory


@contextmanager
def empty_lake(bucket: str = "porch-lake") -> Iterator[Lake]:
    """A lake with nothing in it."""
    with s3_in_memory(bucket) as client:
        yield Lake(client, bucket)
