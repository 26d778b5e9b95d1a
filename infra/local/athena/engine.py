"""Athena's SQL over Parquet files, by DuckDB.

Athena engine 3 speaks Trino's SQL. sqlglot translates it; each table of the query is a typed view over its files,
and a file whose type Athena would refuse for the declared one is refused with HIVE_BAD_DATA. One statement is
taken, as in Athena, and only one that reads: tables come from the template alone. Left: EXPLAIN shows DuckDB's
plan; of SHOW there is SHOW TABLES; a decimal divided by a number, or its average, is a double here and a decimal
in Athena; rows outside the range of a partition projection are visible here.
"""

import re
from dataclasses import dataclass

import duckdb
import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from infra.local.athena import results, views

_SHOW_TABLES = re.compile(r"\s*show\s+tables\s*;?\s*", re.IGNORECASE)
_EXPLAIN = re.compile(r"\s*explain\s+(analyze\s+)?(verbose\s+)?(\([^)]*\)\s*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """Columns, their Athena types, and rows of texts, None for a null."""

    columns: list[str]
    types: list[str]
    rows: list[list[str | None]]


def answer(query: str, database: str, catalog: views.Catalog) -> Answer:
    """Run one statement that reads, and return its result.

    Raises ValueError in Athena's words, or what DuckDB raises.
    """
    if _SHOW_TABLES.fullmatch(query):
        return Answer(["tab_name"], ["string"], [[name] for name in catalog.names(database)])
    explain = _EXPLAIN.match(query)
    tree = _as_duckdb(_parse(query[explain.end() :] if explain else query))
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET integer_division = true; SET TimeZone = 'UTC'")
        views.confine(connection, catalog.folder)
        views.create_views(connection, tree, database, catalog)
        sql = tree.sql(dialect="duckdb")
        result = connection.execute(f"EXPLAIN {sql}" if explain else sql)
        description, rows = result.description or [], result.fetchall()
    return Answer(
        [column[0] for column in description],
        [results.type_name(str(column[1])) for column in description],
        [[results.text(value) for value in row] for row in rows],
    )


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
