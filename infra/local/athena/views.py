"""Tables as typed DuckDB views over their Parquet files."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import duckdb
from sqlglot import exp

_READABLE_AS = {
    ("INTEGER", "BIGINT"),
    ("FLOAT", "DOUBLE"),
    ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP"),
    ("TIMESTAMP_NS", "TIMESTAMP"),
}


@dataclass(frozen=True, slots=True)
class Table:
    """Hive's types of a table's columns and of its partition keys, by name, and its files."""

    columns: Mapping[str, str]
    files: Sequence[str]
    keys: Mapping[str, str] = field(default_factory=dict)


class Catalog(Protocol):
    """Which tables there are, and the one folder in which all their files lie."""

    @property
    def folder(self) -> str: ...

    def names(self, database: str) -> list[str]: ...

    def table(self, database: str, name: str) -> Table | None: ...


def is_shown(parts: Iterable[str]) -> bool:
    """Return whether Athena reads a file of this path below a table: it does unless a part begins with `_` or `.`."""
    return not any(part[:1] in ("_", ".") for part in parts)


class HiveBadData(ValueError):
    """A file's column has a type that Athena does not read as the declared one."""


def confine(connection: duckdb.DuckDBPyConnection, folder: str) -> None:
    """Let queries read the files below a folder and nothing else of the machine."""
    connection.execute(f"SET allowed_directories = [{_literal(folder)}]")
    connection.execute("SET enable_external_access = false; SET lock_configuration = true")


def create_views(
    connection: duckdb.DuckDBPyConnection, tree: exp.Expr, database: str, catalog: Catalog
) -> None:
    """A view for every table of the catalog that the query names, in a schema for each database.

    A name without a database belongs to `database`.
    """
    connection.execute(f"CREATE SCHEMA {_quoted(database)}; USE {_quoted(database)}")
    names = {(table.db or database, table.name) for table in tree.find_all(exp.Table)}
    for schema, name in sorted(names):
        table = catalog.table(schema.lower(), name.lower())
        if table:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_quoted(schema)}")
            view = f"{_quoted(schema)}.{_quoted(name)}"
            connection.execute(f"CREATE VIEW {view} AS {_relation(connection, table)}")


def _relation(connection: duckdb.DuckDBPyConnection, table: Table) -> str:
    columns, keys = _duckdb_types(table.columns), _duckdb_types(table.keys)
    everything = columns | keys
    empty = ", ".join(f"NULL::{kind} AS {_quoted(name)}" for name, kind in everything.items())
    relation = f"SELECT {empty} WHERE false"
    if table.files:
        reader = _reader(table.files, keys)
        _check_types(connection, reader, columns)
        relation = f"{relation} UNION ALL BY NAME FROM {reader}"
    cast = ", ".join(
        f"CAST({_quoted(n)} AS {kind}) AS {_quoted(n)}" for n, kind in everything.items()
    )
    return f"FROM ({relation}) SELECT {cast}"


def _duckdb_types(declared: Mapping[str, str]) -> dict[str, str]:
    return {
        name: exp.DataType.build(kind, dialect="hive").sql(dialect="duckdb")
        for name, kind in declared.items()
    }


def _reader(files: Sequence[str], keys: Mapping[str, str]) -> str:
    listed = ", ".join(_literal(file) for file in files)
    options = "hive_partitioning = false"
    if keys:
        types = ", ".join(f"{_literal(name)}: {kind}" for name, kind in keys.items())
        options = f"hive_partitioning = true, hive_types = {{{types}}}"
    return f"read_parquet([{listed}], union_by_name = true, {options})"


def _check_types(
    connection: duckdb.DuckDBPyConnection, reader: str, columns: Mapping[str, str]
) -> None:
    files = connection.sql(f"FROM {reader}")
    found = dict(zip(files.columns, map(str, files.types), strict=True))
    for name, declared in columns.items():
        kind = str(duckdb.type(declared))
        actual = found.get(name, kind)
        if actual != kind and (actual, kind) not in _READABLE_AS:
            raise HiveBadData(
                f"HIVE_BAD_DATA: column {name} is {actual} in the Parquet files "
                f"but {declared} in the table"
            )


def _quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql(dialect="duckdb")


def _literal(text: str) -> str:
    return exp.Literal.string(text).sql(dialect="duckdb")
