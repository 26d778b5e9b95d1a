"""A folder's files are read as the objects of a bucket."""

from infra.local.cloud import Cloud
from infra.local.folder import FolderObjects, objects_in, state_dir


def put(path, text="x"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def listed(objects, prefix):
    return [one.key for one in objects.objects(prefix)]


def test_objects_are_found_by_the_beginning_of_their_keys(tmp_path):
    for key in ("lake/turns/year=2014/a.parquet", "lake/turns/b.parquet", "lake/turnstile/c", "d"):
        put(tmp_path / key)
    objects = FolderObjects(tmp_path)
    assert listed(objects, "lake/turns/") == [
        "lake/turns/b.parquet",
        "lake/turns/year=2014/a.parquet",
    ]
    assert listed(objects, "lake/turns/b") == ["lake/turns/b.parquet"]
    assert listed(objects, "lake/turns") == [
        *("lake/turns/b.parquet", "lake/turns/year=2014/a.parquet", "lake/turnstile/c")
    ]
    assert listed(objects, "nosuch/") == []
    assert objects.read("d") == b"x"
    assert objects.read("nosuch") is objects.read("lake") is None


def test_what_is_only_in_the_clouds_bucket_is_there_too_without_the_clouds_own_notes(tmp_path):
    bucket = Cloud("http://127.0.0.1:1", state_dir(tmp_path) / "cloud").bucket_dir("lakebucket-1")
    put(bucket / "runs/r2/manifest.json", "going on")
    put(bucket / "runs/r2/manifest.json.meta.json")
    put(bucket / "runs/r1/summary.json", "as the run wrote it")
    put(tmp_path / "runs/r1/summary.json", "as it lies in the folder")
    objects = objects_in(tmp_path)
    assert listed(objects, "runs/") == ["runs/r1/summary.json", "runs/r2/manifest.json"]
    assert objects.read("runs/r2/manifest.json") == b"going on"
    assert objects.read("runs/r1/summary.json") == b"as it lies in the folder"
