"""A show's episodes as one run sees them: read once, by the shard that they stand in, a month's file."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain

from shared.lake import keys
from shared.lake.tables import Lake, Row

SKETCHED = 24
"""Numbers of an episode's sketch that are read, which do to know it again."""
_COLUMNS = ("episode_id", "title", "guests", "published", "status", "sketch")


@dataclass(frozen=True, slots=True)
class Episodes:
    """Rows of `episodes` by shard, in the order of the lake."""

    by_shard: Mapping[str, Sequence[Row]]

    def rows(self) -> Iterator[Row]:
        """Return the rows of all episodes."""
        return chain.from_iterable(self.by_shard.values())

    def parsed(self) -> Iterator[Row]:
        """Return the rows of episodes that were parsed, which have turns."""
        return (row for row in self.rows() if row["status"] == "parsed")

    def shards(self, episodes: Set[str]) -> list[str]:
        """Return the shards in which `episodes` stand, by id; sorted."""
        return sorted(
            shard
            for shard, rows in self.by_shard.items()
            if any(row["episode_id"] in episodes for row in rows)
        )


def read(lake: Lake, show: str) -> Episodes:
    """Return the show's episodes as they are now."""
    return Episodes(
        {
            keys.shard_in(key): [
                {**row, "sketch": tuple(row["sketch"] or ())[:SKETCHED]}
                for row in lake.read_file(key, _COLUMNS)
            ]
            for key in lake.show_files("episodes", show)
        }
    )
