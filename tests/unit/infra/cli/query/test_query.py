import csv
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from botocore.exceptions import ClientError

from infra.cli.query import query
from infra.cli.query.query import MAX_ROWS, NoLake, QueryFailed, UnknownQuery, show
from infra.local.folder import marker
from shared.lake.schemas import SCHEMAS


class Athena:
    """Athena with one answer: rows of cells, a cell None where it is null."""

    def __init__(self, rows=(), states=("SUCCEEDED",), refusal=None):
        self.rows = rows
        self.states = list(states)
        self.refusal = refusal
        self.asked = []

    def start_query_execution(self, **request):
        self.asked.append(request)
        if self.refusal:
            error = {"Error": {"Code": "InvalidRequestException", "Message": self.refusal}}
            raise ClientError(error, "StartQueryExecution")
        return {"QueryExecutionId": "q1"}

    def get_query_execution(self, QueryExecutionId):  # noqa: N803 - boto3's name
        state = self.states.pop(0)
        reason = {"StateChangeReason": "line 1:8: no such column"} if state == "FAILED" else {}
        assert QueryExecutionId == "q1"
        return {"QueryExecution": {"Status": {"State": state, **reason}}}

    def get_paginator(self, name):
        assert name == "get_query_results"
        return self

    def paginate(self, QueryExecutionId, PaginationConfig):  # noqa: N803 - boto3's names
        assert (QueryExecutionId, PaginationConfig) == ("q1", {"MaxItems": MAX_ROWS + 2})
        for row in self.rows:
            cells = [{} if cell is None else {"VarCharValue": cell} for cell in row]
            yield {"ResultSet": {"Rows": [{"Data": cells}]}}


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(query, "POLL_SECONDS", 0)


def test_a_packaged_query_is_found_by_its_name():
    for name in query.packaged_names():
        assert "SELECT" in query.sql_of(name).upper()


def test_sql_is_taken_as_it_is():
    assert query.sql_of("SELECT 1") == "SELECT 1"


@pytest.mark.parametrize(
    "name", ["nosuch", "", "../queries/nosuch", "spend_by_month_and_model.sql"]
)
def test_a_word_that_names_no_query_is_refused_with_those_there_are(name):
    with pytest.raises(UnknownQuery, match="spend_by_month_and_model"):
        query.sql_of(name)


def test_rows_come_with_their_column_names_and_nulls_are_none():
    athena = Athena([("run_id", "error"), ("r1", None)], states=["QUEUED", "RUNNING", "SUCCEEDED"])
    assert query.select(athena, "SELECT 1", "wg", "db") == (["run_id", "error"], [["r1", None]])
    assert athena.asked[0]["WorkGroup"] == "wg"
    assert athena.asked[0]["QueryExecutionContext"] == {"Database": "db"}


HEADER, ROWS = ["name", "said"], [["Ida", "Why, though? " * 10], ["Tom", None]]


def test_a_table_cuts_its_cells_and_counts_its_rows(capsys):
    query.show(HEADER, ROWS, "table")
    said = capsys.readouterr().out
    assert "…" in said
    assert said.endswith("\n2 rows\n")
    query.show(HEADER, ROWS[:1], "table")
    assert capsys.readouterr().out.endswith("\n1 row\n")


def test_csv_json_and_blocks_are_whole(capsys):
    query.show(HEADER, ROWS, "csv")
    assert list(csv.reader(capsys.readouterr().out.splitlines())) == [HEADER, ROWS[0], ["Tom", ""]]
    query.show(HEADER, ROWS, "json")
    assert json.loads(capsys.readouterr().out) == [
        {"name": "Ida", "said": ROWS[0][1]},
        {"name": "Tom", "said": None},
    ]
    query.show(HEADER, ROWS, "full")
    assert capsys.readouterr().out.splitlines() == [
        *("name: Ida", f"said: {ROWS[0][1]}", "", "name: Tom", "said: "),
    ]


def test_a_name_that_is_nearly_one_is_asked_about():
    with pytest.raises(UnknownQuery, match=r"did you mean guests_by_year\?"):
        query.sql_of("guest_by_year")


def test_a_result_without_a_row_of_names_keeps_its_first_row(monkeypatch):
    described = {"ColumnInfo": [{"Name": "tab_name"}]}
    rows = [{"Data": [{"VarCharValue": "episodes"}]}, {"Data": [{"VarCharValue": "pairs"}]}]
    page = {"ResultSet": {"Rows": rows, "ResultSetMetadata": described}}
    athena = Athena()
    monkeypatch.setattr(athena, "paginate", lambda **_: iter([page]))
    assert query.select(athena, "SHOW TABLES", "wg", "db") == (
        ["tab_name"],
        [["episodes"], ["pairs"]],
    )


def test_a_statement_without_a_result_has_no_rows():
    assert query.select(Athena(), "SHOW TABLES", "wg", "db") == ([], [])


@pytest.mark.parametrize("states", [["FAILED"], ["RUNNING", "CANCELLED"]])
def test_a_query_that_fails_says_why(states):
    with pytest.raises(QueryFailed, match=r"no such column|no reason given"):
        query.select(Athena(states=states), "SELECT 1", "wg", "db")


def test_a_query_that_athena_refuses_at_once_says_why():
    with pytest.raises(QueryFailed, match="WorkGroup is not found"):
        query.select(Athena(refusal="WorkGroup is not found"), "SELECT 1", "wg", "db")


def test_a_folder_without_a_lake_is_refused_and_left_as_it_is(tmp_path):
    with pytest.raises(NoLake, match="econchatr local"):
        query.of_folder("SELECT 1", tmp_path / "nosuch")
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def ours(tmp_path):
    """A folder that a run has marked as its own."""
    marker.save(tmp_path, marker.Marker())
    return tmp_path


def test_a_folders_lake_is_read_without_anything_started(ours):
    rows = [{"show": "porch", "turn": n, "role": "host", "text": f"said {n}"} for n in range(3)]
    path = ours / "lake" / "turns" / "year=2024" / "porch.2024-01.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(pa.Table.from_pylist(rows, SCHEMAS["turns"]), path)
    found = query.of_folder("SELECT year, count(*) AS n, 5/2 AS half FROM turns GROUP BY 1", ours)
    assert found == (["year", "n", "half"], [["2024", "3", "2"]])
    assert query.of_folder("SELECT count(*) AS n FROM runs", ours)[1] == [["0"]]


def test_a_folders_query_reads_nothing_else_of_the_machine(ours):
    (ours / "lake").mkdir()
    secret = ours / "secret.csv"
    secret.write_text("a\n1\n")
    with pytest.raises(QueryFailed, match="Athena would say"):
        query.of_folder(f"SELECT * FROM read_csv('{secret}')", ours)  # noqa: S608 - a test


def test_a_table_rounds_what_nobody_reads_and_says_so(capsys):
    row = [
        "0.12345678901234",
        "12345.678901234",
        "0.0000123456789",
        "-1.000000000001e-05",
        "0.485576",
    ]
    show(["a", "b", "c", "d", "e"], [row], "table")
    said = capsys.readouterr().out
    assert said.splitlines()[2].split() == [
        "0.1235",
        "12345.6789",
        "1.23e-05",
        "-1e-05",
        "0.485576",
    ]
    assert "numbers are rounded" in said
    show(["e"], [["0.485576"]], "table")
    assert "rounded" not in capsys.readouterr().out
    show(["a"], [row[:1]], "csv")
    assert capsys.readouterr().out == f"a\n{row[0]}\n"
