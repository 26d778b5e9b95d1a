"""Whose a folder is: anything but new, empty or ours is refused before anything is touched."""

import json
import os
from pathlib import Path

import pytest

from infra.local.cloud import Cloud
from infra.local.folder import NotOurFolder, check, claim, opened, state_dir
from infra.local.folder import marker as marking

PROJECT = {
    "raw/mine.txt": "raw",
    "runs/mine.txt": "runs",
    "lake/t/x.parquet": "lake",
    "report.html": "mine",
}


def fill(folder, files=PROJECT):
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def snapshot(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


def claimed(out, answered_by=None):
    claim(Cloud("http://127.0.0.1:1", state_dir(out) / "cloud"), out, answered_by)


def refused(out, said):
    with pytest.raises(NotOurFolder, match=said) as refusal:
        check(out)
    assert "\n" not in str(refusal.value)


def test_a_new_an_empty_and_a_claimed_folder_may_be_used(tmp_path):
    check(tmp_path / "not" / "there")
    check(tmp_path)
    assert list(tmp_path.iterdir()) == []
    claimed(tmp_path)
    fill(tmp_path)
    check(tmp_path)


def test_a_folder_with_files_of_somebody_elses_is_refused_and_every_byte_stays(tmp_path):
    fill(tmp_path)
    before = snapshot(tmp_path)
    refused(tmp_path, r"did not write \(lake, raw, report.html, ...\); nothing was touched")
    assert snapshot(tmp_path) == before


def test_the_folder_one_stands_in_is_no_exception(tmp_path, monkeypatch):
    fill(tmp_path)
    monkeypatch.chdir(tmp_path)
    refused(Path(), "did not write")
    refused(Path("raw") / "..", "did not write")


def test_a_link_is_judged_by_what_it_leads_to(tmp_path):
    theirs, empty, link = tmp_path / "theirs", tmp_path / "empty", tmp_path / "link"
    fill(theirs)
    empty.mkdir()
    link.symlink_to(theirs)
    refused(link, "did not write")
    (tmp_path / "root").symlink_to("/")
    refused(tmp_path / "root", "did not write")
    (tmp_path / "dangling").symlink_to(tmp_path / "nosuch")
    refused(tmp_path / "dangling", "a link to nothing")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    refused(tmp_path / "circle", "a link to nothing|cannot be used")
    (tmp_path / "good").symlink_to(empty)
    check(tmp_path / "good")


def test_what_is_no_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    refused(tmp_path / "file", "is a file")
    refused(tmp_path / ("x" * 300), "cannot be used")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may enter every folder")
def test_a_folder_that_cannot_be_entered_is_refused(tmp_path):
    (tmp_path / "closed").mkdir(mode=0)
    refused(tmp_path / "closed" / "out", "cannot be used")


def test_a_full_disk_is_noticed_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(marking, "NEEDED_MB", 10**9)
    refused(tmp_path / "out", "MB left")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"version": 2, "files": {}}', "another release of econchatr.*version 2"),
        ('{"version": "9.1"}', "another release"),
        ("{}", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"version": 1, "nosuch": 1}', "cannot be read"),
        ('{"version": 1', "cannot be read"),
        ("", "cannot be read"),
        ("\x00\xff", "cannot be read"),
    ],
)
def test_a_marker_of_a_newer_version_or_of_none_is_refused(tmp_path, text, said):
    state_dir(tmp_path).mkdir()
    (state_dir(tmp_path) / "folder.json").write_text(text)
    refused(tmp_path, said)


def test_our_state_behind_a_link_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").mkdir()
    state_dir(tmp_path / "out").symlink_to(tmp_path / "elsewhere")
    refused(tmp_path / "out", "is a link")


def test_a_run_that_ended_before_it_could_mark_its_folder_does_not_lock_it(tmp_path):
    state_dir(tmp_path).mkdir()
    check(tmp_path)
    (tmp_path / "mine.txt").write_text("mine")
    refused(tmp_path, "mine.txt")


def test_a_folder_of_an_earlier_release_is_ours_and_what_it_wrote_is_known(tmp_path):
    objects = state_dir(tmp_path) / "cloud" / "s3" / "000000000000" / "bucket"
    fill(objects, {"runs/r1/report.html": "page", "lake/t/a": "old", "lake/t/b": "b"})
    fill(tmp_path, {"runs/r1/report.html": "page", "lake/t/b": "mine", "raw/mine.txt": "mine"})
    fill(tmp_path, {"report.html": "page", "bill.json": '{"exact_usd": "0.5"}'})
    os.link(objects / "lake/t/a", tmp_path / "lake/t/a")
    claimed(tmp_path)
    files = json.loads((state_dir(tmp_path) / "folder.json").read_text())["files"]
    assert set(files) == {"runs/r1/report.html", "lake/t/a", "report.html", "bill.json"}
    check(tmp_path, "stand-in")
    with pytest.raises(NotOurFolder, match="the stand-in answered"):
        check(tmp_path, "provider")


def test_the_stand_in_and_a_real_provider_do_not_share_a_folder(tmp_path):
    claimed(tmp_path)
    check(tmp_path, "stand-in")
    claimed(tmp_path, "provider")
    claimed(tmp_path)
    with pytest.raises(NotOurFolder, match="a real provider answered and this one asks the stand"):
        claimed(tmp_path, "stand-in")


def test_a_write_that_fails_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    claimed(tmp_path)
    folder = opened(tmp_path)
    assert folder.write("report.html", b"first")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        folder.write("report.html", b"second")
    assert (tmp_path / "report.html").read_bytes() == b"first"
    assert {path.name for path in state_dir(tmp_path).iterdir()} == {"folder.json"}
