"""Which episodes are held out: the latest ones, as long as there are too few, and the same ones ever after.

An episode is known again by what is said in it, so another address, title or parser changes
nothing, and what nearly repeats an episode, or is another part of it, goes where that one went.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from shared.shingles import near_duplicate_pairs
from shared.words import Words, words

Split = Literal["train", "held_out"]

HELD_OUT_EPISODES = 50  # with three pairs each, a true win rate of 60 % shows as 52 to 68 %
ONE_IN = 5  # a small show holds out no more than this part of its episodes
FEWEST, OF_AT_LEAST = 5, 15  # where there are so many, as many as an interval over episodes needs
LIKE = 1 / 3  # of the shingles of both in common: about half of what is said is the same
_PART = re.compile(
    r"\(?\b(?:part|pt|teil)\.? ?(?:\d+|one|two|three|four|i{1,3})\b(?: of \w+)?\)?"
    r"|\(?\b(?:re-?air(?:ed|ing)?|rerun|encore|rebroadcast|repeat|from the archives?)\b\)?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Episode:
    """An episode as the split knows it: `published` is its ISO date, `sketch` the beginning of its row's."""

    episode_id: str
    title: str
    published: str
    sketch: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Assigned:
    """An episode and where it went."""

    episode: Episode
    split: Split


def renewed(before: Iterable[Assigned], now: Mapping[str, Episode]) -> list[Assigned]:
    """Return the assigned episodes with their data as of `now`; one that is no longer in the lake is kept unchanged."""
    return [replace(one, episode=now.get(one.episode.episode_id, one.episode)) for one in before]


def assign(new: Sequence[Episode], before: Sequence[Assigned]) -> list[Assigned]:
    """Return the split of each new episode; episodes that have one keep it.

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
    """Return how many of so many episodes are to be held out."""
    fewest = FEWEST if episodes >= OF_AT_LEAST else 0
    return min(HELD_OUT_EPISODES, max(episodes // ONE_IN, fewest))


def _latest(group: Sequence[Episode]) -> tuple[str, tuple[int, ...]]:
    """Newest first; of one day by what is said, whatever the episode's address."""
    return max((episode.published, episode.sketch) for episode in group)


def _groups(new: Sequence[Episode], known: Sequence[Episode]) -> list[list[Episode]]:
    """New episodes with those, new or known, that nearly repeat them or are their other parts."""
    everything = {episode.episode_id: episode for episode in (*new, *known)}
    leader = {name: name for name in everything}

    def lead(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for one, other in _together(everything.values()):
        leader[lead(one)] = lead(other)
    groups: dict[str, list[Episode]] = defaultdict(list)
    for name, episode in everything.items():
        groups[lead(name)].append(episode)
    fresh = {episode.episode_id for episode in new}
    return [group for group in groups.values() if any(one.episode_id in fresh for one in group)]


def _together(episodes: Collection[Episode]) -> Iterator[tuple[str, str]]:
    """Pairs of episodes that go to one side."""
    by_title: dict[Words, list[Episode]] = defaultdict(list)
    for episode in episodes:
        by_title[words(_PART.sub(" ", episode.title))].append(episode)
    for title, parts in by_title.items():
        if title and any(_PART.search(one.title) for one in parts):
            yield from pairwise(one.episode_id for one in parts)
    yield from near_duplicate_pairs({one.episode_id: one.sketch for one in episodes}, LIKE)


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
