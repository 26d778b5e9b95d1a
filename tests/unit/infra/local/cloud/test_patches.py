import json
from datetime import UTC, date, datetime
from decimal import Decimal

import duckdb
import pytest

from infra.local.athena import results
from infra.local.cloud import patches
from infra.local.cloud.errors import UnsupportedMiniStack
from infra.local.cloud.patches.athena import sql
from infra.local.cloud.patches.durability import Journal
from infra.local.cloud.patches.missing_paths import _leads_somewhere


def test_another_ministack_is_refused_with_what_to_install(monkeypatch):
    monkeypatch.setattr(patches, "version", lambda _: "1.6.0")
    with pytest.raises(UnsupportedMiniStack, match=r"1\.6\.0.*pip install ministack==1\.5\.33"):
        patches.require_version()


def test_the_installed_ministack_is_the_one_the_patches_were_written_for():
    patches.require_version()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        (True, "true"),
        (Decimal("1E-12"), "0.000000000001"),
        (Decimal("1E+3"), "1000"),
        (date(2014, 3, 1), "2014-03-01"),
        (datetime(2014, 3, 1, 10), "2014-03-01 10:00:00.000"),  # noqa: DTZ001 - Athena's timestamp
        (datetime(2014, 3, 1, 10, tzinfo=UTC), "2014-03-01 10:00:00.000 UTC"),
        (["a", None, Decimal("1E-7")], "[a, null, 0.0000001]"),
        ({"a": 1, "b": [True]}, "{a=1, b=[true]}"),
        (b"\x01\xff", "01 ff"),
        ("a, b", "a, b"),
        (7, "7"),
    ],
)
def test_values_are_spelled_as_athena_spells_them(value, text):
    assert results.text(value) == text


@pytest.mark.parametrize(
    ("duckdb", "athena"),
    [
        ("INTEGER", "integer"),
        ("HUGEINT", "bigint"),
        ("DECIMAL(24,12)", "decimal"),
        ("VARCHAR[]", "array"),
        ("STRUCT(a INTEGER, b VARCHAR[])", "row"),
        ("MAP(VARCHAR, INTEGER)", "map"),
        ("TIMESTAMP WITH TIME ZONE", "timestamp with time zone"),
    ],
)
def test_types_are_named_as_athena_names_them(duckdb, athena):
    assert results.type_name(duckdb) == athena


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("$.a", True),
        ("$.a.null", True),
        ("$.a.list[1]", True),
        ("$.a.list[2]", False),
        ("$.a.none", False),
        ("$.a.null.deeper", False),
        ("$.a.list[*].x", True),
    ],
)
def test_a_path_leads_somewhere_when_its_key_is_there(path, there):
    assert _leads_somewhere(path, {"a": {"null": None, "list": [1, 2]}}) is there


class TestJournal:
    @pytest.fixture
    def folder(self, tmp_path):
        (tmp_path / "dynamodb.json").write_text("saved once")
        return tmp_path

    @staticmethod
    def append(folder, *numbers):
        journal = Journal(folder)
        for number in numbers:
            journal.append("PutItem", json.dumps({"number": number}).encode())
        return journal

    @staticmethod
    def numbers(folder):
        return [entry["data"]["number"] for entry in Journal(folder).entries()]

    def test_writes_are_kept_in_order(self, folder):
        self.append(folder, 1, 2)
        self.append(folder, 3)
        assert self.numbers(folder) == [1, 2, 3]

    def test_a_line_cut_short_was_never_acknowledged(self, folder):
        self.append(folder, 1, 2)
        (path,) = folder.glob("*.journal")
        path.write_text(path.read_text()[:-5])
        assert self.numbers(folder) == [1]

    def test_writes_after_a_line_cut_short_are_kept(self, folder):
        self.append(folder, 1, 2)
        (path,) = folder.glob("*.journal")
        path.write_text(path.read_text()[:-5])
        self.append(folder, 3)
        assert self.numbers(folder) == [1, 3]

    def test_it_continues_only_the_state_it_was_written_after(self, folder):
        self.append(folder, 1)
        (folder / "dynamodb.json").write_text("saved again, with 1 in it")
        assert self.numbers(folder) == []

    def test_it_starts_anew_when_the_state_is_saved(self, folder):
        journal = self.append(folder, 1)
        (folder / "dynamodb.json").write_text("saved again, with 1 in it")
        journal.restart()
        journal.append("PutItem", b'{"number": 2}')
        assert self.numbers(folder) == [2]
        assert len(list(folder.glob("*.journal"))) == 1


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
        sql._run(query, "db")


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
    assert sql._run(query, "db")["rows"] == rows


def test_a_plan_is_shown_and_nothing_is_run():
    assert sql._run("EXPLAIN (TYPE LOGICAL) SELECT 1", "db")["rows"]


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
        sql._run(query, "db")
