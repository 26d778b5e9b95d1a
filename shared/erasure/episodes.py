"""Which episodes are meant, and that they never come back."""

from collections.abc import Sequence

from shared.errors import BadInput
from shared.lake import keys
from shared.lake.tables import Lake, Row

COLUMNS = ("episode_id", "url", "title", "guid", "published", "duplicate_of")


class NotKnown(BadInput):
    """Nothing in the lake is called so."""


def episodes_to_erase(lake: Lake, show: str, names: Sequence[str]) -> list[Row]:
    """Return the episodes of these ids or addresses, and those with the same talk, as rows of `episodes`.

    A talk that was published twice would come back by the other one. Raises NotKnown, of those
    forgotten too.
    """
    rows = list(lake.show_rows("episodes", show, COLUMNS))
    named = []
    for name in names:
        row = next((row for row in rows if name in (row["episode_id"], row["url"])), None)
        if row is None:
            raise NotKnown(
                f"show {show} has no episode {name!r} among its {len(rows)}; name one by its id or its "
                "address, which stand in the lake's table `episodes` and in the report"
            )
        named.append(row)
    talks = {_talk(row) for row in named}
    return [row for row in rows if _talk(row) in talks]


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
