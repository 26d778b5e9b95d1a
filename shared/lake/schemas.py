"""The Parquet schema of every table, made from the types of its rows. The template's Glue tables repeat it.

Money is decimal(24, 12); times are in milliseconds. `episodes`, `turns` and `pairs` are partitioned by
`year`, the year of publication, which is in the path and not in the file.
"""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, Literal, get_origin

import pyarrow as pa

from shared.lake.columns import columns
from shared.lake.rows import TABLES, Int32

MONEY = pa.decimal128(24, 12)
MOMENT = pa.timestamp("ms", tz="UTC")

PARTITIONED_BY_YEAR = ("episodes", "turns", "pairs")
TYPES = {
    str: (pa.string(), "string"),
    Int32: (pa.int32(), "int"),
    int: (pa.int64(), "bigint"),
    float: (pa.float64(), "double"),
    bool: (pa.bool_(), "boolean"),
    date: (pa.date32(), "date"),
    datetime: (MOMENT, "timestamp"),
    Decimal: (MONEY, "decimal(24,12)"),
    list[str]: (pa.list_(pa.string()), "array<string>"),
    list[Int32]: (pa.list_(pa.int32()), "array<int>"),
    list[int]: (pa.list_(pa.int64()), "array<bigint>"),
}
"""How Parquet and Glue have each type of a column."""
HIVE_TYPES: dict[pa.DataType, str] = dict(TYPES.values())
"""How Glue writes each type of Parquet."""


@cache
def schema_of(row: type) -> pa.Schema:
    """Return the schema of a type of rows."""
    return pa.schema([(name, _arrow_type(kind)) for name, kind in columns(row).items()])


def _arrow_type(kind: Any) -> pa.DataType:
    arrow, _ = TYPES[str if get_origin(kind) is Literal else kind]
    return arrow


SCHEMAS: dict[str, pa.Schema] = {table: schema_of(row) for table, row in TABLES.items()}
