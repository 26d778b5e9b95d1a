"""What we put into the folder, and what in it we may replace or remove.

A file is ours when its content is what we last wrote under its name. Whatever else lies there stays
where it is: a file of the user's in the place of ours, one of ours that was changed, a link.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from infra.local.folder.marker import Marker, check, check_answerer, put, read, save
from infra.local.folder.objects import files_by_key

if TYPE_CHECKING:
    from infra.local.cloud import Cloud

MIRRORED = ("raw", "lake", "runs")


class Folder:
    """The files of ours in `out`. One process at a time: the cloud's lock is held meanwhile."""

    def __init__(self, out: Path, marker: Marker) -> None:
        self._out = out
        self._marker = marker

    def write(self, name: str, content: bytes) -> bool:
        """Put a file there, whole; false, and nothing done, where something else is in its place."""
        if not self._may_put(name):
            return False
        self._intend({name: hashlib.sha256(content).hexdigest()})
        self._make_folders(name)
        put(self._out, self._out / name, content)
        self._settle(name)
        save(self._out, self._marker)
        return True

    def blocked(self, names: Iterable[str]) -> list[str]:
        """Return the names in whose place something else is, so that `write` would put nothing there."""
        return [name for name in names if not self._may_put(name)]

    def hold(self, wanted: Mapping[str, Path]) -> list[str]:
        """Make raw/, lake/ and runs/ hold the `wanted` files, by name, and no other file of ours.

        They become read-only hard links, copies where the file system has none. Returned are the
        names that could not be put there, because something else is in their place.
        """
        new = {name: source for name, source in wanted.items() if not self._holds(name, source)}
        self._intend({name: _digest(source) for name, source in new.items()})
        blocked = [name for name, source in new.items() if not self._link(source, name)]
        for name in [name for name in self._marker.files if _is_mirrored(name)]:
            if name not in wanted:
                self._remove(name)
        for name in blocked:
            self._marker.files.pop(name, None)
        self._forget_folders()
        save(self._out, self._marker)
        return blocked

    def adopt(self, objects: Mapping[str, Path]) -> None:
        """Take for ours what an earlier release wrote: what equals its object, and copies of those."""
        digests = {name: _digest(path) for name, path in objects.items()}
        ours = {name: digest for name, digest in digests.items() if self._is(name, {digest})}
        reports = {digest for name, digest in ours.items() if name.endswith("/report.html")}
        if self._is("report.html", reports):
            ours["report.html"] = _digest(self._out / "report.html")
        if billed := _billed(self._out / "bill.json"):
            ours["bill.json"] = _digest(self._out / "bill.json")
            self._marker.answered_by = "stand-in" if billed.strip("0.") else None
        self._marker.files = {name: [digest] for name, digest in ours.items()}
        above = {parent for name in ours for parent in _folders_above(name)}
        self._marker.folders = sorted(above)

    def _holds(self, name: str, source: Path) -> bool:
        target = self._out / name
        return self._is_plain(name) and target.is_file() and _same(source, target)

    def _link(self, source: Path, name: str) -> bool:
        if not self._may_put(name):
            return False
        target = self._out / name
        self._make_folders(name)
        target.unlink(missing_ok=True)
        source.chmod(0o444)
        try:
            os.link(source, target)
        except OSError:
            shutil.copy2(source, target)
        self._settle(name)
        return True

    def _may_put(self, name: str) -> bool:
        """Nothing is there, or what we wrote; and every folder above is a folder."""
        return self._is_plain(name) and (
            not os.path.lexists(self._out / name) or self._is(name, self._known(name))
        )

    def _is_plain(self, name: str) -> bool:
        """No link and no file stands where a folder of ours goes."""
        above = [self._out / parent for parent in _folders_above(name)]
        return all(not path.is_symlink() and (path.is_dir() or not path.exists()) for path in above)

    def _is(self, name: str, digests: set[str]) -> bool:
        path = self._out / name
        plain = self._is_plain(name) and path.is_file() and not path.is_symlink()
        return plain and _digest(path) in digests

    def _known(self, name: str) -> set[str]:
        return set(self._marker.files.get(name, ()))

    def _remove(self, name: str) -> None:
        if self._is(name, self._known(name)):
            (self._out / name).unlink()
        del self._marker.files[name]

    def _forget_folders(self) -> None:
        """Remove the folders that we made and that are empty now, the inner ones first."""
        for name in sorted(self._marker.folders, reverse=True):
            path = self._out / name
            if path.is_symlink() or not path.is_dir():
                self._marker.folders.remove(name)
            elif not any(path.iterdir()):
                path.rmdir()
                self._marker.folders.remove(name)

    def _make_folders(self, name: str) -> None:
        for parent in _folders_above(name):
            if not (self._out / parent).is_dir():
                (self._out / parent).mkdir()
                self._marker.folders.append(parent)

    def _intend(self, digests: Mapping[str, str]) -> None:
        """Say what will be written before it is, so that a killed run's files are still known as ours."""
        for name, digest in digests.items():
            self._marker.files[name] = [*self._known(name) - {digest}, digest]
        save(self._out, self._marker)

    def _settle(self, name: str) -> None:
        self._marker.files[name] = self._marker.files[name][-1:]


