"""A bucket as plain files."""

import os
import shutil
from pathlib import Path

from infra.local.cloud.cloud import Cloud

FOLDERS = ("raw", "lake", "runs")
_SIDECAR = ".meta.json"


def mirror_bucket(cloud: Cloud, bucket: str, dest: Path) -> None:
    """Make `dest/raw`, `dest/lake` and `dest/runs` hold exactly the bucket's objects by key.

    Files are read-only hard links to the objects (copies where the file system has no links), so
    this costs neither time nor space; it needs no running cloud, and may be repeated at any moment.
    """
    source = cloud.bucket_dir(bucket)
    for folder in FOLDERS:
        wanted = _objects(source / folder)
        for path in wanted:
            _link(source / folder / path, dest / folder / path)
        _remove_others(dest / folder, wanted)


def _objects(folder: Path) -> set[Path]:
    """Paths of objects below a folder of the bucket, without MiniStack's notes beside them."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder) for path in files if not path.name.endswith((_SIDECAR, ".tmp"))
    }


def _link(source: Path, target: Path) -> None:
    if target.exists() and _same(source, target):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    source.chmod(0o444)
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _same(source: Path, target: Path) -> bool:
    one, other = source.stat(), target.stat()
    return os.path.samestat(one, other) or (one.st_size, one.st_mtime_ns) == (
        other.st_size,
        other.st_mtime_ns,
    )


def _remove_others(folder: Path, wanted: set[Path]) -> None:
    """Delete what is no longer in the bucket, and the folders that leaves empty."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.is_dir() and not path.is_symlink():
            if not any(path.iterdir()):
                path.rmdir()
        elif path.relative_to(folder) not in wanted:
            path.unlink()
