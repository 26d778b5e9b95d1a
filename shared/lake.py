"""The lake: Parquet tables in the bucket, each in its written schema."""

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from shared.bucket import Bucket
from shared.schemas import MOMENT, MONEY, SCHEMAS


class Lake(Bucket):
    """The bucket with its tables."""

    def write_rows(self, table: str, key: str, rows: Iterable[Mapping[str, object]]) -> None:
        """Put `rows` as one zstd Parquet file in the table's written schema."""
        sheet = pa.Table.from_pylist([dict(row) for row in rows], schema=SCHEMAS[table])
        buffer = io.BytesIO()
        pq.write_table(sheet, buffer, compression="zstd")
        self.write(key, buffer.getvalue(), "application/vnd.apache.parquet")

    def read_rows(
        self, table: str, prefix: str = "", columns: Sequence[str] | None = None
    ) -> Iterator[dict[str, Any]]:
        """Rows of every file whose key starts with `lake/<table>/<prefix>`, only `columns` if given."""
        for key in self.keys(f"lake/{table}/{prefix}"):
            yield from self.read_file(key, columns)

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
        if body is None:
            return None
        names = list(columns) if columns is not None else None
        rows: list[dict[str, Any]] = pq.read_table(
            io.BytesIO(body), columns=names, schema=SCHEMAS[key.split("/")[1]], partitioning=None
        ).to_pylist()
        return rows


def typed(table: str, row: Mapping[str, Any]) -> dict[str, object]:
    """A row that was kept as JSON, with the money and moments of the table's schema read back."""
    return {field.name: _typed(field.type, row.get(field.name)) for field in SCHEMAS[table]}


def _typed(kind: pa.DataType, value: Any) -> object:
    if value is None:
        return None
    if kind == MONEY:
        return Decimal(value)
    return datetime.fromisoformat(value) if kind == MOMENT else value
