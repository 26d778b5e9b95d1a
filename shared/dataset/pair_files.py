"""The files of a show's `pairs`: kept up to date with its `turns`, and read a few columns at a time."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
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
from shared.lake.tables import Lake
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
        """The pairs of `episodes`, one file in memory at a time; raises PairsReplaced."""
        for shard in sorted(self.episodes.shards(episodes) & self.file_of.keys()):
            key = self.file_of[shard]
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
        for key, etag in lake.etags("lake/turns/").items()
        if keys.belongs_to(key, show.name)
    }
    split_of = held_out.settled(lake, show.name, episodes)
    recurring = held_out.recurring(lake, show.name, turns, len(split_of))
    sieve = boilerplate.sifter(show, recurring)
    rules = (
        *(PAIRS_VERSION, list(show.training.must_have), list(show.never), list(sieve.phrases)),
        boilerplate.name_of(recurring),
    )
    held_out_in = _held_out(episodes, split_of)
    want, file_of = {}, {}
    for key, etag in turns.items():
        shard = keys.shard_in(key)
        made_from = digest(etag, *rules, sorted(held_out_in[shard]), length=8)
        target = key.replace("lake/turns/", "lake/pairs/").replace(
            ".parquet", f".{made_from}.parquet"
        )
        want[target] = key
        file_of[shard] = target
    for target in sorted(set(want) - have):
        lake.write_rows("pairs", target, _pair_rows(lake, want[target], show, split_of, sieve))
    lake.delete(sorted(have - set(want)))
    return PairFiles(lake, episodes, file_of, split_of, sieve)


def _held_out(episodes: Episodes, split_of: Mapping[str, Split]) -> Mapping[str, set[str]]:
    """The held-out episodes of each shard."""
    found: dict[str, set[str]] = defaultdict(set)
    for row, shard in zip(episodes.rows, episodes.shard_of, strict=True):
        if split_of.get(row["episode_id"]) == "held_out":
            found[shard].add(row["episode_id"])
    return found


def _pair_rows(
    lake: Lake, turns_key: str, show: ShowProfile, split_of: Mapping[str, Split], sieve: Sifter
) -> Iterator[Mapping[str, object]]:
    turns = lake.read_file(turns_key, ("episode_id", "turn", "role", "text", "n_tokens"))
    turns.sort(key=lambda row: (row["episode_id"], row["turn"]))
    for episode_id, rows in groupby(turns, key=lambda row: row["episode_id"]):
        split = split_of.get(episode_id, "train")
        for pair in pairs.pairs_of(list(rows), show.name, episode_id, show.training, split, sieve):
            yield pair.row()
