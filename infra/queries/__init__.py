"""The packaged Athena queries: a file each, named by what it answers; as resources they are in infra/queries.yaml."""

from pathlib import Path

FOLDER = Path(__file__).parent


def packaged_names() -> list[str]:
    """The names of the packaged queries."""
    return sorted(path.stem for path in FOLDER.glob("*.sql"))
