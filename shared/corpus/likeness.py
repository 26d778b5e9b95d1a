"""How alike two talks are: sketches of their spans of words, and which of several copies is the better one."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations
from typing import Any

from shared.spans import distinct, span_hashes
from shared.words import words

SKETCH_SIZE, INDEXED = 64, 16
LIKE = 0.6  # share of spans in common, from which two talks are one
FEWEST = 100  # spans; shorter talks of one show are alike by chance
COMMON = 50  # episodes; a span in more of them belongs to the show and not to a talk
Row = Mapping[str, Any]


def sketch(texts: Iterable[str]) -> list[int]:
    """The smallest `SKETCH_SIZE` numbers of the talk's spans, ascending: a bottom-k sketch (Broder, 1997).

    Letters' case, marks and who says it make no difference. Empty for a talk that is too short.
    """
    said = chain.from_iterable(map(words, texts))
    hashes = distinct(span_hashes(said))
    return hashes[:SKETCH_SIZE].tolist() if len(hashes) >= FEWEST else []


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """An estimate of how many of both talks' spans they have in common, 0 to 1."""
    if not one or not other:
        return 0.0
    union = sorted({*one, *other})[:SKETCH_SIZE]
    both = set(one) & set(other)
    return sum(value in both for value in union) / len(union)


def near_duplicates(episodes: Sequence[Row]) -> dict[str, Row]:
    """Each parsed episode that is nearly another's talk, by id, with the better one that stays.

    Takes rows with `episode_id`, `published`, `sketch`, `host_share`, `n_turns` and `n_tokens`.
    """
    by_id = {row["episode_id"]: row for row in episodes if row["sketch"]}
    alike: dict[str, set[str]] = defaultdict(set)
    for one, other in _candidates(by_id):
        if likeness(by_id[one]["sketch"], by_id[other]["sketch"]) >= LIKE:
            alike[one].add(other)
            alike[other].add(one)
    worse, kept = dict[str, Row](), set[str]()
    for row in sorted((by_id[name] for name in alike), key=_quality, reverse=True):
        if row["episode_id"] not in worse:
            kept.add(row["episode_id"])
            worse |= dict.fromkeys(alike[row["episode_id"]] - kept - worse.keys(), row)
    return worse


def _quality(row: Row) -> tuple[bool, int, int, float, str]:
    """Better first: the host speaks, more turns, more words; then the earlier one."""
    return (
        bool(row["host_share"]),
        row["n_turns"] or 0,
        row["n_tokens"] or 0,
        -row["published"].timestamp(),
        row["episode_id"],
    )


def _candidates(by_id: Mapping[str, Row]) -> Iterator[tuple[str, str]]:
    """Pairs of episodes that share enough of their sketches to be looked at."""
    having: dict[int, list[str]] = defaultdict(list)
    for name, row in by_id.items():
        for value in row["sketch"][:INDEXED]:
            having[value].append(name)
    shared = Counter[tuple[str, str]]()
    for names in having.values():
        if 1 < len(names) <= COMMON:
            shared.update(combinations(sorted(names), 2))
    return (pair for pair, times in shared.items() if times >= 2)
