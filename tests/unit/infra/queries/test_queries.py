"""Every packaged query, run on real Parquet of an invented run, through DuckDB from Athena's dialect."""

import re
from datetime import date
from decimal import Decimal

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from infra.queries.template import as_template
from shared.lake.schemas import PARTITIONED_BY_YEAR, SCHEMAS
from tests.cfn import load_template
from tests.places import ROOT
from tests.sample_run import QUESTIONS, RUN_ID, sample_run
from tests.unit.infra.queries.trino import refusals

FOLDER = ROOT / "infra" / "queries"
NAMES = sorted(path.stem for path in FOLDER.glob("*.sql"))


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """A DuckDB with the tables of one finished run as the lake holds them, `year` from the path."""
    yield from duckdb_of(tmp_path_factory.mktemp("lake"), "answers")


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """The same of a run whose arms two judges have judged."""
    yield from duckdb_of(tmp_path_factory.mktemp("judged"), "all_arms", "judgements")


def duckdb_of(root, *last):
    with sample_run() as run:
        for stage in ("manifest", "corpus", "dataset", "jobs", *last):
            getattr(run, f"write_{stage}")()
        run.report()
        for key in run.lake.keys("lake/"):
            (root / key).parent.mkdir(parents=True, exist_ok=True)
            (root / key).write_bytes(run.lake.read(key))
    with duckdb.connect() as connection:
        for table in SCHEMAS:
            if (root / "lake" / table).exists():
                files = root / "lake" / table / "**" / "*.parquet"
                partitions = str(table in PARTITIONED_BY_YEAR).lower()
                connection.execute(
                    f"CREATE VIEW {table} AS FROM read_parquet('{files}', hive_partitioning = {partitions})"
                )
        yield connection


def text_of(name):
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def rows_of(lake, name):
    (statement,) = sqlglot.transpile(text_of(name), read="athena", write="duckdb")
    found = lake.execute(statement)
    columns = [column[0] for column in found.description]
    return [dict(zip(columns, row, strict=True)) for row in found.fetchall()]


@pytest.mark.parametrize("name", NAMES)
def test_a_query_begins_with_the_sentence_that_explains_it(name):
    first = text_of(name).splitlines()[0]
    assert first.startswith("-- ")
    assert first.endswith(".")


@pytest.mark.parametrize("name", NAMES)
def test_a_query_reads_the_workgroups_own_tables_and_changes_nothing(name):
    tree = sqlglot.parse_one(text_of(name), read="athena")
    assert isinstance(tree, exp.Select)
    for table in tree.find_all(exp.Table):
        assert table.name in SCHEMAS
        assert not table.db


def test_every_query_is_tested_by_running_it():
    tested = {name.removeprefix("test_run_") for name in globals() if name.startswith("test_run_")}
    assert tested == set(NAMES)


def test_run_spend_by_month_and_model(lake):
    rows = rows_of(lake, "spend_by_month_and_model")
    assert [
        (row["purpose"], row["model"], row["purchases"], row["settled_usd"]) for row in rows
    ] == [
        ("training", "gpt-4.1-mini", 1, Decimal("0.0012")),
        ("training", "llama-3.1-8b", 1, Decimal("0.0012")),
        ("inference", "gpt-4.1-mini", 2, Decimal("0.0006")),
        ("inference", "llama-3.1-8b", 2, Decimal("0.0006")),
    ]
    assert all(isinstance(row["still_reserved_usd"], Decimal) for row in rows)


def test_run_cost_of_each_run(lake):
    (row,) = rows_of(lake, "cost_of_each_run")
    assert (row["run_id"], row["status"], row["ceiling_usd"]) == (
        RUN_ID,
        "SUCCEEDED",
        Decimal("5.00"),
    )
    assert (row["training_usd"], row["answers_usd"]) == (Decimal("0.0024"), Decimal("0.0012"))
    assert row["settled_usd"] == row["training_usd"] + row["answers_usd"]


def test_run_episodes_that_failed(lake):
    rows = rows_of(lake, "episodes_that_failed")
    assert [(row["published_on"], row["title"], row["status"], row["reason"]) for row in rows] == [
        (date(2015, 3, 1), "Swings", "failed", "http_500"),
        (date(2015, 2, 1), "Notes on lamps", "refused", "no_turns"),
    ]


