"""A removal request on a whole run: nothing of the episode is left but its name and those of the models."""

import contextlib
import gzip
import html
import io
import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from infra.cli.main import main

pytestmark = pytest.mark.integration
NAMED = "Calloway Ng"
SENTENCES = (
    "A wrong number looks like a stone in the rice",
    "no one ever moved out",
    "program that was written in 1979",
)


def shown(path):
    """All text of a file, whatever it is."""
    body = path.read_bytes()
    if path.suffix == ".gz":
        body = gzip.decompress(body)
    if body.startswith(b"PAR1"):
        rows = pq.read_table(io.BytesIO(body), partitioning=None).to_pylist()
        return json.dumps(rows, default=str, ensure_ascii=False)
    return html.unescape(body.decode("utf-8", "replace"))


def holding(folder):
    """Files with a sentence of the episode, but for the site it was read from and the stand-in's own store."""
    files = (path for path in folder.rglob("*") if path.is_file())
    found = {
        path.relative_to(folder).as_posix()
        for path in files
        if any(sentence in shown(path) for sentence in SENTENCES)
    }
    elsewhere = (".econchatr/site/", ".econchatr/provider/")
    return {name for name in found if not name.startswith(elsewhere)}


def episode(folder):
    rows = pd.read_parquet(folder / "lake" / "episodes")
    return rows[rows.title.str.contains(NAMED)].iloc[0]


def forget(folder, name, *options):
    """The command's exit code, and what it said."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["forget", "demo", name, "--out", str(folder), *options])
    return code, out.getvalue() + err.getvalue()


@dataclass
class Removal:
    """A run's folder, what it held before, and what the command said."""

    out: Path
    wanted: pd.Series
    turns: pd.DataFrame
    held: set[str]
    said: str


@pytest.fixture(scope="module")
def removal(tmp_path_factory):
    out = tmp_path_factory.mktemp("forget") / "out"
    options = ("--model", "llama-3.1-8b", "--ceiling", "5", "--limit", "12")
    assert main(["local", "demo", "--out", str(out), *options]) == 0
    wanted, turns, held = episode(out), pd.read_parquet(out / "lake" / "turns"), holding(out)
    unasked = forget(out, wanted.episode_id)
    assert unasked[0] == 2
    assert "add --yes" in unasked[1]
    assert holding(out) == held
    code, said = forget(out, wanted.episode_id, "--yes")
    assert code == 0, said
    return Removal(out, wanted, turns, held, said)


def test_nothing_of_a_forgotten_episode_is_left(removal):
    assert {name.split("/")[0] for name in removal.held} == {"raw", "lake", "runs", ".econchatr"}
    assert holding(removal.out) == set()


def test_every_other_episode_is_as_it_was_and_so_are_the_books(removal):
    after = pd.read_parquet(removal.out / "lake" / "turns")
    kept = removal.turns[removal.turns.episode_id != removal.wanted.episode_id]
    assert len(after) == len(kept) > 0
    assert set(after.text) == set(kept.text)
    assert (removal.out / "lake" / "spend").is_dir()
    assert list(removal.out.glob("runs/*/summary.json"))


def test_the_models_that_cannot_forget_are_named(removal):
    (summary,) = (json.loads(path.read_text()) for path in removal.out.glob("runs/*/summary.json"))
    (model,) = summary["models"]
    assert model["fine_tuned_model"] in removal.said
    assert model["job_id"] in removal.said


def test_a_later_run_does_not_read_it_again_and_there_is_nothing_to_forget(removal):
    assert main(["plan", "demo", "--out", str(removal.out)]) == 0
    assert holding(removal.out) == set()
    titles = pd.read_parquet(removal.out / "lake" / "episodes").title
    assert len(titles) > 12
    assert not titles.str.contains(NAMED).any()
    code, said = forget(removal.out, removal.wanted.url, "--yes")
    assert code == 2
    assert "has no episode" in said


def test_a_folder_without_a_run_is_named(tmp_path):
    code, said = forget(tmp_path / "new", "any", "--yes")
    assert code == 2
    assert "holds no run's results" in said
    assert not (tmp_path / "new").exists()
