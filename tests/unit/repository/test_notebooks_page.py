"""The page for notebooks works as it stands."""

import re

import duckdb
import pytest

from infra.local.folder import taken
from tests.places import ROOT
from tests.sample_run import TRAINING, sample_run

PAGE = (ROOT / "docs" / "notebooks.md").read_text("utf-8")
BLOCKS: dict[str, list[str]] = {"sql": [], "python": []}
for language, block in re.findall(r"^```(python|sql)\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE):
    BLOCKS[language].append(block)


@pytest.fixture
def beside_a_run(tmp_path, monkeypatch):
    """The working folder of somebody who ran the demo."""
    folder = taken(tmp_path / "build" / "demo")
    with sample_run(run_id="demo-a", models=["gpt-4.1-mini"]) as run:
        run.write_manifest(training=TRAINING)
        run.write_corpus()
        run.write_dataset()
        run.write_jobs()
        run.write_all_arms()
        run.report()
        for key in (*run.lake.keys("runs/"), *run.lake.keys("lake/")):
            folder.write(key, run.lake.read(key))
    monkeypatch.chdir(tmp_path)


def test_its_python_runs_from_top_to_bottom(beside_a_run):
    there = {}
    assert len(BLOCKS["python"]) == 2
    for block in BLOCKS["python"]:
        exec(compile(block, "notebooks.md", "exec"), there)  # noqa: S102 - that is what is tested
    assert len(there["answers"]) > 0
    assert set(there["turns"]["role"]) >= {"host", "guest"}


def test_its_sql_finds_the_same_words(beside_a_run):
    (statement,) = BLOCKS["sql"]
    by_role = dict(duckdb.sql(statement).fetchall())
    assert by_role["host"] > 0
