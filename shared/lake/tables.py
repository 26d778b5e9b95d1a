"""The lake: Parquet tables in the bucket, each in its written schema."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

import pyarrow as pa
import pyarrow.parquet as pq

from shared.lake import keys
from shared.lake.bucket import Bucket, contended
from shared.lake.schemas import SCHEMAS, schema_of

PARQUET = "application/vnd.apache.parquet"
Row = dict[str, Any]
Typed = TypeVar("Typed", bound=Mapping[str, object])


class Lake(Bucket):
    """The bucket with its tables."""

    def write_rows(self, table: str, key: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Put `rows` as one zstd Parquet file in the table's written schema."""
        self.write(key, parquet(table, rows), PARQUET)

    def rewrite(self, table: str, key: str, change: Callable[[list[Row]], list[Row]]) -> int:
        """Replace the rows of a file by what `change` makes of them, and return how many those are.

        One step, though S3 knows no transactions: a file that another run replaced in between is
        read and changed anew. Raises FileContended.
        """
        for stored in self.races(key):
            rows = change(rows_of(table, stored.body) if stored else [])
            if self.replace(key, parquet(table, rows), PARQUET, stored):
                return len(rows)
        raise contended(key)

    def read_rows(
        self, table: str, prefix: str = "", columns: Sequence[str] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Rows of every file whose key starts with `prefix` in the table's folder, only `columns` if given."""
        for key in self.keys(keys.table_files(table, prefix)):
            yield from self.read_file(key, columns)

    def show_files(self, table: str, show: str) -> list[str]:
        """Keys of the files, a month each, that hold the show's rows of `table`."""
        return [key for key in self.keys(keys.table_files(table)) if keys.belongs_to(key, show)]

    def show_rows(
        self, table: str, show: str, columns: Sequence[str] | None = None
    ) -> Iterator[Row]:
        """Yield the show's rows of `table`, one file in memory at a time, only `columns` if given."""
        for key in self.show_files(table, show):
            yield from self.read_file(key, columns)

    def read_as(self, row: type[Typed], key: str) -> list[Typed]:
        """Return the rows of one Parquet file in the columns of `row`, a type of rows; none where there is no file.

        Raises TypeError where the file's table has no such columns.
        """
        wanted, table = schema_of(row), keys.table_of(key)
        if not set(wanted) <= set(SCHEMAS[table]):
            raise TypeError(f"{row.__name__} has columns that the table {table} has not")
        return cast(list[Typed], self.read_file(key, wanted.names))

    def read_file(self, key: str, columns: Sequence[str] | None = None) -> list[dict[str, Any]]:
        """Rows of one Parquet file; none where there is no such file."""
        return self.read_existing(key, columns) or []

    def read_existing(
        self, key: str, columns: Sequence[str] | None = None
    ) -> list[dict[str, Any]] | None:
        """Rows of one Parquet file, or None where there is no such file.

        A column that the table got after the file was written reads as None.
        """
        body = self.read(key)
        return None if body is None else rows_of(keys.table_of(key), body, columns)


def check(table: str, rows: Iterable[Mapping[str, object]]) -> None:
    """Raise what pyarrow raises where `rows` do not fit the table, before others' rows fail with them."""
    _sheet(table, rows)


def _sheet(table: str, rows: Iterable[Mapping[str, object]]) -> pa.Table:
    return pa.Table.from_pylist([dict(row) for row in rows], schema=SCHEMAS[table])


def parquet(table: str, rows: Iterable[Mapping[str, object]]) -> bytes:
    """Rows as the bytes of a file of the table."""
    sheet = _sheet(table, rows)
    buffer = io.BytesIO()
    pq.write_table(sheet, buffer, compression="zstd")
    return buffer.getvalue()


def rows_of(table: str, body: bytes, columns: Sequence[str] | None = None) -> list[Row]:
    """Rows of the bytes of a file of the table, only `columns` if given."""
    schema = SCHEMAS[table]
    wanted = pa.schema(
        [schema.field(name) for name in (schema.names if columns is None else columns)]
    )
    # Not pq.read_table, which prepares for whole folders of files: it takes five times as long.
    file = pq.ParquetFile(pa.BufferReader(body))
    there = set(file.schema_arrow.names)
    sheet = file.read([name for name in wanted.names if name in there], use_threads=False)
    columns_of = (
        sheet.column(field.name).cast(field.type)
        if field.name in there
        else pa.nulls(sheet.num_rows, field.type)
        for field in wanted
    )
    rows: list[Row] = pa.table(list(columns_of), schema=wanted).to_pylist()
    return rows


def as_kept(row: type[Typed], rows: Iterable[Typed]) -> list[Typed]:
    """Return the rows of a table as they would be read back: money to a pico-dollar, times to a millisecond."""
    sheet = pa.Table.from_pylist(list(rows), schema=schema_of(row))
    return cast(list[Typed], sheet.to_pylist())
