"""A show's episodes as one run sees them: read once, each with the file of a month that it stands in."""

from collections.abc import Iterator, Set
from dataclasses import dataclass

from shared.lake import keys
from shared.lake.tables import Lake, Row

SKETCHED = 24
"""Numbers of an episode's sketch that are read, which do to know it again."""
_COLUMNS = ("episode_id", "title", "guests", "published", "status", "sketch")


@dataclass(frozen=True, slots=True)
class Episodes:
    """Rows of `episodes` in the order of the lake, and of each the shard that holds it."""

    rows: tuple[Row, ...]
    shard_of: tuple[str, ...]

    def parsed(self) -> Iterator[Row]:
        """Those that were read, so that there are turns of them."""
        return (row for row in self.rows if row["status"] == "parsed")

    def shards(self, episodes: Set[str]) -> set[str]:
        """The shards in which `episodes` stand, by id."""
        both = zip(self.rows, self.shard_of, strict=True)
        return {shard for row, shard in both if row["episode_id"] in episodes}


def read(lake: Lake, show: str) -> Episodes:
    """The show's episodes as they are now."""
    rows, shards = [], []
    for key in lake.show_files("episodes", show):
        for row in lake.read_file(key, _COLUMNS):
            rows.append({**row, "sketch": tuple(row["sketch"] or ())[:SKETCHED]})
            shards.append(keys.shard_in(key))
    return Episodes(tuple(rows), tuple(shards))