def claim(cloud: "Cloud", out: Path, answered_by: str | None = None) -> None:
    """Mark `out` as ours, and see what in a folder of an earlier release is; raises NotOurFolder.

    `answered_by` is kept from the first paid run on.
    """
    check(out, answered_by)
    marker = read(out)
    if marker is None:
        marker = Marker()
        buckets = cloud.bucket_dir("any").parent.glob("*/")
        objects = {name: path for bucket in buckets for name, path in _objects(bucket).items()}
        Folder(out, marker).adopt(objects)
    check_answerer(out, marker, answered_by)
    marker.answered_by = marker.answered_by or answered_by
    save(out, marker)


def taken(
    out: Path, *, option: str = "--out", earlier: Mapping[str, str] = MappingProxyType({})
) -> Folder:
    """Return a new, empty or own folder, marked as ours, without a cloud of its own; raises NotOurFolder.

    `option` is what named it; `earlier` are files that a release without a marker left there, by their SHA-256.
    """
    if earlier and read(out, option) is None:
        save(out, Marker(files={name: [digest] for name, digest in earlier.items()}))
    check(out, option=option)
    save(out, read(out, option) or Marker())
    return opened(out)


def opened(out: Path) -> Folder:
    """The folder as its marker describes it now."""
    return Folder(out, read(out) or Marker())


def mirror_bucket(cloud: "Cloud", bucket: str, out: Path) -> list[str]:
    """Make `out/raw`, `out/lake` and `out/runs` hold the bucket's objects by key, where nothing else is in the way.

    This costs neither time nor space, needs no running cloud, and may be repeated at any moment.
    Returned are the keys in whose place something else lies.
    """
    return opened(out).hold(_objects(cloud.bucket_dir(bucket)))


def _objects(bucket: Path) -> dict[str, Path]:
    """The files of a bucket's mirrored objects by key."""
    return {
        key: path for folder in MIRRORED for key, path in files_by_key(bucket, f"{folder}/").items()
    }


def _folders_above(name: str) -> Iterator[str]:
    parts = name.split("/")[:-1]
    yield from ("/".join(parts[:n]) for n in range(1, len(parts) + 1))


def _is_mirrored(name: str) -> bool:
    return name.split("/")[0] in MIRRORED


def _same(source: Path, target: Path) -> bool:
    one, other = source.stat(), target.stat()
    return os.path.samestat(one, other) or (one.st_size, one.st_mtime_ns) == (
        other.st_size,
        other.st_mtime_ns,
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _billed(bill: Path) -> str:
    """The exact total of a bill of the stand-in's; empty where the file is none."""
    try:
        return str(json.loads(bill.read_bytes())["exact_usd"])
    except (OSError, ValueError, TypeError, KeyError):
        return ""
