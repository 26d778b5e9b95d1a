"""Two finished runs, the older one brought into the folder later: every command takes the same one for the newest."""

import json
import os
from datetime import UTC, datetime

import pytest

import econchatr
from infra.cli.answers import ask
from infra.cli.aws import download
from infra.cli.main import main
from infra.cli.results import pages
from infra.local.folder import objects_in, taken
from infra.machine.runs import RunStore
from shared import shows
from shared.lake import keys
from tests.sample_run import SHOW, TRAINING, sample_run
from tests.unit.shared.style import worlds

NEWER, OLDER = "porch-a", "porch-b"
STARTED = {
    NEWER: datetime(2026, 11, 24, 9, tzinfo=UTC),
    OLDER: datetime(2026, 11, 23, 9, tzinfo=UTC),
}
MODEL = "gpt-4.1-mini"
PLANNED = {NEWER: 2_000_000, OLDER: 9_000_000}
# Of the older one too little was kept to tell the host from others.
SPEECH = {NEWER: worlds.speech(5), OLDER: worlds.speech(0)}


def write(run):
    """Everything that a run leaves which one of the commands reads."""
    run.write_whole()
    run.report()
    outcome = {"status": "succeeded", "fine_tuned_model": f"ft:{run.run_id}"}
    planned = {"model": MODEL, "usable_tokens": PLANNED[run.run_id], "n_epochs": 1}
    run.lake.write_json(keys.outcome(run.run_id, MODEL), outcome)
    run.lake.write_json(keys.plan(run.run_id), [planned])
    run.lake.write_json(keys.speech(run.run_id), SPEECH[run.run_id].document())


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """The folder, into which the newer run came first, as when an older one's report is brought from a stack."""
    out = tmp_path_factory.mktemp("runs") / "out"
    folder = taken(out)
    for at, run_id in enumerate((NEWER, OLDER)):
        with sample_run(run_id=run_id, started=STARTED[run_id], models=[MODEL]) as run:
            write(run)
            for key in (*run.lake.keys("runs/"), *run.lake.keys("lake/")):
                folder.write(key, run.lake.read(key))
                os.utime(out / key, (at, at))
        pages.publish(folder, RunStore(objects_in(out)))
    return out


@pytest.fixture
def said(out, capsys):
    def said(command, *options):
        assert main([command, *options, "--out", str(out)]) == 0
        return capsys.readouterr().out

    return said


def test_runs_lists_it_first(said):
    lines = said("runs").splitlines()
    assert [line.split()[0] for line in lines[2:]] == [NEWER, OLDER]
    assert [one["run_id"] for one in json.loads(said("runs", "--json"))] == [NEWER, OLDER]


def test_answers_are_its(said):
    assert said("answers").startswith(f"{NEWER}, {MODEL}\n")


def test_pairs_are_its(said):
    assert said("pairs").startswith(f"{NEWER}: ")


def test_its_report_is_opened_and_stands_first_on_the_page_of_all(said, out, monkeypatch):
    monkeypatch.setattr("webbrowser.open", lambda _: True)
    assert said("open") == f"{out / 'report.html'}\n"
    assert f'href="runs/{NEWER}/' in (out / "report.html").read_text()
    index = (out / "index.html").read_text()
    assert index.index(f"runs/{NEWER}/") < index.index(f"runs/{OLDER}/")


def test_its_model_is_asked(out):
    found = ask.finished(out, shows.parse({**SHOW, "training": TRAINING}, "a test"), None)
    assert found.fine_tuned_model == f"ft:{NEWER}"


def test_by_its_speech_answers_are_scored(said, tmp_path):
    (tmp_path / "porch.yaml").write_text(json.dumps(SHOW))
    answers = tmp_path / "answers.csv"
    lines = [f"Why?,{text}" for text in worlds.answers(worlds.host(60))]
    answers.write_text("\n".join(["question,answer", *lines]))
    told = said("score", str(answers), "--show", str(tmp_path / "porch.yaml"), "--json")
    style = {row["metric"]: row["value"] for row in json.loads(told)}["style"]
    assert style is not None


def test_its_plan_says_how_large_the_corpus_is(said):
    line = next(line for line in said("models").splitlines() if line.startswith(f"{MODEL} "))
    assert " 10.00 " in line  # two million tokens at 5.00


def test_its_report_is_brought_from_a_stack():
    with sample_run(run_id=NEWER, started=STARTED[NEWER], models=[MODEL]) as newer:
        write(newer)
        older = type(newer)(newer.lake, run_id=OLDER, started=STARTED[OLDER], models=[MODEL])
        write(older)
        assert download.newest(newer.lake) == NEWER


def test_a_notebook_opens_it_and_any_other_by_name(out):
    assert econchatr.open_run(out).run_id == NEWER
    older = econchatr.open_run(out, OLDER)
    assert older.summary["run_id"] == OLDER
    answers = older.answers()
    assert set(answers["arm"]) >= {"base", "tuned"}
    assert answers["answer"].map(bool).all()
    assert set(older.table("generations")["run_id"]) == {OLDER}
    assert list(econchatr.list_runs(out)["run_id"]) == [NEWER, OLDER]
    assert set(econchatr.read_table("generations", out)["run_id"]) == {NEWER, OLDER}
    with pytest.raises(econchatr.NoSuchRun, match=f"there are: {NEWER}, {OLDER}"):
        econchatr.open_run(out, "porch-c")
