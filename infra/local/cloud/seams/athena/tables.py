"""Glue tables as typed DuckDB views over the files of their objects."""

from typing import Any
from urllib.parse import urlparse

import duckdb
from ministack.services import glue, s3
from sqlglot import exp

_READABLE_AS = {
    ("INTEGER", "BIGINT"),
    ("FLOAT", "DOUBLE"),
    ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP"),
    ("TIMESTAMP_NS", "TIMESTAMP"),
}


class HiveBadData(ValueError):
    """A file's column has a type that Athena does not read as the declared one."""


def confine(connection: duckdb.DuckDBPyConnection) -> None:
    """Let queries read the objects' files and nothing else of the machine."""
    connection.execute(f"SET allowed_directories = [{_literal(s3.DATA_DIR)}]")
    connection.execute("SET enable_external_access = false; SET lock_configuration = true")


def names(database: str) -> list[str]:
    """The names of a database's Glue tables."""
    prefix = f"{database.lower()}/"
    return sorted(key.removeprefix(prefix) for key in glue._tables if key.startswith(prefix))


def create_views(connection: duckdb.DuckDBPyConnection, tree: exp.Expr, database: str) -> None:
    """A view for every Glue table the query names, in a schema for each database.

    A name without a database belongs to `database`.
    """
    connection.execute(f"CREATE SCHEMA {_quoted(database)}; USE {_quoted(database)}")
    names = {(table.db or database, table.name) for table in tree.find_all(exp.Table)}
    for schema, name in sorted(names):
        table = glue._tables.get(f"{schema.lower()}/{name.lower()}")
        if table:
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_quoted(schema)}")
            view = f"{_quoted(schema)}.{_quoted(name)}"
            connection.execute(f"CREATE VIEW {view} AS {_relation(connection, table)}")


def _relation(connection: duckdb.DuckDBPyConnection, table: dict[str, Any]) -> str:
    columns = _columns(table["StorageDescriptor"].get("Columns", []))
    keys = _columns(table.get("PartitionKeys", []))
    everything = columns | keys
    empty = ", ".join(f"NULL::{kind} AS {_quoted(name)}" for name, kind in everything.items())
    relation = f"SELECT {empty} WHERE false"
    if files := _files(table["StorageDescriptor"]["Location"]):
        reader = _reader(files, keys)
        _check_types(connection, reader, columns)
        relation = f"{relation} UNION ALL BY NAME FROM {reader}"
    cast = ", ".join(
        f"CAST({_quoted(n)} AS {kind}) AS {_quoted(n)}" for n, kind in everything.items()
    )
    return f"FROM ({relation}) SELECT {cast}"


def _columns(declared: list[dict[str, str]]) -> dict[str, str]:
    """DuckDB types by column name, from Hive's types."""
    return {
        column["Name"]: exp.DataType.build(column["Type"], dialect="hive").sql(dialect="duckdb")
        for column in declared
    }


def _files(location: str) -> list[str]:
    """The files of the objects at a location; Athena hides names that begin with `_` or `.`."""
    address = urlparse(location)
    bucket, prefix = address.netloc, address.path.strip("/") + "/"
    objects = (s3._buckets.get(bucket) or {"objects": {}})["objects"]
    keys = [key for key in list(objects) if key.startswith(prefix) and not key.endswith("/")]
    shown = [key for key in keys if not any(p[:1] in "_." for p in key[len(prefix) :].split("/"))]
    return [s3._object_disk_path(bucket, key) for key in sorted(shown)]


def _reader(files: list[str], keys: dict[str, str]) -> str:
    listed = ", ".join(_literal(file) for file in files)
    options = "hive_partitioning = false"
    if keys:
        types = ", ".join(f"{_literal(name)}: {kind}" for name, kind in keys.items())
        options = f"hive_partitioning = true, hive_types = {{{types}}}"
    return f"read_parquet([{listed}], union_by_name = true, {options})"


def _check_types(
    connection: duckdb.DuckDBPyConnection, reader: str, columns: dict[str, str]
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
