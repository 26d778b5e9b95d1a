"""Athena's SQL, tables and result texts.

AWS: Athena engine 3 speaks Trino's SQL. A table's columns are those declared in Glue, typed as
declared, null where a file lacks them, followed by the partition keys. Results are texts in
Athena's own notation, stored as `<query id>.csv`.
MiniStack 1.5.33: runs the text as DuckDB SQL (`5/2` is 2.5, many functions are unknown) over whatever
columns the files have; a table without files loses its array and row types; results are stored at
`<query id>.csv/<query id>.csv`. Of several statements it answers the last; DROP TABLE and CREATE
TABLE change the Glue tables, other statements that write say that they did and do nothing.
Here: `infra.local.athena` answers, from the Glue tables and the objects' own files; what it leaves
stands there.
Case: `division_of_integers`, `declared_columns_in_their_order`, `two_statements`, `place_of_a_result`.
"""

import asyncio
from typing import Any
from urllib.parse import urlparse

from ministack.services import athena, glue, s3

from infra.local.athena import Table, answer, is_shown


def install() -> None:
    """Run queries here, and store results where Athena does."""
    athena._run_duckdb = _run_off_the_loop
    athena._parse_ddl = lambda _query: None  # so that every statement comes here
    _store_results_once()


class GlueCatalog:
    """MiniStack's Glue tables over MiniStack's objects."""

    @property
    def folder(self) -> str:
        """Return the folder in which MiniStack keeps objects."""
        return str(s3.DATA_DIR)

    def names(self, database: str) -> list[str]:
        """Return the names of a database's tables."""
        prefix = f"{database.lower()}/"
        return sorted(key.removeprefix(prefix) for key in glue._tables if key.startswith(prefix))

    def table(self, database: str, name: str) -> Table | None:
        """Return the table as it was declared, with the files of its objects."""
        declared = glue._tables.get(f"{database}/{name}")
        if declared is None:
            return None
        storage = declared["StorageDescriptor"]
        columns, keys = storage.get("Columns", []), declared.get("PartitionKeys", [])
        return Table(_types(columns), _files(storage["Location"]), _types(keys))


def _types(declared: list[dict[str, str]]) -> dict[str, str]:
    return {column["Name"]: column["Type"] for column in declared}


def _files(location: str) -> list[str]:
    """The files of the objects at a location."""
    address = urlparse(location)
    bucket, prefix = address.netloc, address.path.strip("/") + "/"
    objects = (s3._buckets.get(bucket) or {"objects": {}})["objects"]
    below = sorted(key for key in list(objects) if key.startswith(prefix) and not key.endswith("/"))
    shown = (key for key in below if is_shown(key.removeprefix(prefix).split("/")))
    return [s3._object_disk_path(bucket, key) for key in shown]


async def _run_off_the_loop(query: str, database: str, _catalog: str | None = None) -> Any:
    return await asyncio.to_thread(_run, query, database)


def _run(query: str, database: str) -> dict[str, Any]:
    """Columns, their Athena types, and rows of texts."""
    found = answer(query, database, GlueCatalog())
    return {"columns": found.columns, "column_types": found.types, "rows": found.rows}


def _store_results_once() -> None:
    save = athena._save_query_results

    async def save_in_folder(query_id: str) -> None:
        configuration = athena._executions[query_id]["ResultConfiguration"]
        folder = configuration["OutputLocation"].removesuffix(f"{query_id}.csv").rstrip("/")
        configuration["OutputLocation"] = folder
        try:
            await save(query_id)
        finally:
            configuration["OutputLocation"] = f"{folder}/{query_id}.csv"

    athena._save_query_results = save_in_folder
