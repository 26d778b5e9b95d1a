"""`econchatr query`: an Athena query on the embedded lake."""

import time
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.cli.arguments import Query
from infra.cli.reading import check_reads
from infra.cli.telling import print_table
from infra.local.cloud import running
from infra.local.folder import check, state_dir
from shared.errors import BadInput, EconChatRError

QUERIES = Path(__file__).resolve().parents[1] / "queries"
WORKGROUP = "econchatr-laptop"
DATABASE = "econchatr_laptop"
POLL_SECONDS = 0.1
MAX_ROWS = 1000
CELL_WIDTH = 60


class NoLake(BadInput):
    """No run has left a lake in the folder."""


class UnknownQuery(BadInput):
    """Neither a packaged query nor SQL."""


class QueryFailed(EconChatRError):
    """Athena refused or could not finish the query."""


def packaged_names() -> list[str]:
    """The names of the packaged queries."""
    return sorted(path.stem for path in QUERIES.glob("*.sql"))


def sql_of(name_or_sql: str) -> str:
    """The query's text; raises UnknownQuery for a single word that names none."""
    if name_or_sql in packaged_names():
        return (QUERIES / f"{name_or_sql}.sql").read_text(encoding="utf-8")
    if len(name_or_sql.split()) < 2:
        raise UnknownQuery(
            f"{name_or_sql!r} is no packaged query; packaged are {', '.join(packaged_names())}; or write SQL"
        )
    return name_or_sql


def run(arguments: Query) -> int:
    """Print the rows of the query; 0 when it succeeded."""
    sql = sql_of(arguments.query)
    check_reads(sql)
    state = state_dir(arguments.out) / "cloud"
    if not state.is_dir():
        raise NoLake(
            f"{arguments.out} holds no lake; run `econchatr local --out {arguments.out} ...` first"
        )
    check(arguments.out)
    with running(state) as cloud:
        header, rows = select(cloud.client("athena"), sql)
    print_table(header, rows, widest=CELL_WIDTH)
    print(f"\n{len(rows)} rows")
    return 0


def select(athena: Any, sql: str) -> tuple[list[str], list[list[str]]]:
    """Column names and the first MAX_ROWS rows; raises QueryFailed with Athena's reason."""
    try:
        query_id = athena.start_query_execution(
            QueryString=sql, WorkGroup=WORKGROUP, QueryExecutionContext={"Database": DATABASE}
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
    most = {"MaxItems": MAX_ROWS + 1}
    pages = list(paginator.paginate(QueryExecutionId=query_id, PaginationConfig=most))
    rows = [
        [cell.get("VarCharValue", "") for cell in row["Data"]]
        for page in pages
        for row in page["ResultSet"]["Rows"]
    ]
    return _without_header(_column_names(pages), rows)


def _column_names(pages: list[dict[str, Any]]) -> list[str]:
    described = pages[0]["ResultSet"].get("ResultSetMetadata", {}) if pages else {}
    return [column["Name"] for column in described.get("ColumnInfo", ())]


def _without_header(names: list[str], rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """Only the rows of a SELECT begin with the names of the columns; those of SHOW do not."""
    if names and rows[:1] != [names]:
        return names, rows
    return (rows[0], rows[1:]) if rows else (names, [])
