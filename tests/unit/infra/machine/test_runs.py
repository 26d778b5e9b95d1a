"""What runs left is read in one way, from a folder and from a bucket."""

import json
import os

import pytest

from infra.local.folder import FolderObjects
from infra.machine.runs import RunStore, Unreadable
from shared.lake import keys
from shared.lake.tables import parquet
from tests.empty_lake import empty_lake


@pytest.fixture(params=["folder", "bucket"])
def place(request, tmp_path):
    """A place for runs: its objects, and what writes one."""
    if request.param == "folder":
        yield FolderObjects(tmp_path), lambda key, body: put(tmp_path / key, body)
    else:
        with empty_lake() as lake:
            yield lake, lake.write


def put(path, body):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)


def leave(write, run_id, day=None, *, ended=True, show="porch"):
    """A run that started on a day of November 2001; without a day its input was refused."""
    if day is not None:
        manifest = {"started_at": f"2001-11-{day}T09:00:00Z", "show": {"name": show}}
        write(keys.manifest(run_id), json.dumps({**manifest, "dry_run": False}).encode())
    if ended:
        write(keys.summary(run_id), json.dumps({"run_id": run_id, "status": "DONE"}).encode())


def names(store):
    return [run.run_id for run in store.runs]


def test_the_run_that_started_last_is_the_newest_whichever_was_written_last(place):
    objects, write = place
    for run_id, day in (("b", 25), ("c", 24), ("a", 23)):
        leave(write, run_id, day)
    store = RunStore(objects)
    assert names(store) == ["b", "c", "a"]
    assert store.newest(lambda run: run.run_id != "b").run_id == "c"
    assert store.newest(lambda run: False) is None


def test_a_refused_run_stands_where_its_name_says_or_else_when_it_was_written(place):
    objects, write = place
    leave(write, "early", 23)
    leave(write, "porch-20011124T101500-0a1b")
    leave(write, "late", 25)
    leave(write, "which-a-schedule-started-and-is-written-now")
    assert names(RunStore(objects)) == [
        *("which-a-schedule-started-and-is-written-now", "late"),
        *("porch-20011124T101500-0a1b", "early"),
    ]


def test_a_run_that_never_came_to_its_end_is_there_without_a_summary(place):
    objects, write = place
    leave(write, "going-on", 24, ended=False)
    leave(write, "done", 23)
    first, second = RunStore(objects).runs
    assert (first.run_id, first.summary, first.show) == ("going-on", None, "porch")
    assert second.summary == {"run_id": "done", "status": "DONE"}


@pytest.mark.parametrize("body", [b'{"run_id": "ha', b"[]", b""])
def test_a_summary_that_is_still_being_written_is_none_yet(place, body):
    objects, write = place
    leave(write, "r1", 23, ended=False)
    write(keys.summary("r1"), body)
    assert RunStore(objects).find("r1").summary is None


def test_what_is_no_run_is_passed_over(place):
    objects, write = place
    write("runs/notes.txt", b"mine")
    write("runs/r1/plan.json", b"[]")
    write("runs/somebody-elses/summary.json", b'{"loss": 1.0}')
    write("runs/somebody-elses/manifest.json", b'{"name": "x"}')
    assert RunStore(objects).runs == []


def test_a_run_tells_what_it_left_and_names_a_file_that_cannot_be_read(place):
    objects, write = place
    leave(write, "r1", 23)
    write(keys.plan("r1"), b"[1]")
    write(keys.evaluation_set("r1"), b"{")
    run = RunStore(objects).find("r1")
    assert run.left(keys.plan("r1"))
    assert not run.left(keys.report("r1"))
    assert (run.json(keys.plan("r1")), run.json(keys.dataset("r1"))) == ([1], None)
    with pytest.raises(Unreadable, match=r"runs/r1/evaluation\.json cannot be read"):
        run.json(keys.evaluation_set("r1"))


def test_rows_are_those_of_the_run_or_of_the_show_and_none_where_there_is_no_file(place):
    objects, write = place
    leave(write, "r1", 23)
    write(keys.table_file("generations", "r1"), parquet("generations", [{"answer": "So."}]))
    for show in ("porch", "porchlight"):
        shard = keys.shard_file("turns", f"{show}.2014-03")
        write(shard, parquet("turns", [{"show": show, "text": f"of {show}"}]))
    store = RunStore(objects)
    assert store.find("r1").rows("generations", ["answer"]) == [{"answer": "So."}]
    assert (
        store.find("r1").rows("token_stats") == store.find("r1").report_rows("pairs.parquet") == []
    )
    assert list(store.show_rows("turns", "porch", ["text"])) == [{"text": "of porch"}]
    assert list(store.show_rows("pairs", "porch")) == []


def test_a_copy_with_other_times_has_the_same_newest_run(tmp_path):
    for run_id, day in (("newer", 24), ("older", 23)):
        leave(lambda key, body: put(tmp_path / key, body), run_id, day)
    for at, run_id in enumerate(("newer", "older")):
        for key in (keys.manifest(run_id), keys.summary(run_id)):
            os.utime(tmp_path / key, (at, at))
    assert names(RunStore(FolderObjects(tmp_path))) == ["newer", "older"]
