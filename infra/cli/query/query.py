"""An Athena query on the lake in a folder, or on a deployed stack's, and its rows printed."""

import csv
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

import duckdb
from botocore.exceptions import ClientError

from infra.cli.query.read_only_sql import check_reads
from infra.cli.terminal.harmless import unfiltered
from infra.cli.terminal.screen import print_json, print_table, print_wrapped
from infra.local.athena import answer
from infra.local.folder import check
from infra.local.lake import lake_folder
from infra.machine.stack import DeployedStack
from infra.queries import FOLDER, packaged_names
from shared.errors import BadInput, EconChatRError
from shared.validation import did_you_mean

POLL_SECONDS = 0.1
MAX_ROWS = 1000
CELL_WIDTH = 60
LONG_NUMBER = re.compile(r"-?\d+\.\d{7,}(e-?\d+)?", re.IGNORECASE)
Row = list[str | None]
Result = tuple[list[str], list[Row]]
"""The names of the columns, and the rows; a cell is None where it is null."""


class NoLake(BadInput):
    """No run has left a lake in the folder."""


class UnknownQuery(BadInput):
    """Neither a packaged query nor SQL."""


class QueryFailed(EconChatRError):
    """Athena refused or could not finish the query."""


def sql_of(name_or_sql: str) -> str:
    """Return the query's text; raises UnknownQuery for a single word that names none."""
    if name_or_sql in packaged_names():
        return (FOLDER / f"{name_or_sql}.sql").read_text(encoding="utf-8")
    if len(name_or_sql.split()) < 2:
        near = did_you_mean(name_or_sql, packaged_names())
        raise UnknownQuery(
            f"{name_or_sql!r} is no packaged query;{near} packaged are {', '.join(packaged_names())}; or write SQL"
        )
    return name_or_sql


def checked_sql(name_or_sql: str) -> str:
    """Return the text of a query that only reads tables of the lake; raises UnknownQuery, OnlyReads or UnknownTable."""
    sql = sql_of(name_or_sql)
    check_reads(sql)
    return sql


def of_stack(sql: str, stack: DeployedStack) -> Result:
    """Return column names and rows of a query in a stack's workgroup; raises QueryFailed."""
    names = stack.outputs["Workgroup"], stack.outputs["Database"]
    return select(stack.client("athena"), sql, *names)


def of_folder(sql: str, out: Path) -> Result:
    """Return column names and rows of a query over the lake in a folder, with nothing started.

    Raises NotOurFolder, NoLake or QueryFailed.
    """
    check(out)
    lake = lake_folder(out / "lake")
    if not lake.root.is_dir():
        raise NoLake(f"{out} holds no lake; run `econchatr local --out {out} ...` first")
    try:
        found = answer(sql, lake.database, lake)
    except (ValueError, duckdb.Error) as error:
        raise QueryFailed(f"Athena would say: {error}") from error
    return found.columns, found.rows


def print_result(result: Result, form: str) -> None:
    """Print the first MAX_ROWS rows of a result in one of the forms of `--format`."""
    header, rows = result
    show(header, rows[:MAX_ROWS], form)
    if len(rows) > MAX_ROWS:
        print(f"Only the first {MAX_ROWS:,} rows are shown; narrow the query", file=sys.stderr)


def show(header: Sequence[str], rows: Sequence[Row], form: str) -> None:
    """Print the rows: as a table whose cells are cut, or whole as csv, json, or a block a row."""
    if form == "csv":
        csv.writer(_as_it_is(), lineterminator="\n").writerows([header, *rows])
    elif form == "json":
        print_json([dict(zip(header, row, strict=True)) for row in rows])
    elif form == "full":
        blocks = ("\n".join(map(": ".join, zip(header, _filled(row), strict=True))) for row in rows)
        print("\n\n".join(blocks))
    else:
        cells = [[_rounded(cell) for cell in _filled(row)] for row in rows]
        print_table(header, cells, widest=CELL_WIDTH)
        exact = all(map(_same, rows, cells))
        whole = "" if exact else "; numbers are rounded, --format csv or json has them whole"
        print_wrapped(f"\n{len(rows):,} {'row' if len(rows) == 1 else 'rows'}{whole}")


def _as_it_is() -> TextIO:
    """Standard output; a file or a pipe gets every character of the data."""
    return sys.stdout if sys.stdout.isatty() else unfiltered(sys.stdout)


def _same(row: Row, cells: list[str]) -> bool:
    return _filled(row) == cells


def _rounded(cell: str) -> str:
    """A number of more decimals than money has, with as many as a person takes in."""
    if not LONG_NUMBER.fullmatch(cell):
        return cell
    number = float(cell)
    return f"{number:.4f}" if abs(number) >= 0.001 else f"{number:.3g}"


def _filled(row: Row) -> list[str]:
    return [cell or "" for cell in row]


def select(athena: Any, sql: str, workgroup: str, database: str) -> Result:
    """Return column names and the rows, at most one more than MAX_ROWS; raises QueryFailed with Athena's reason.

    A cell is None where it is null.
    """
    try:
        query_id = athena.start_query_execution(
            QueryString=sql, WorkGroup=workgroup, QueryExecutionContext={"Database": database}
        )["QueryExecutionId"]
    except ClientError as error:
        raise QueryFailed(f"Athena says: {error.response['Error']['Message']}") from error
    while True:
        status = athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]["Status"]
        if status["State"] in ("FAILED", "CANCELLED"):
            raise QueryFailed(f"Athena says: {status.get('StateChangeReason', 'no reason given')}")
        if status["State"] == "SUCCEEDED":
            break
        time.sleep(POLL_SECONDS)
    paginator = athena.get_paginator("get_query_results")
    most = {"MaxItems": MAX_ROWS + 2}  # the names, and a row that tells that there are more
    pages = list(paginator.paginate(QueryExecutionId=query_id, PaginationConfig=most))
    rows: list[Row] = [
        [cell.get("VarCharValue") for cell in row["Data"]]
        for page in pages
        for row in page["ResultSet"]["Rows"]
    ]
    return _without_header(_column_names(pages), rows)


def _column_names(pages: list[dict[str, Any]]) -> list[str]:
    described = pages[0]["ResultSet"].get("ResultSetMetadata", {}) if pages else {}
    return [column["Name"] for column in described.get("ColumnInfo", ())]


def _without_header(names: list[str], rows: list[Row]) -> tuple[list[str], list[Row]]:
    """Only the rows of a SELECT begin with the names of the columns; those of SHOW do not."""
    if names and rows[:1] != [names]:
        return names, rows
    return (_filled(rows[0]), rows[1:]) if rows else (names, [])
