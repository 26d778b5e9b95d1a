"""The folder's files as the objects of a bucket, by key, for who only reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from infra.local.folder.marker import state_dir

BUCKETS = "cloud/s3/*/*"  # within the state folder: by account and name, as the cloud keeps them
NOTES = (".meta.json", ".tmp")  # MiniStack's, beside the objects


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as an object, by its key."""

    key: str
    path: Path

    @property
    def modified(self) -> datetime:
        """When it was written."""
        return datetime.fromtimestamp(self.path.stat().st_mtime, UTC)


class FolderObjects:
    """The objects below some folders by key; of those with one key the first folder's."""

    def __init__(self, *roots: Path) -> None:
        self._roots = roots

    def read(self, key: str) -> bytes | None:
        """Return the bytes of the object, or None where there is none."""
        for root in self._roots:
            if (root / key).is_file():
                return (root / key).read_bytes()
        return None

    def objects(self, prefix: str) -> Iterator[StoredFile]:
        """Yield every object whose key begins with `prefix`, by key."""
        found: dict[str, Path] = {}
        for root in reversed(self._roots):
            found |= files_by_key(root, prefix)
        for key, path in sorted(found.items()):
            yield StoredFile(key, path)


def objects_in(out: Path) -> FolderObjects:
    """Return the objects of the folder that `--out` names.

    A run that goes on, or was killed, has its files where the cloud keeps its buckets, until a command brings them
    from there.
    """
    return FolderObjects(out, *sorted(state_dir(out).glob(BUCKETS)))


def files_by_key(root: Path, prefix: str) -> dict[str, Path]:
    """Return the files below a folder whose key begins with `prefix`."""
    below = (root / prefix).parent if not prefix.endswith("/") else root / prefix
    found = {path.relative_to(root).as_posix(): path for path in below.rglob("*")}
    return {
        key: path
        for key, path in found.items()
        if key.startswith(prefix) and not key.endswith(NOTES) and path.is_file()
    }
