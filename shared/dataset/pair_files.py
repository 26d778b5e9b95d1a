"""The files of a show's `pairs`: kept up to date with its `turns`, and read a few columns at a time."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from shared.dataset import boilerplate, held_out, pairs
from shared.dataset.boilerplate import Sifter
from shared.dataset.episodes import Episodes
from shared.dataset.splits import Split
from shared.errors import PairsReplaced
from shared.ids import digest
from shared.lake import keys
from shared.lake.tables import Lake, Row
from shared.shows import ShowProfile

PAIRS_VERSION = 3  # raise when pairs would come out otherwise from the same turns


@dataclass(frozen=True, slots=True)
class PairFiles:
    """A show's pairs as this run knows them: of each shard the file made by its own rules, by split and sieve."""

    lake: Lake
    episodes: Episodes
    file_of: Mapping[str, str]
    split_of: Mapping[str, Split]
    sieve: Sifter

    def rows(self, columns: Sequence[str], episodes: Set[str]) -> Iterator[dict[str, Any]]:
        """Yield the pairs of `episodes`, one file in memory at a time; raises PairsReplaced."""
        for shard in self.episodes.shards(episodes):
            if (key := self.file_of.get(shard)) is None:
                continue  # none of its episodes has turns
            rows = self.lake.read_existing(key, columns)
            if rows is None:
                raise PairsReplaced(
                    f"{key} is gone: another run of the show has other `must_have` patterns and "
                    "replaced it; try again, or start such runs one after the other"
                )
            yield from (row for row in rows if row["episode_id"] in episodes)


def refresh(lake: Lake, show: ShowProfile, episodes: Episodes) -> PairFiles:
    """Bring `pairs` up to date with `turns`, and return its files.

    A file's name tells which turns and which rules made it.
    """
    have = set(lake.show_files("pairs", show.name))
    turns = {
        key: etag
        for key, etag in lake.etags(keys.table_files("turns")).items()
        if keys.belongs_to(key, show.name)
    }
    split_of = held_out.assign_splits(lake, show.name, episodes)
    recurring = held_out.recurring_shingles_of(lake, show.name, turns, len(split_of))
    sieve = boilerplate.sifter(show, recurring)
    rules = (
        *(PAIRS_VERSION, list(show.training.must_have), list(show.never), list(sieve.phrases)),
        boilerplate.name_of(recurring),
    )
    file_of = {}
    for key, etag in turns.items():
        shard = keys.shard_in(key)
        held_out_here = _held_out(episodes.by_shard.get(shard, ()), split_of)
        made_from = digest(etag, *rules, held_out_here, length=8)
        file_of[shard] = keys.pair_file(shard, made_from)
        if file_of[shard] not in have:
            rows = _pair_rows(lake, key, show, split_of, sieve)
            lake.write_rows("pairs", file_of[shard], rows)
    lake.delete(sorted(have - set(file_of.values())))
    return PairFiles(lake, episodes, file_of, split_of, sieve)


def _held_out(rows: Iterable[Row], split_of: Mapping[str, Split]) -> list[str]:
    """Return the held-out ones of these episodes."""
    episodes = {row["episode_id"] for row in rows}
    return sorted(one for one in episodes if split_of.get(one) == "held_out")


def _pair_rows(
    lake: Lake, turns_key: str, show: ShowProfile, split_of: Mapping[str, Split], sieve: Sifter
) -> Iterator[Mapping[str, object]]:
    turns = lake.read_file(turns_key, ("episode_id", "turn", "role", "text", "n_tokens"))
    turns.sort(key=lambda row: (row["episode_id"], row["turn"]))
    for episode_id, rows in groupby(turns, key=lambda row: row["episode_id"]):
        split = split_of.get(episode_id, "train")
        for pair in pairs.pairs_of(list(rows), show.name, episode_id, show.training, split, sieve):
            yield pair.row()
