"""What a folder tells of its runs, with nothing started."""

import json
import subprocess
import sys
import webbrowser
from collections import Counter
from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest

from infra.cli.main import main
from infra.local.cloud import Cloud
from infra.local.cloud.server import _locked
from infra.local.folder import state_dir
from shared.lake import keys
from tests.places import ROOT
from tests.sample_run import RUN_ID, sample_run

LATER = "later-20261124T090000-0a1b"


@pytest.fixture
def out(tmp_path):
    """A folder with one whole run, and a refused one that is newer."""
    with sample_run() as run:
        run.write_manifest()
        run.write_corpus()
        run.write_dataset()
        run.write_jobs()
        run.write_all_arms()
        run.report()
        own = (keys.manifest(RUN_ID), keys.summary(RUN_ID), keys.table_file("generations", RUN_ID))
        for key in own:
            path = tmp_path / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(run.lake.read(key))
    refused = tmp_path / keys.summary(LATER)
    refused.parent.mkdir(parents=True)
    summary = json.loads((tmp_path / keys.summary(RUN_ID)).read_text())
    without = {"run_id": LATER, "error": "InvalidField", "models": [], "report": None}
    refused.write_text(json.dumps(summary | without))
    return tmp_path


def test_runs_are_listed_the_newest_first_with_how_they_ended_and_what_they_cost(out, capsys):
    assert main(["runs", "--out", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].startswith(LATER)
    assert "InvalidField" in lines[2]
    assert lines[3].startswith(RUN_ID)
    assert "SUCCEEDED" in lines[3]
    assert str(out / keys.report(RUN_ID)) in lines[3]


def test_their_summaries_are_there_as_json(out, capsys):
    assert main(["runs", "--out", str(out), "--json"]) == 0
    assert [one["run_id"] for one in json.loads(capsys.readouterr().out)] == [LATER, RUN_ID]


def begun(out, run_id, started_at):
    """A run that has no end yet, as it lies where the cloud keeps its buckets."""
    cloud = state_dir(out) / "cloud"
    path = Cloud("http://127.0.0.1:1", cloud).bucket_dir("lakebucket") / keys.manifest(run_id)
    path.parent.mkdir(parents=True)
    manifest = {
        "started_at": started_at.isoformat(),
        "show": {"name": "porch"},
        "dry_run": False,
        "models": [{"model": "llama-3.3-70b"}],
        "ceiling_usd": "9.00",
    }
    path.write_text(json.dumps(manifest))
    return cloud


def line_of(run_id, capsys, out):
    assert main(["runs", "--out", str(out)]) == 0
    said = capsys.readouterr().out
    (line,) = (line for line in said.splitlines() if line.startswith(run_id))
    return line.split(), said


def test_a_run_that_nobody_works_at_any_more_was_killed_and_the_way_on_is_said(out, capsys):
    begun(out, "cut-off", datetime.now(UTC))
    line, said = line_of("cut-off", capsys, out)
    assert line == ["cut-off", "killed", "run", "llama-3.3-70b", "-", "9.000000", "-"]
    assert "the next run in this folder goes on with them or stops them" in said


def test_a_run_that_began_since_a_command_has_the_folder_is_running(out, capsys):
    now = datetime.now(UTC)
    cloud = begun(out, "before", now - timedelta(minutes=1))
    begun(out, "under-way", now + timedelta(minutes=1))
    with _locked(cloud):
        assert line_of("under-way", capsys, out)[0][1] == "running"
        assert line_of("before", capsys, out)[0][1] == "killed"
    assert line_of("under-way", capsys, out)[0][1] == "killed"


def test_a_folder_of_which_all_runs_go_on_has_no_summaries(tmp_path, capsys):
    with _locked(begun(tmp_path, "under-way", datetime.now(UTC) + timedelta(minutes=1))):
        assert line_of("under-way", capsys, tmp_path)[1].count("killed") == 0
    assert main(["runs", "--out", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


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


@pytest.mark.parametrize("command", ["runs", "answers", "pairs", "open"])
def test_an_empty_folder_is_refused_in_a_sentence(tmp_path, capsys, command):
    assert main([command, "--out", str(tmp_path)]) == 2
    assert "holds no" in capsys.readouterr().err


@pytest.fixture
def with_pairs(out):
    """The same folder, with the tables beside the whole run's report and the lake's pairs."""
    with sample_run() as run:
        run.write_whole()
        run.report()
        for key in (*run.lake.keys(f"runs/{RUN_ID}/"), *run.lake.keys("lake/")):
            path = out / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(run.lake.read(key))
    return out


def rows_of(out, table):
    return pq.read_table(out / keys.report_table(RUN_ID, table)).to_pylist()


def test_every_pair_is_counted_with_what_became_of_it(with_pairs, capsys):
    assert main(["pairs", "--out", str(with_pairs), "--run", RUN_ID]) == 0
    lines = capsys.readouterr().out.splitlines()
    pairs = rows_of(with_pairs, "pairs.parquet")
    assert lines[0] == f"{RUN_ID}: {len(pairs):,} pairs"
    counts = Counter(row["fate"] for row in pairs)
    for fate, n in counts.items():
        assert any(line.startswith(fate) and f" {n:,}" in line for line in lines), fate
    assert {row["pattern"] for row in rows_of(with_pairs, "must_haves.parquet")} <= {
        line.split("  ")[0] for line in lines
    }


def test_pairs_are_shown_in_words_by_fate_and_pattern(with_pairs, capsys):
    chosen = [row for row in rows_of(with_pairs, "pairs.parquet") if row["trains"]]
    assert main(["pairs", "--out", str(with_pairs), "--fate", "chosen", "--limit", "2"]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"{RUN_ID}: {len(chosen):,} pairs")
    assert said.count("\n  > ") == min(2, len(chosen)) > 0


@pytest.mark.parametrize("option", ["--fate", "--pattern"])
def test_a_fate_or_a_pattern_that_is_not_there_is_named_with_those_that_are(
    with_pairs, capsys, option
):
    assert main(["pairs", "--out", str(with_pairs), option, "nosuch"]) == 2
    assert f"{option} is 'nosuch'; there are " in capsys.readouterr().err


def test_a_report_is_opened_and_its_place_printed(with_pairs, capsys, monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    assert main(["open", "--out", str(with_pairs), "--run", RUN_ID]) == 0
    page = with_pairs / keys.report(RUN_ID)
    assert capsys.readouterr().out == f"{page}\n"
    assert opened == [page.resolve().as_uri()]
    assert main(["open", "--out", str(with_pairs), "--run", "nosuch"]) == 2
    assert "holds no report of a run 'nosuch'" in capsys.readouterr().err


HOLDS = """
import signal, sys
from pathlib import Path
from infra.local.cloud.server import _locked
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM, signal.SIGINT])
with _locked(Path(sys.argv[1])):
    print("holds", flush=True)
    print(signal.sigwait([signal.SIGTERM, signal.SIGINT]).name, flush=True)
"""


def test_a_run_that_goes_on_elsewhere_is_stopped_by_its_folder(tmp_path, capsys):
    cloud = state_dir(tmp_path) / "cloud"
    assert main(["stop", "--out", str(tmp_path)]) == 2
    assert "nothing runs in" in capsys.readouterr().err
    command = [sys.executable, "-c", HOLDS, cloud]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "holds\n"
            assert main(["stop", "--out", str(tmp_path)]) == 0
            assert process.stdout.readline() == "SIGTERM\n"
        finally:
            process.kill()
    assert "is asked to end" in capsys.readouterr().out
    assert main(["stop", "--out", str(tmp_path)]) == 2


def test_a_run_that_was_killed_this_moment_is_none_to_stop(tmp_path, monkeypatch):
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    monkeypatch.setattr("infra.local.cloud.server.used_by", lambda _: gone.pid)
    assert main(["stop", "--out", str(tmp_path)]) == 2
