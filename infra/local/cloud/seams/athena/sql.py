"""Athena's SQL, tables and result texts.

AWS: Athena engine 3 speaks Trino's SQL. A table's columns are those declared in Glue, typed as
declared, null where a file lacks them, followed by the partition keys. Results are texts in
Athena's own notation, stored as `<query id>.csv`.
MiniStack: runs the text as DuckDB SQL (`5/2` is 2.5, many functions are unknown) over whatever
columns the files have; a table without files loses its array and row types; results are stored at
`<query id>.csv/<query id>.csv`. Of several statements it answers the last; DROP TABLE and CREATE
TABLE change the Glue tables, other statements that write say that they did and do nothing.
Here: sqlglot translates; each Glue table of the query is a typed view over the objects' own files,
and a file whose type Athena would refuse for the declared one is refused with HIVE_BAD_DATA. One
statement is taken, as in Athena, and only one that reads: tables come from the template alone.
Left: EXPLAIN shows DuckDB's plan; of SHOW there is SHOW TABLES; a decimal divided by a number, or its
average, is a double here and a decimal in Athena; rows outside the range of a partition projection
are visible here.
"""

import asyncio
import re
from typing import Any

import duckdb
import sqlglot
from ministack.services import athena
from sqlglot import exp
from sqlglot.errors import ParseError

from infra.local.cloud.seams.athena import results
from infra.local.cloud.seams.athena import tables as lake_tables

_SHOW_TABLES = re.compile(r"\s*show\s+tables\s*;?\s*", re.IGNORECASE)
_EXPLAIN = re.compile(r"\s*explain\s+(analyze\s+)?(verbose\s+)?(\([^)]*\)\s*)?", re.IGNORECASE)


def install() -> None:
    """Run queries here, and store results where Athena does."""
    athena._run_duckdb = _run_off_the_loop
    athena._parse_ddl = lambda _query: None  # so that every statement comes here
    _store_results_once()


async def _run_off_the_loop(query: str, database: str, _catalog: str | None = None) -> Any:
    return await asyncio.to_thread(_run, query, database)


def _run(query: str, database: str) -> dict[str, Any]:
    """Columns, their Athena types, and rows of texts."""
    if _SHOW_TABLES.fullmatch(query):
        tables = [[name] for name in lake_tables.names(database)]
        return {"columns": ["tab_name"], "column_types": ["string"], "rows": tables}
    explain = _EXPLAIN.match(query)
    tree = _as_duckdb(_parse(query[explain.end() :] if explain else query))
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET integer_division = true; SET TimeZone = 'UTC'")
        lake_tables.confine(connection)
        lake_tables.create_views(connection, tree, database)
        sql = tree.sql(dialect="duckdb")
        result = connection.execute(f"EXPLAIN {sql}" if explain else sql)
        description, rows = result.description or [], result.fetchall()
    return {
        "columns": [column[0] for column in description],
        "column_types": [results.type_name(str(column[1])) for column in description],
        "rows": [[results.text(value) for value in row] for row in rows],
    }


def _parse(query: str) -> exp.Expr:
    """The one statement of the query, which reads; raises ValueError in Athena's words."""
    statements = [tree for tree in _statements(query) if tree is not None]
    if len(statements) != 1:
        raise ValueError(f"Only one sql statement is allowed. Got: {query}")
    tree = statements[0]
    writes = tree.find(exp.DDL, exp.DML, exp.Command, exp.Into)
    if not isinstance(tree, exp.Query | exp.Values | exp.Describe | exp.Show) or (
        writes is not None and not isinstance(writes, exp.Query)
    ):
        raise ValueError(f"NOT_SUPPORTED: the embedded Athena only reads. Got: {query}")
    return tree


def _statements(query: str) -> list[exp.Expr | None]:
    try:
        return list(sqlglot.parse(query, read="athena"))
    except ParseError as problem:
        first = problem.errors[0]
        place = f"line {first['line']}:{first['col']}"
        raise ValueError(f"SYNTAX_ERROR: {place}: {first['description']}") from problem


def _as_duckdb(tree: exp.Expr) -> exp.Expr:
    """The parts of Athena's meaning that sqlglot leaves as they are."""

    def rewrite(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.DateDiff):  # Athena counts elapsed units, DuckDB boundaries crossed
            unit = exp.Literal.string(node.text("unit").lower())
            return exp.func("DATE_SUB", unit, node.expression, node.this, dialect="duckdb")
        if isinstance(node, exp.Table):  # one catalog here, so its name is left out
            node.set("catalog", None)
        return node

    tree = tree.transform(rewrite)
    for place, column in enumerate(tree.selects if isinstance(tree, exp.Select) else ()):
        if not column.output_name and not column.is_star:
            column.replace(exp.alias_(column.copy(), f"_col{place}"))
    return tree


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
