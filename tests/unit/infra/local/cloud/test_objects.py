import os
import shutil

import pytest

from infra.local.cloud import Cloud, mirror_bucket


@pytest.fixture
def cloud(tmp_path):
    cloud = Cloud(endpoint_url="http://127.0.0.1:1", state_dir=tmp_path / "state")
    for key in ("raw/demo/page.html", "lake/turns/year=2014/a.parquet", "athena/result.csv"):
        put(cloud, key, key)
    return cloud


@pytest.fixture
def dest(tmp_path):
    return tmp_path / "out"


def put(cloud, key, text):
    """As MiniStack stores an object: a new file put in the place of the old, with a note beside it."""
    path = cloud.bucket_dir("lake") / key
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".tmp")
    new.write_text(text)
    new.replace(path)
    path.with_name(path.name + ".meta.json").write_text("{}")


def files(dest):
    return {p.relative_to(dest).as_posix(): p.read_text() for p in dest.rglob("*") if p.is_file()}


def test_objects_are_files_under_their_keys_and_notes_are_not(cloud, dest):
    mirror_bucket(cloud, "lake", dest)
    keys = ("raw/demo/page.html", "lake/turns/year=2014/a.parquet")
    assert files(dest) == {key: key for key in keys}


def test_the_files_cannot_be_written_by_mistake(cloud, dest):
    mirror_bucket(cloud, "lake", dest)
    assert (dest / "raw" / "demo" / "page.html").stat().st_mode & 0o222 == 0


def test_a_new_version_replaces_the_file_and_the_earlier_copy_is_untouched(cloud, dest, tmp_path):
    mirror_bucket(cloud, "lake", dest)
    os.link(dest / "raw" / "demo" / "page.html", tmp_path / "kept.html")
    put(cloud, "raw/demo/page.html", "newer")
    mirror_bucket(cloud, "lake", dest)
    assert files(dest)["raw/demo/page.html"] == "newer"
    assert (tmp_path / "kept.html").read_text() == "raw/demo/page.html"


def test_what_vanished_from_the_bucket_goes_with_its_folder_and_nothing_else_goes(cloud, dest):
    mirror_bucket(cloud, "lake", dest)
    (dest / "notes.txt").write_text("mine")
    shutil.rmtree(cloud.bucket_dir("lake") / "raw")
    mirror_bucket(cloud, "lake", dest)
    assert set(files(dest)) == {"lake/turns/year=2014/a.parquet", "notes.txt"}
    assert not (dest / "raw" / "demo").exists()


def test_without_links_the_files_are_copies_made_once(cloud, dest, monkeypatch):
    def no_links(*_):
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", no_links)
    mirror_bucket(cloud, "lake", dest)
    first = (dest / "raw" / "demo" / "page.html").stat()
    mirror_bucket(cloud, "lake", dest)
    again = (dest / "raw" / "demo" / "page.html").stat()
    assert (first.st_ino, first.st_nlink) == (again.st_ino, 1)


def test_a_bucket_without_objects_is_no_files(dest, tmp_path):
    cloud = Cloud(endpoint_url="http://127.0.0.1:1", state_dir=tmp_path)
    mirror_bucket(cloud, "none", dest)
    assert not dest.exists()