def test_run_what_was_noticed(lake):
    rows = rows_of(lake, "what_was_noticed")
    assert [(row["title"], row["warning"]) for row in rows] == [
        ("Rain, with Tom Ash", "the host, Ida Stone, never speaks; who speaks most: Tom Ash"),
        ("Swings", "failed (http_500): "),
        ("Notes on lamps", "refused (no_turns): "),
        ("Fences, with Tom Ash and Lea Roe", "the transcript may be cut off: it ends in 'and'"),
        ("Rain, with Tom Ash", "unknown speakers: Ann Low"),
    ]


def test_run_tokens_per_year(lake):
    (row,) = rows_of(lake, "tokens_per_year")
    assert (row["show"], row["year"], row["episodes"], row["turns"]) == ("porch", 2014, 2, 4)
    assert (row["tokens"], row["host_tokens"]) == (34, 30)
    assert row["host_percent"] == pytest.approx(100 * 30 / 34)


def test_run_episodes_that_trained_a_model(lake):
    rows = rows_of(lake, "episodes_that_trained_a_model")
    assert [(row["fine_tuned_model"], row["title"], row["pairs"]) for row in rows] == [
        ("ft:gpt-4.1-mini", "Rain, with Tom Ash", 1),
        ("ft:gpt-4.1-mini", "Fences, with Tom Ash and Lea Roe", 1),
        ("ft:llama-3.1-8b", "Rain, with Tom Ash", 1),
        ("ft:llama-3.1-8b", "Fences, with Tom Ash and Lea Roe", 1),
    ]


def test_run_answers_side_by_side(lake):
    rows = rows_of(lake, "answers_side_by_side")
    assert [row["prompt"] for row in rows] == [question for question in QUESTIONS for _ in range(2)]
    quote = rows[2]
    assert quote["untuned_answer"] == "that keeps the rain out."
    assert quote["tuned_answer"] == "A porch is a room that forgives the weather."
    assert quote["disclosure"] == "Simulated; not the words of Ida Stone"


def test_run_score_by_run(lake):
    scores = {(row["model"], row["metric"]): row for row in rows_of(lake, "score_by_run")}
    exact = scores["gpt-4.1-mini", "quote_exact"]
    assert (exact["untuned"], exact["untuned_n"], exact["tuned"], exact["tuned_n"]) == (
        0.0,
        1,
        1.0,
        1,
    )


def test_run_jury_agreement(judged):
    (row,) = rows_of(judged, "jury_agreement")
    assert (row["judge"], row["other_judge"]) == ("gpt-6-luna", "llama-3.1-8b")
    # One of the two always says A, which is right in one of both orders.
    assert (row["ballots"], row["without_two_votes"], row["agreed"]) == (8 * 14, 0, 8 * 7)
    assert row["agreement"] == 0.5


def test_run_best_answer_per_question(judged):
    rows = rows_of(judged, "best_answer_per_question")
    assert [(row["model"], row["best_arm"], row["votes_won"], row["votes"]) for row in rows] == [
        ("gpt-4.1-mini", "tuned", 4, 4),
        ("llama-3.1-8b", "tuned", 4, 4),
    ]
    assert {row["answer"] for row in rows} == {"tuned says so."}


def test_the_price_of_the_votes_behind_a_score_stands_beside_it(judged):
    scores = {(row["model"], row["metric"]): row for row in rows_of(judged, "score_by_run")}
    wins = scores["gpt-4.1-mini", "jury_wins_over_prompted"]
    assert (wins["tuned"], wins["tuned_n"]) == (1.0, 8)
    assert wins["judging_usd"] == 16 * Decimal("0.0001")
    (cost,) = rows_of(judged, "cost_of_each_run")
    assert cost["judging_usd"] == Decimal("0.0010")
    assert not [model for model, _ in scores if model == "gpt-6-luna"]


def test_run_guests_by_year(lake):
    rows = rows_of(lake, "guests_by_year")
    assert [(row["year"], row["guest"], row["episodes"]) for row in rows] == [
        (2014, "Lea Roe", 1),
        (2014, "Tom Ash", 2),
        (2015, "Lea Roe", 1),
    ]


