"""Which episodes are held out: the latest ones, as long as there are too few, and the same ones ever after.

An episode is known again by what is said in it, so another address, title or parser changes
nothing, and what nearly repeats an episode, or is another part of it, goes where that one went.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import accumulate, chain, combinations, pairwise
from typing import Literal
from zlib import crc32

from shared.words import Words, words

Split = Literal["train", "held_out"]

HELD_OUT_EPISODES = 50  # with three pairs each, a true win rate of 60 % shows as 52 to 68 %
ONE_IN = 5  # a small show holds out no more than this part of its episodes
FEWEST, OF_AT_LEAST = 5, 15  # where there are so many, as many as an interval over episodes needs
SKETCH_SIZE, SHINGLE_WORDS = 24, 6
ALIKE = 12  # of SKETCH_SIZE: about half of what is said is the same
_PART = re.compile(
    r"\(?\b(?:part|pt|teil)\.? ?(?:\d+|one|two|three|four|i{1,3})\b(?: of \w+)?\)?"
    r"|\(?\b(?:re-?air(?:ed|ing)?|rerun|encore|rebroadcast|repeat|from the archives?)\b\)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Episode:
    """An episode as the split knows it: `sketch` is what is said, `published` its ISO date."""

    episode_id: str
    title: str
    published: str
    sketch: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Assigned:
    """An episode and where it went."""

    episode: Episode
    split: Split


def sketch(texts: Iterable[str]) -> tuple[int, ...]:
    """The smallest hashes of all runs of SHINGLE_WORDS words: two talks share about as many as they share words."""
    said = " ".join(chain.from_iterable(map(words, texts))).encode()
    ends = list(accumulate(len(word) + 1 for word in said.split(b" ")))
    lasts = ends[SHINGLE_WORDS - 1 :] or ends[-1:]
    hashes = {crc32(said[start : end - 1]) for start, end in zip([0, *ends], lasts, strict=False)}
    return tuple(nsmallest(SKETCH_SIZE, hashes))


def assign(new: Sequence[Episode], before: Sequence[Assigned]) -> list[Assigned]:
    """Where each new episode goes; who has a place keeps it.

    A group with an episode that trains goes where that one went, so that no held-out episode is
    nearly one that trained. Of the others the latest are held out while there are too few.
    """
    placed = {one.episode.episode_id: one.split for one in before}
    known = [one.episode for one in before]
    wanted = held_out_target(len(placed) + len(new))
    groups = sorted(_groups(new, known), key=_latest, reverse=True)
    missing = wanted - sum(split == "held_out" for split in placed.values())
    found: list[Assigned] = []
    for group in groups:
        fresh = [episode for episode in group if episode.episode_id not in placed]
        splits = {placed[one.episode_id] for one in group if one.episode_id in placed}
        split: Split = "held_out" if missing > 0 and len(fresh) <= missing else "train"
        if splits:
            split = "train" if "train" in splits else "held_out"
        missing -= len(fresh) if split == "held_out" else 0
        found += [Assigned(episode, split) for episode in fresh]
    return found


def held_out_target(episodes: int) -> int:
    """How many of so many episodes are to be held out."""
    fewest = FEWEST if episodes >= OF_AT_LEAST else 0
    return min(HELD_OUT_EPISODES, max(episodes // ONE_IN, fewest))


def _latest(group: Sequence[Episode]) -> tuple[str, tuple[int, ...]]:
    """Newest first; of one day by what is said, whatever the episode's address."""
    return max((episode.published, episode.sketch) for episode in group)


def _groups(new: Sequence[Episode], known: Sequence[Episode]) -> list[list[Episode]]:
    """New episodes with those, new or known, that nearly repeat them or are their other parts."""
    everything = [*new, *known]
    leader = list(range(len(everything)))

    def lead(at: int) -> int:
        while leader[at] != at:
            leader[at] = leader[leader[at]]
            at = leader[at]
        return at

    for one, other in _alike(everything):
        leader[lead(one)] = lead(other)
    groups: dict[int, list[Episode]] = defaultdict(list)
    for at, episode in enumerate(everything):
        groups[lead(at)].append(episode)
    fresh = {episode.episode_id for episode in new}
    return [group for group in groups.values() if any(one.episode_id in fresh for one in group)]


def _alike(episodes: Sequence[Episode]) -> Iterable[tuple[int, int]]:
    by_hash: dict[int, list[int]] = defaultdict(list)
    by_title: dict[Words, list[int]] = defaultdict(list)
    for at, episode in enumerate(episodes):
        for value in episode.sketch:
            by_hash[value].append(at)
        by_title[words(_PART.sub(" ", episode.title))].append(at)
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for owners in by_hash.values():
        # What stands in very many episodes is the show's own phrase, and squares of it are many.
        for pair in combinations(owners[:ALIKE], 2):
            shared[pair] += 1
    for (one, other), n in shared.items():
        if n >= min(ALIKE, *(max(1, len(episodes[at].sketch) // 2) for at in (one, other))):
            yield one, other
    for title, parts in by_title.items():
        if title and any(_PART.search(episodes[at].title) for at in parts):
            yield from pairwise(parts)


def rows_of(assigned: Iterable[Assigned]) -> list[dict[str, object]]:
    """As kept in the bucket."""
    return [
        {
            "episode_id": one.episode.episode_id,
            "title": one.episode.title,
            "published": one.episode.published,
            "sketch": list(one.episode.sketch),
            "split": one.split,
        }
        for one in assigned
    ]


def from_rows(rows: Iterable[Mapping[str, object]]) -> list[Assigned]:
    """As it was before it was kept."""
    return [
        Assigned(
            Episode(
                str(row["episode_id"]),
                str(row["title"]),
                str(row["published"]),
                tuple(row["sketch"]),  # type: ignore[arg-type]
            ),
            "held_out" if row["split"] == "held_out" else "train",
        )
        for row in rows
    ]
