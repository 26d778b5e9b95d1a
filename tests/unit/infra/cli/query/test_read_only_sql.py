"""Nothing but one statement that reads gets past, however it is dressed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.cli.query.read_only_sql import OnlyReads, check_reads
from infra.queries import FOLDER

READS = [
    "SELECT 1",
    "select 1;",
    "(SELECT 1)",
    "WITH a AS (SELECT 1) SELECT * FROM a",
    "SELECT 1 UNION ALL SELECT 2",
    "VALUES (1), (2)",
    "SHOW TABLES",
    "SHOW CREATE TABLE pairs",
    "DESCRIBE pairs",
    "EXPLAIN SELECT * FROM pairs",
    "EXPLAIN (TYPE DISTRIBUTED) SELECT 1",
    "EXPLAIN ANALYZE VERBOSE SELECT 1",
    "-- drop table pairs\nSELECT 1 -- ; drop table pairs",
    "/* drop table pairs; */ SELECT ';' /* insert */",
    "SELECT 'drop table pairs; delete from runs' AS text",
]
CHANGES = [
    "",
    ";",
    "DROP TABLE pairs",
    "drop/**/table pairs",
    "CREATE TABLE x AS SELECT 1",
    "CREATE EXTERNAL TABLE x (y int) LOCATION 's3://b/x/'",
    "CREATE VIEW x AS SELECT 1",
    "ALTER TABLE pairs ADD COLUMNS (x int)",
    "INSERT INTO pairs VALUES (1)",
    "UPDATE pairs SET x = 1",
    "DELETE FROM pairs",
    "MERGE INTO a USING b ON a.x = b.x WHEN MATCHED THEN DELETE",
    "TRUNCATE TABLE pairs",
    "MSCK REPAIR TABLE pairs",
    "VACUUM pairs",
    "OPTIMIZE pairs REWRITE DATA USING BIN_PACK",
    "UNLOAD (SELECT 1) TO 's3://b/x' WITH (format = 'PARQUET')",
    "COPY pairs TO '/tmp/x'",
    "ATTACH '/tmp/x' AS y",
    "INSTALL httpfs",
    "SET memory_limit = '1GB'",
    "PRAGMA database_list",
    "CALL foo()",
    "USE other",
    "PREPARE x FROM SELECT 1",
    "EXECUTE x",
    "EXPORT DATABASE '/tmp/x'",
    "GRANT SELECT ON pairs TO me",
    "EXPLAIN DROP TABLE pairs",
    "EXPLAIN ANALYZE CREATE TABLE x AS SELECT 1",
    "EXPLAIN ANALYZE (FORMAT JSON) INSERT INTO pairs SELECT 1",
    "EXPLAIN EXPLAIN INSERT INTO pairs SELECT 1",
    "WITH a AS (INSERT INTO b SELECT 1) SELECT * FROM a",
    "SELECT 1 INTO x",
    "SELECT 1; SELECT 2",
    "SELECT 1; DROP TABLE pairs",
    "SELECT 1;; DROP TABLE pairs",
    "EXPLAIN SELECT 1; DROP TABLE pairs",
    "-- a note\nDROP TABLE pairs",
    "/* SELECT */ DROP TABLE pairs",
    "/* /* */ DROP TABLE pairs -- */ SELECT 1",
    "SELECT ( ; DROP TABLE pairs",
]


@pytest.mark.parametrize("sql", READS)
def test_one_statement_that_reads_is_let_through(sql):
    check_reads(sql)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.sql")), ids=lambda path: path.stem)
def test_every_packaged_query_reads(path):
    check_reads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("sql", CHANGES)
def test_anything_else_is_refused_with_what_may_be_written(sql):
    with pytest.raises(OnlyReads, match="write one SELECT, VALUES, SHOW") as refusal:
        check_reads(sql)
    assert "\n" not in str(refusal.value)


BLANKS = st.text(" \t\n", min_size=1, max_size=3)
COMMENTS = st.sampled_from(["", "/* SELECT 1; */", "-- SELECT 1\n", "/**/"])


@given(st.sampled_from(CHANGES[2:]), COMMENTS, BLANKS, COMMENTS, st.booleans())
def test_no_comment_blank_or_case_hides_a_change(sql, before, blank, after, lower):
    dressed = f"{before}{blank}{sql}{blank}{after}"
    with pytest.raises(OnlyReads):
        check_reads(dressed.lower() if lower else dressed)


def test_what_reads_but_cannot_be_parsed_is_left_to_athenas_own_words():
    check_reads("SELECT FROM WHERE")
