"""What a folder tells of its runs, with nothing started."""

import json
import os

import pytest

from infra.cli.main import main
from shared.lake import keys
from shared.report.stages import write_report
from tests.sample_run import FINISHED, RUN_ID, sample_run


@pytest.fixture
def out(tmp_path):
    """A folder with one whole run, and a refused one that is newer."""
    with sample_run() as run:
        run.write_manifest()
        run.write_corpus()
        run.write_dataset()
        run.write_jobs()
        run.write_all_arms()
        write_report(run.lake, RUN_ID, run.totals, run.entries, None, None, FINISHED)
        for key in (keys.summary(RUN_ID), keys.table_file("generations", RUN_ID)):
            path = tmp_path / key
            path.parent.mkdir(parents=True)
            path.write_bytes(run.lake.read(key))
    refused = tmp_path / keys.summary("later")
    refused.parent.mkdir(parents=True)
    summary = json.loads((tmp_path / keys.summary(RUN_ID)).read_text())
    refused.write_text(
        json.dumps(
            summary | {"run_id": "later", "error": "InvalidField", "models": [], "report": None}
        )
    )
    os.utime(tmp_path / keys.summary(RUN_ID), (1, 1))
    return tmp_path


def test_runs_are_listed_the_newest_first_with_how_they_ended_and_what_they_cost(out, capsys):
    assert main(["runs", "--out", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith("later")
    assert "InvalidField" in lines[2]
    assert lines[3].startswith(RUN_ID)
    assert "SUCCEEDED" in lines[3]
    assert str(out / keys.report(RUN_ID)) in lines[3]


def test_their_summaries_are_there_as_json(out, capsys):
    assert main(["runs", "--out", str(out), "--json"]) == 0
    assert [one["run_id"] for one in json.loads(capsys.readouterr().out)] == ["later", RUN_ID]


def test_answers_are_whole_and_of_the_newest_run_that_has_some(out, capsys):
    assert main(["answers", "--out", str(out)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith(RUN_ID)
    assert "word39" in said  # the last word of the longest answer
    assert "…" not in said


def test_a_model_or_a_run_that_is_not_there_is_named_with_those_that_are(out, capsys):
    assert main(["answers", "--out", str(out), "--model", "nosuch"]) == 2
    assert "gpt-4.1-mini" in capsys.readouterr().err
    assert main(["answers", "--out", str(out), "--run", "nosuch"]) == 2
    assert "no run 'nosuch' with answers" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["runs", "answers"])
def test_an_empty_folder_is_refused_in_a_sentence(tmp_path, capsys, command):
    assert main([command, "--out", str(tmp_path)]) == 2
    assert "holds no run" in capsys.readouterr().err