@pytest.mark.parametrize("name", NAMES)
def test_no_query_is_one_that_trino_would_refuse(name):
    assert refusals(text_of(name)) == []


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        (
            "SELECT episodes.year, count(*) AS episodes FROM episodes GROUP BY 1 ORDER BY episodes.year",
            "orders by episodes.year, a column of the result to Trino",
        ),
        ("SELECT list_sort(guests) AS g FROM episodes", "calls list_sort"),
        ("SELECT approx_distinct(url) AS g FROM episodes", "calls ApproxDistinct"),
        ("SELECT title FROM episodes WHERE n_turns = '3'", "mixes number and text in"),
        (
            "SELECT title FROM episodes WHERE published > '2020-01-01'",
            "mixes text and timestamp in",
        ),
        ("SELECT title FROM episodes WHERE recorded = published", "mixes date and timestamp in"),
        ("SELECT title || n_turns AS t FROM episodes", "mixes number and text in"),
        ("SELECT coalesce(n_turns, 'none') AS t FROM episodes", "mixes number and text in"),
        ("SELECT title FROM episodes WHERE year IN ('2020')", "mixes number and text in"),
        (
            "SELECT title FROM episodes WHERE n_turns BETWEEN '1' AND '2'",
            "mixes number and text in",
        ),
        (
            "SELECT CASE WHEN year = 1 THEN 1 ELSE 'no' END AS t FROM episodes",
            "mixes number and text",
        ),
        ("SELECT title FROM episodes WHERE n_turns = TRUE", "mixes boolean and number in"),
        ("SELECT 1.0 * count(*) / 3 AS share FROM episodes", "keeps too few digits of"),
        ("SELECT sum(cost_usd) / count(*) AS each FROM judgements", "keeps too few digits of"),
        ("SELECT avg(cost_usd) AS each FROM judgements", "keeps too few digits of"),
        ("SELECT n_turns / n_tokens AS share FROM episodes", "keeps too few digits of"),
        (
            "SELECT 100 * CAST(count(*) / 3 AS DOUBLE) AS share FROM episodes",
            "keeps too few digits of",
        ),
    ],
)
def test_what_trino_would_refuse_is_noticed(sql, why):
    (found,) = refusals(sql)
    assert found.startswith(why)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT year, count(*) AS episodes FROM episodes GROUP BY 1 ORDER BY year",
        "SELECT title FROM episodes WHERE published > TIMESTAMP '2020-01-01 00:00:00'",
        "SELECT coalesce(reason, 'none') AS r FROM episodes WHERE n_tokens > 1.5 AND n_turns < n_tokens",
        "SELECT count(*) / CAST(nullif(sum(n_tokens), 0) AS DOUBLE) AS share FROM episodes",
        "SELECT avg(value) AS mean, sum(value) / count(*) AS again FROM metrics",
    ],
)
def test_what_trino_takes_is_left_alone(sql):
    assert refusals(sql) == []


def test_the_stack_has_every_query_as_its_file_says_it():
    assert (ROOT / "infra" / "queries.yaml").read_text("utf-8") == as_template()
    written = load_template(ROOT / "infra" / "queries.yaml")["Resources"].values()
    saved = [one["Properties"] for one in written if one["Type"] == "AWS::Athena::NamedQuery"]
    assert {one["Name"]: one["QueryString"] for one in saved} == {
        name: text_of(name) for name in NAMES
    }


def test_the_page_of_queries_shows_each_with_the_columns_that_it_has(judged):
    page = (ROOT / "docs" / "queries.md").read_text("utf-8")
    shown = re.findall(r"^## (\w+)\n\n(.+)\n\n```text\n(.+)\n", page, re.MULTILINE)
    assert [name for name, _, _ in shown] == NAMES
    for name, said, columns in shown:
        assert said == text_of(name).splitlines()[0].removeprefix("-- ")
        (statement,) = sqlglot.transpile(text_of(name), read="athena", write="duckdb")
        assert columns.split() == [column[0] for column in judged.execute(statement).description]
