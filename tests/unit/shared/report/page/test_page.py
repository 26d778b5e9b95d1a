"""Which pairs were chosen and why the others were not, and the rows that lie beside the report."""

import csv
import io
import re
from datetime import date
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from shared.lake import keys
from shared.report.page import exports
from shared.report.results import compute
from shared.report.results.choice import MustHave
from tests.sample_run import PAIRS, RUN_ID, TRAINING, sample_run


@pytest.fixture
def run():
    with sample_run(models=("gpt-4.1-mini",)) as run:
        run.write_manifest(training=TRAINING)
        run.write_corpus()
        run.write_dataset()  # which selects p0 and p1
        run.write_pairs("e2", PAIRS)
        run.write_pairs("gone", [("p7", 50, 50, "train", [0])])
        run.write_jobs()
        run.write_answers()
        yield run


def chosen(run):
    return compute(run.lake, run.record()).choice


def reported(run):
    run.report()
    return run.lake.read(keys.report(RUN_ID)).decode()


def table(run, name):
    return list(
        csv.DictReader(
            io.StringIO(run.lake.read(keys.report_table(RUN_ID, f"{name}.csv")).decode())
        )
    )


def test_every_pair_has_one_fate_and_bounds_are_inclusive(run):
    assert {row["pair_id"]: row["fate"] for row in chosen(run).pairs} == {
        "p0": "may train",
        "p1": "may train",
        "p2": "prompt too short",
        "p3": "answer too short",
        "p4": "too long",
        "p5": "held out",
        "p6": "may train",
    }
    assert {one.name: one.pairs for one in chosen(run).fates} == {
        "may train": 3,
        "held out": 1,
        "prompt too short": 1,
        "answer too short": 1,
        "too long": 1,
    }


def test_a_must_have_says_what_it_found_what_may_train_and_what_does(run):
    assert chosen(run).must_haves == [
        MustHave("fence", 3, 2, (2,)),
        MustHave("lamp", 2, 1, (1,)),
        MustHave("sheep", 0, 0, (0,)),
    ]
    html = reported(run)
    line = re.search(r"<tr><th[^>]*><code>sheep</code>.*?</tr>", html, re.DOTALL)[0]
    assert '<span class="no">none</span>' in line


def test_pairs_are_told_by_their_ids_and_not_by_their_words(run):
    reported(run)
    rows = table(run, "pairs")
    assert [row["trains"] for row in rows] == ["gpt-4.1-mini"] * 2 + [""] * 5
    assert rows[1]["must_have"] == "fence; lamp"
    assert "Of sheep" not in str(rows)


def test_before_there_are_pairs_nothing_is_said_of_them():
    with sample_run() as run:
        run.write_manifest()
        html = reported(run)
        assert chosen(run).pairs == []
    assert "Which pairs were chosen" not in html


def test_beside_every_table_lie_its_rows_as_csv_and_parquet(run):
    html = reported(run)
    links = re.findall(r'href="\./([^"]+\.(?:csv|parquet))"', html)
    names = {link.rpartition("/")[2].partition(".")[0] for link in links if link.endswith("csv")}
    assert names == {
        *("generations", "metrics", "plans", "jobs", "job_metrics", "spend", "token_stats"),
        *("pairs", "must_haves", "noticed", "years", "episodes", "prices"),
    }
    assert len(links) == 2 * len(names)
    for link in links:
        key = link.removeprefix("../../") if link.startswith("../") else f"runs/{RUN_ID}/{link}"
        body = run.lake.read(key)
        assert body, key
        if link.endswith("parquet"):
            assert pq.read_table(io.BytesIO(body)).num_rows > 0
    assert html.count("<table") <= html.count('class="files"') + 1  # plans are two tables of one


def test_the_rows_are_those_of_the_table(run):
    reported(run)
    assert [(row["year"], row["episodes"]) for row in table(run, "years")] == [
        ("2014", "2"),
        ("2015", "2"),
    ]
    spend = table(run, "spend")
    assert sum(Decimal(row["settled_usd"]) for row in spend) == Decimal("0.0018")
    assert [row["arm"] for row in table(run, "generations")] == ["base"] * 3 + ["tuned"] * 3


@pytest.mark.parametrize(
    "name", ["generations", "judgements", "jobs", "job_metrics", "plans", "token_stats"]
)
def test_the_rows_beside_the_report_are_those_of_the_lake_to_the_last_digit(run, name):
    run.write_judgements()
    reported(run)
    kept = run.lake.read_file(keys.table_file(name, RUN_ID))
    beside = run.lake.read(keys.report_table(RUN_ID, f"{name}.csv")).decode()
    assert kept
    assert exports.as_csv(kept) == beside


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, ""),
        (True, "true"),
        (Decimal("0E-12"), "0.000000000000"),
        (date(2026, 1, 2), "2026-01-02"),
        (["a", "b"], "a; b"),
        (-0.5, "-0.5"),
        ("plain, with a comma", '"plain, with a comma"'),
        ("=1+1", "'=1+1"),
        ("@sum", "'@sum"),
        (["-x"], "'-x"),
    ],
)
def test_a_cell_is_written_so_that_no_spreadsheet_runs_it(value, written):
    assert exports.as_csv([{"one": value, "two": 1}]) == f"one,two\r\n{written},1\r\n"
