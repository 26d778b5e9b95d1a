"""The bucket: the one module that touches S3. Objects are whole values under one key, so a repeat is harmless."""

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from botocore.exceptions import BotoCoreError, ClientError

from shared.clock import jittered
from shared.errors import FileContended
from shared.text import encodable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

TROUBLE = (BotoCoreError, ClientError)
"""What reading and writing raise when AWS is in trouble: a retry's business, nobody's bad data."""
RACES = 20
RACE_PAUSE_SECONDS = 0.02  # times the races lost so far
_CHUNK_BYTES = 1_000_000
_OVERTAKEN = frozenset(
    {"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey", "412", "409", "404"}
)


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as a listing tells it; `etag` changes exactly when its bytes do, `size` is in bytes."""

    key: str
    etag: str
    size: int
    modified: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """An object's bytes and their entity tag, for who wants to replace exactly these."""

    body: bytes
    etag: str


class Bucket:
    """Bytes and JSON by key: `raw/` as fetched, `lake/<table>/` as Parquet, `runs/<run_id>/` as reported."""

    def __init__(self, s3: "S3Client", name: str) -> None:
        self._s3 = s3
        self.name = name

    def read(self, key: str) -> bytes | None:
        """Return the object's bytes, or None where there is none."""
        stored = self.stored(key)
        return None if stored is None else stored.body

    def open(self, key: str) -> BinaryIO:
        """Return the object's bytes in a file without a name, whose size needs no memory; empty where there is none."""
        content = tempfile.TemporaryFile()  # noqa: SIM115 - the caller's to close
        try:
            response = self._s3.get_object(Bucket=self.name, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return content
            raise
        for chunk in response["Body"].iter_chunks(_CHUNK_BYTES):
            content.write(chunk)
        content.seek(0)
        return content

    def stored(self, key: str) -> Stored | None:
        """Return the object as it is now, or None where there is none."""
        try:
            response = self._s3.get_object(Bucket=self.name, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise
        return Stored(response["Body"].read(), response["ETag"])

    def races(
        self, key: str, sleep: Callable[[float], None] = time.sleep
    ) -> Iterator[Stored | None]:
        """Yield the object as it is now, once more each time that `replace` found another writer first.

        Stands back a little longer after each race; ends after RACES of them.
        """
        for race in range(RACES):
            sleep(jittered(RACE_PAUSE_SECONDS * race))
            yield self.stored(key)

    def replace(self, key: str, body: bytes, content_type: str, before: Stored | None) -> bool:
        """Put the object if it is still as `before`; False when another writer was first."""
        condition: Any = {"IfNoneMatch": "*"} if before is None else {"IfMatch": before.etag}
        try:
            self._s3.put_object(
                Bucket=self.name, Key=key, Body=body, ContentType=content_type, **condition
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _OVERTAKEN:
                return False
            raise
        return True

    def write(
        self, key: str, body: bytes | BinaryIO, content_type: str = "application/octet-stream"
    ) -> None:
        """Put the object, replacing what was there; a file is read as it goes."""
        self._s3.put_object(Bucket=self.name, Key=key, Body=body, ContentType=content_type)

    def read_json(self, key: str) -> Any:
        """Return the decoded JSON object, or None where there is none."""
        body = self.read(key)
        return None if body is None else json.loads(body)

    def write_json(self, key: str, document: object) -> None:
        """Put `document` as JSON."""
        body = json.dumps(document, ensure_ascii=False, indent=1, default=str)
        self.write(key, encodable(body).encode(), "application/json")

    def keys(self, prefix: str) -> list[str]:
        """Return every key under `prefix`, sorted."""
        return [item["Key"] for item in self._listing(prefix)]

    def etags(self, prefix: str) -> dict[str, str]:
        """Entity tag by key under `prefix`: changes exactly when an object's bytes do."""
        return {item["Key"]: item["ETag"].strip('"') for item in self._listing(prefix)}

    def objects(self, prefix: str) -> Iterator[Listed]:
        """Yield every object under `prefix`, by key."""
        for item in self._listing(prefix):
            yield Listed(item["Key"], item["ETag"].strip('"'), item["Size"], item["LastModified"])

    def delete(self, keys: Sequence[str]) -> None:
        """Remove the objects; a missing one is not an error."""
        for key in keys:
            self._s3.delete_object(Bucket=self.name, Key=key)

    def purge(self) -> None:
        """Remove every older version of every object, and the marks of those that were deleted."""
        pages = self._s3.get_paginator("list_object_versions").paginate(Bucket=self.name)
        for page in pages:
            old = [version for version in page.get("Versions", []) if not version["IsLatest"]]
            for version in (*old, *page.get("DeleteMarkers", [])):
                self._s3.delete_object(
                    Bucket=self.name, Key=version["Key"], VersionId=version["VersionId"]
                )

    def _listing(self, prefix: str) -> Iterator[Any]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
        for page in pages:
            yield from page.get("Contents", [])


def contended(key: str) -> FileContended:
    """Return the error to raise after every race for the object was lost."""
    return FileContended(f"{key} was replaced by other runs {RACES} times in a row; try again")
