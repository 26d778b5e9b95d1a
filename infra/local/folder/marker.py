"""Whose a folder is: ours carries a marker, and the marker lists what we wrote.

A folder of an earlier release has no marker; the cloud's state inside tells that it is ours.
"""

import json
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from shared.errors import BadInput

STATE = ".econchatr"
MARKER = "folder.json"
VERSION = 1
NAMED = 3  # of what is in a stranger's folder
NEEDED_MB = 100  # a run of the demo show leaves 7


class NotOurFolder(BadInput):
    """The folder holds what we did not put there, or cannot be used at all."""


@dataclass(slots=True)
class Marker:
    """What the marker file says.

    `files`: for each path below the folder, the SHA-256 of what we wrote there; two of them while a
    new version is being put in the place of the old. `folders`: the subfolders that we made.
    `answered_by`: "stand-in" or "provider" once a paid run was here.
    """

    files: dict[str, list[str]] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)
    answered_by: str | None = None


def state_dir(out: Path) -> Path:
    """Where the laptop keeps what is not the bucket: the cloud's state, the stand-in's, the demo site."""
    return out / STATE


def check(out: Path, answered_by: str | None = None, *, option: str = "--out") -> None:
    """Raise NotOurFolder unless `out` is new, empty or ours; nothing is touched.

    `answered_by` says who will answer a paid run, "stand-in" or "provider": a folder's ledger
    holds the purchases of one of the two. `option` is what named the folder.
    """
    try:
        _check(out, option)
        marker = read(out, option)
    except OSError as error:
        raise NotOurFolder(
            f"{option} {out} cannot be used ({error.strerror}); name another"
        ) from error
    check_answerer(out, marker or Marker(), answered_by)


def check_answerer(out: Path, marker: Marker, answered_by: str | None) -> None:
    """Raise NotOurFolder where another kind of provider answered the runs that are there."""
    if answered_by and marker.answered_by not in (None, answered_by):
        raise NotOurFolder(
            f"--out {out} holds runs that {_who(marker.answered_by)} answered and this one asks "
            f"{_who(answered_by)}; name another folder, so that neither pays for the other"
        )


def read(out: Path, option: str = "--out") -> Marker | None:
    """Return what the marker says, None without one; raises NotOurFolder where it cannot be read."""
    path = state_dir(out) / MARKER
    if not path.exists():
        return None
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        version = document.pop("version")
        if version != VERSION:
            raise NotOurFolder(
                f"{option} {out} was written by another release of econchatr (its marker has version "
                f"{version!r:.20}, this release knows {VERSION}); use that release, or name another folder"
            )
        return Marker(**document)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotOurFolder(f"{path} cannot be read ({error}); name another folder") from error


def save(out: Path, marker: Marker) -> None:
    """Write the marker, whole or not at all."""
    document = {
        "version": VERSION,
        "answered_by": marker.answered_by,
        "folders": sorted(marker.folders),
        "files": dict(sorted(marker.files.items())),
    }
    put(out, state_dir(out) / MARKER, json.dumps(document, indent=1).encode())


def put(out: Path, path: Path, content: bytes) -> None:
    """`content` as the file `path`, whole or not at all, through a file beside the marker."""
    new = state_dir(out) / "new"
    new.parent.mkdir(parents=True, exist_ok=True)
    try:
        new.write_bytes(content)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def _check(out: Path, option: str) -> None:
    _check_content(out, option)
    there = next(path for path in (out, *out.absolute().parents) if path.is_dir())
    free_mb = shutil.disk_usage(there).free // 1_000_000
    if free_mb < NEEDED_MB:
        raise NotOurFolder(
            f"{option} {out} is on a disk with {free_mb} MB left and a run needs {NEEDED_MB}; "
            "make room, or name a folder elsewhere"
        )


def _check_content(out: Path, option: str) -> None:
    if out.is_symlink() and not out.exists():
        raise NotOurFolder(f"{option} {out} is a link to nothing; name a new or an empty folder")
    if not out.exists():
        return
    if not out.is_dir():
        raise NotOurFolder(f"{option} {out} is a file; name a new or an empty folder")
    state = state_dir(out)
    if state.is_symlink():
        raise NotOurFolder(f"{state} is a link; name another folder")
    there = sorted(path.name for path in out.iterdir())
    ours = (state / MARKER).is_file() or (state / "cloud").is_dir()
    # A first run that ended before it could mark the folder left an empty state folder.
    untouched = there == [STATE] and state.is_dir() and not any(state.iterdir())
    if there and not ours and not untouched:
        names = ", ".join(there[:NAMED]) + (", ..." if len(there) > NAMED else "")
        raise NotOurFolder(
            f"{option} {out} holds files that econchatr did not write ({names}); nothing was touched; "
            f"name a new or an empty folder, such as {out / 'econchatr'}"
        )


def _who(answered_by: str | None) -> str:
    return "the stand-in" if answered_by == "stand-in" else "a real provider"
