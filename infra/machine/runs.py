"""What runs left, in a folder or in a stack's bucket, read in one way.

The newest run is the one that started last, whatever the times of its files say: a copied file has another.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Protocol

from shared.errors import BadInput
from shared.lake import keys

MOMENT_IN_NAME = re.compile(r"-(\d{8}T\d{6})-[0-9a-f]{4}$")  # as `execution.new_run_id` writes it
READERS = 8  # fewer than the connections that a client of boto3 keeps
Row = dict[str, Any]


class Unreadable(BadInput):
    """A file that a run left is not as a run writes it."""


class Listed(Protocol):
    """An object's key, and when it was written."""

    @property
    def key(self) -> str: ...

    @property
    def modified(self) -> datetime: ...


class Objects(Protocol):
    """A stack's bucket, or a folder that holds the objects of one by their keys."""

    def read(self, key: str) -> bytes | None:
        """Return an object's bytes, or None where there is none."""

    def objects(self, prefix: str) -> Iterable[Listed]:
        """Yield the objects whose keys begin with `prefix`."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run with what it left; `summary` is None until its end, `manifest` where its input was refused."""

    run_id: str
    started_at: datetime
    manifest: Mapping[str, Any] | None
    summary: dict[str, Any] | None
    _objects: Objects = field(repr=False, compare=False)

    @property
    def show(self) -> str | None:
        """The name of its show; None where its input was refused."""
        return None if self.manifest is None else str(self.manifest["show"]["name"])

    @property
    def dry(self) -> bool:
        """Whether it was to end at the plan."""
        return self.manifest is not None and bool(self.manifest["dry_run"])

    def left(self, key: str) -> bool:
        """Return whether it left an object under this key."""
        return any(one.key == key for one in self._objects.objects(key))

    def read(self, key: str) -> bytes | None:
        """Return the bytes of an object that it left, or None."""
        return self._objects.read(key)

    def json(self, key: str) -> Any:
        """Return a decoded JSON object that it left, or None; raises Unreadable."""
        body = self.read(key)
        try:
            return None if body is None else json.loads(body)
        except ValueError as error:
            raise Unreadable(
                f"{key} cannot be read ({error}); name another run or folder"
            ) from error

    def rows(self, table: str, columns: Sequence[str] | None = None) -> list[Row]:
        """Return its own rows of a table of the lake, only `columns` if given; none where it left none."""
        return _rows(self._objects, table, keys.table_file(table, self.run_id), columns)

    def report_rows(self, name: str) -> list[Row]:
        """Return the rows of one of the Parquet files beside its report; none where there is no such file."""
        body = self.read(keys.report_table(self.run_id, name))
        if body is None:
            return []
        import pyarrow as pa
        import pyarrow.parquet as pq

        found: list[Row] = pq.read_table(pa.BufferReader(body)).to_pylist()
        return found


class RunStore:
    """The runs of a folder or a bucket, and the tables that they share."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects

    @cached_property
    def runs(self) -> list[Run]:
        """Every run that began, the newest first, those among them that never came to their end."""
        there = {one.key: one for one in self._objects.objects("runs/")}
        names = {key.split("/")[1] for key in there if key.count("/") > 1}
        with ThreadPoolExecutor(READERS) as readers:
            found = readers.map(lambda name: self._run(name, there), names)
            begun = [run for run in found if run is not None]
        return sorted(begun, key=lambda run: (run.started_at, run.run_id), reverse=True)

    def find(self, run_id: str) -> Run | None:
        """Return the run of this name; None where there is none."""
        return self.newest(lambda run: run.run_id == run_id)

    def newest(self, fits: Callable[[Run], bool]) -> Run | None:
        """Return the newest run that fits; None where there is none."""
        return next(filter(fits, self.runs), None)

    def show_rows(
        self, table: str, show: str, columns: Sequence[str] | None = None
    ) -> Iterator[Row]:
        """Yield a show's rows of a table that its runs share, only `columns` if given."""
        for key in sorted(one.key for one in self._objects.objects(f"lake/{table}/")):
            if keys.belongs_to(key, show):
                yield from _rows(self._objects, table, key, columns)

    def _run(self, name: str, there: Mapping[str, Listed]) -> Run | None:
        """A run by its name; None where there is neither what it was held to nor how it ended."""
        manifest = self._document(keys.manifest(name), {"started_at", "show"})
        summary = self._document(keys.summary(name), {"run_id", "status"})
        if manifest is None and summary is None:
            return None
        started_at = _started_at(name, manifest) or there[keys.summary(name)].modified
        return Run(name, started_at, manifest, summary, self._objects)

    def _document(self, key: str, fields: set[str]) -> dict[str, Any] | None:
        """A JSON object with these fields; None where there is none, or one that is still being written."""
        try:
            document = json.loads(self._objects.read(key) or b"null")
        except ValueError:
            return None
        return document if isinstance(document, dict) and fields <= set(document) else None


def _started_at(name: str, manifest: Mapping[str, Any] | None) -> datetime | None:
    """When a run started, by its manifest, else by its name."""
    if manifest is not None:
        return datetime.fromisoformat(manifest["started_at"])
    moment = MOMENT_IN_NAME.search(name)
    return datetime.strptime(moment[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) if moment else None


def _rows(objects: Objects, table: str, key: str, columns: Sequence[str] | None) -> list[Row]:
    body = objects.read(key)
    if body is None:
        return []
    from shared.lake.tables import rows_of

    return rows_of(table, body, columns)
