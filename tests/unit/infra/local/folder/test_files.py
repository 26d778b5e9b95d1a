"""The bucket as plain files, and everything of the user's left where it is."""

import os
import shutil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.cloud import Cloud
from infra.local.folder import claim, mirror_bucket, opened, state_dir

KEYS = ("raw/demo/page.html", "lake/turns/year=2014/a.parquet")


@pytest.fixture
def dest(tmp_path):
    return tmp_path / "out"


@pytest.fixture
def cloud(dest):
    cloud = Cloud(endpoint_url="http://127.0.0.1:1", state_dir=state_dir(dest) / "cloud")
    for key in (*KEYS, "athena/result.csv"):
        put(cloud, key, key)
    claim(cloud, dest)
    return cloud


def put(cloud, key, text):
    """As MiniStack stores an object: a new file put in the place of the old, with a note beside it."""
    path = cloud.bucket_dir("lake") / key
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".tmp")
    new.write_text(text)
    new.replace(path)
    path.with_name(path.name + ".meta.json").write_text("{}")


def remove(cloud, key):
    (cloud.bucket_dir("lake") / key).unlink()


def files(dest):
    """What a person sees in the folder."""
    found = {path.relative_to(dest).as_posix(): path for path in dest.rglob("*") if path.is_file()}
    return {name: path.read_text() for name, path in found.items() if not name.startswith(".")}


def test_objects_are_files_under_their_keys_and_notes_are_not(cloud, dest):
    assert mirror_bucket(cloud, "lake", dest) == []
    assert files(dest) == {key: key for key in KEYS}


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
    for name in ("notes.txt", "raw/mine.txt", "lake/turns/mine.parquet"):
        (dest / name).write_text("mine")
    (dest / "runs" / "empty").mkdir(parents=True)
    shutil.rmtree(cloud.bucket_dir("lake") / "raw")
    shutil.rmtree(cloud.bucket_dir("lake") / "lake")
    assert mirror_bucket(cloud, "lake", dest) == []
    assert set(files(dest)) == {"notes.txt", "raw/mine.txt", "lake/turns/mine.parquet"}
    assert (dest / "runs" / "empty").is_dir()
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


def test_a_bucket_without_objects_is_no_files(cloud, dest):
    mirror_bucket(cloud, "none", dest)
    assert files(dest) == {}


def test_a_file_of_the_users_in_the_place_of_ours_stays_and_is_named(cloud, dest):
    (dest / "raw" / "demo").mkdir(parents=True)
    (dest / "raw" / "demo" / "page.html").write_text("mine")
    for _ in range(2):
        assert mirror_bucket(cloud, "lake", dest) == ["raw/demo/page.html"]
        assert files(dest)["raw/demo/page.html"] == "mine"
    remove(cloud, "raw/demo/page.html")
    assert mirror_bucket(cloud, "lake", dest) == []
    assert files(dest)["raw/demo/page.html"] == "mine"


def test_a_file_of_ours_that_the_user_has_changed_is_the_users(cloud, dest):
    mirror_bucket(cloud, "lake", dest)
    mine = dest / "raw" / "demo" / "page.html"
    mine.unlink()
    mine.write_text("edited")
    put(cloud, "raw/demo/page.html", "newer")
    assert mirror_bucket(cloud, "lake", dest) == ["raw/demo/page.html"]
    assert mine.read_text() == "edited"


def test_nothing_is_written_or_removed_through_a_link(cloud, dest, tmp_path):
    theirs = tmp_path / "theirs"
    (theirs / "demo").mkdir(parents=True)
    (theirs / "demo" / "page.html").write_text("raw/demo/page.html")
    (dest / "raw").symlink_to(theirs)
    (dest / "lake").write_text("a file where a folder goes")
    assert sorted(mirror_bucket(cloud, "lake", dest)) == sorted(KEYS)
    put(cloud, "raw/demo/page.html", "newer")
    mirror_bucket(cloud, "lake", dest)
    assert files(theirs) == {"demo/page.html": "raw/demo/page.html"}
    assert (dest / "lake").read_text() == "a file where a folder goes"


def test_a_link_to_our_own_file_is_no_file_of_ours(cloud, dest, tmp_path):
    (tmp_path / "copy").write_text("raw/demo/page.html")
    (dest / "raw" / "demo").mkdir(parents=True)
    (dest / "raw" / "demo" / "page.html").symlink_to(tmp_path / "copy")
    assert mirror_bucket(cloud, "lake", dest) == ["raw/demo/page.html"]
    assert (dest / "raw" / "demo" / "page.html").is_symlink()


def test_a_copied_folder_is_still_known(cloud, dest, tmp_path):
    mirror_bucket(cloud, "lake", dest)
    shutil.copytree(dest, tmp_path / "copy", copy_function=shutil.copy)
    copy = Cloud(cloud.endpoint_url, state_dir(tmp_path / "copy") / "cloud")
    put(copy, "raw/demo/page.html", "newer")
    assert mirror_bucket(copy, "lake", tmp_path / "copy") == []
    assert files(tmp_path / "copy")["raw/demo/page.html"] == "newer"


def test_a_run_that_was_killed_while_it_wrote_knows_its_files_again(cloud, dest, monkeypatch):
    mirror_bucket(cloud, "lake", dest)
    put(cloud, "raw/demo/page.html", "newer")
    link = os.link

    def killed(source, target):
        link(source, target)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "link", killed)
    with pytest.raises(KeyboardInterrupt):
        mirror_bucket(cloud, "lake", dest)
    monkeypatch.undo()
    put(cloud, "raw/demo/page.html", "newest")
    assert mirror_bucket(cloud, "lake", dest) == []
    assert files(dest)["raw/demo/page.html"] == "newest"


def test_a_page_of_the_users_under_our_name_stays(cloud, dest):
    folder = opened(dest)
    assert folder.write("report.html", b"ours")
    assert folder.write("report.html", b"ours again")
    (dest / "report.html").write_text("mine")
    assert not opened(dest).write("report.html", b"ours once more")
    assert (dest / "report.html").read_text() == "mine"


NAMES = st.sampled_from(["raw/a", "raw/b", "raw/sub/c", "lake/x/y", "runs/r"])
CHANGES = st.lists(
    st.tuples(st.sampled_from(["put", "remove", "mine", "mirror"]), NAMES, st.integers(0, 9)),
    max_size=25,
)


@settings(max_examples=60)
@given(CHANGES)
def test_whatever_happens_in_between_what_the_user_wrote_is_never_lost(tmp_path_factory, changes):
    dest = tmp_path_factory.mktemp("any")
    cloud = Cloud(endpoint_url="http://127.0.0.1:1", state_dir=state_dir(dest) / "cloud")
    claim(cloud, dest)
    mine = {}
    for change, name, number in changes:
        if change == "put":
            put(cloud, name, f"ours {number}")
        elif change == "remove":
            (cloud.bucket_dir("lake") / name).unlink(missing_ok=True)
        elif change == "mine":
            (dest / name).parent.mkdir(parents=True, exist_ok=True)
            (dest / name).unlink(missing_ok=True)
            (dest / name).write_text(f"mine {number}")
            mine[name] = f"mine {number}"
        else:
            mirror_bucket(cloud, "lake", dest)
    mirror_bucket(cloud, "lake", dest)
    objects = cloud.bucket_dir("lake")
    ours = {name: (objects / name).read_text() for name in files(objects) if "json" not in name}
    assert files(dest) == {**ours, **mine}
