"""The packaged Athena queries: a file each, named by what it answers."""

from pathlib import Path

FOLDER = Path(__file__).parent


def packaged_names() -> list[str]:
    """The names of the packaged queries."""
    return sorted(path.stem for path in FOLDER.glob("*.sql"))
