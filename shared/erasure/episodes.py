"""Which episodes are meant, and that they never come back."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import unquote

from shared.errors import BadInput
from shared.lake import keys
from shared.lake.tables import Lake, Row

SHORTEST_ID = 6  # characters of an id that name it
SHOWN = 5
COLUMNS = ("episode_id", "url", "title", "guid", "published", "duplicate_of")


class NotKnown(BadInput):
    """Nothing in the lake is called so."""


class Tables(Protocol):
    """A lake, in a bucket or in a folder."""

    def show_rows(self, table: str, show: str, columns: Sequence[str]) -> Iterator[Row]:
        """Yield a show's rows of a table."""


def episodes_to_erase(lake: Tables, show: str, names: Sequence[str]) -> list[Row]:
    """Return the episodes that are called so, and those with the same talk, as rows of `episodes`.

    An episode's names are its id, its address, its title, the name of its file, and the beginning of its id. A talk
    that was published twice would come back by the other one. Raises NotKnown, of those forgotten too, and of a name
    that several have.
    """
    rows = list(lake.show_rows("episodes", show, COLUMNS))
    talks = {_talk(_called(rows, show, name)) for name in names}
    return [row for row in rows if _talk(row) in talks]


def is_called(row: Mapping[str, Any], name: str) -> bool:
    """Return whether a name is one of the episode's."""
    address = str(row["url"] or "")
    file = unquote(address.rstrip("/").rpartition("/")[2])
    ours = {str(row["episode_id"]), address, file, " ".join(str(row["title"] or "").split())} - {""}
    beginning = len(name) >= SHORTEST_ID and str(row["episode_id"]).startswith(name)
    return name.casefold() in map(str.casefold, ours) or beginning


def _called(rows: Sequence[Row], show: str, name: str) -> Row:
    exact = [row for row in rows if name and name in (row["episode_id"], row["url"])]
    found = exact or [row for row in rows if is_called(row, name)]
    if not found:
        raise NotKnown(
            f"show {show} has no episode {name!r} among its {len(rows)}; name one by its title, its file's name, its "
            "address or its id, which stand in the lake's table `episodes` and in the report"
        )
    if len({_talk(row) for row in found}) > 1:
        several = ", ".join(str(row["episode_id"]) for row in found[:SHOWN])
        raise NotKnown(
            f"{len(found)} episodes of show {show} are called {name!r}; name one by its id: {several}"
        )
    return found[0]


def _talk(row: Row) -> str:
    """Return the one of several episodes with the same talk that is used, by its id."""
    return str(row["duplicate_of"] or row["episode_id"])


def save_erased_names(lake: Lake, show: str, episodes: Sequence[Row]) -> None:
    """Keep under which names the episodes must not be read again: ids and addresses, no words."""
    saved = lake.read_json(keys.erased(show)) or []
    names = {
        name for row in episodes for name in (row["episode_id"], row["url"], row["guid"]) if name
    }
    lake.write_json(keys.erased(show), sorted({*saved, *names}))
