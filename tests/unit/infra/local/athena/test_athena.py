"""Which statements are answered, and what a query can see."""

from pathlib import Path

import duckdb
import pytest

from infra.local.athena import ParquetFolder, answer

NOTHING = ParquetFolder(Path(__file__).parent, "db", {})


def rows_of(query):
    return answer(query, NOTHING.database, NOTHING).rows


@pytest.mark.parametrize(
    "query",
    [
        "select 1; select 2",
        "drop table pairs",
        "create table x as select 1",
        "insert into pairs values (1)",
        "with a as (insert into b select 1) select * from a",
        "explain drop table pairs",
        "explain analyze create table x as select 1",
        "unload (select 1) to 's3://b/x' with (format = 'PARQUET')",
        "select 1 into x",
        "/* /* */ drop table pairs -- */ select 1; drop table pairs",
        "set threads = 1",
        "",
    ],
)
def test_the_embedded_athena_takes_one_statement_that_reads(query):
    with pytest.raises(ValueError, match=r"Only one sql statement|only reads|SYNTAX_ERROR"):
        rows_of(query)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT 1 AS x;", [["1"]]),
        ("VALUES (1), (2)", [["1"], ["2"]]),
        ("WITH a AS (SELECT 1 AS y) SELECT * FROM a", [["1"]]),
        ("SHOW TABLES", []),
    ],
)
def test_whatever_reads_is_answered(query, rows):
    assert rows_of(query) == rows


def test_a_plan_is_shown_and_nothing_is_run():
    assert rows_of("EXPLAIN (TYPE LOGICAL) SELECT 1")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM read_text('/etc/hosts')",
        "SELECT * FROM '/etc/hosts'",
        "SELECT getenv('HOME')",
    ],
)
def test_a_query_sees_nothing_of_the_machine(query):
    with pytest.raises(duckdb.Error):
        rows_of(query)
