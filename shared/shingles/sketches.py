"""How alike two talks are, by sketches of their shingles: copies, reruns and other exports are found by it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from shared.shingles.numbering import distinct, shingle_hashes

SKETCH_SIZE, INDEXED = 64, 16
FEWEST = 100  # shingles; shorter talks of one show are alike by chance
COMMON = 50  # talks; a shingle in more of them belongs to the show and not to a talk


def sketch(texts: Iterable[str]) -> list[int]:
    """Return the smallest `SKETCH_SIZE` numbers of the talk's shingles, ascending: a bottom-k sketch (Broder, 1997).

    Letters' case, marks and who says it make no difference. Empty for a talk that is too short.
    """
    hashes = distinct(shingle_hashes(texts))
    return hashes[:SKETCH_SIZE].tolist() if len(hashes) >= FEWEST else []


def resemblance(one: Sequence[int], other: Sequence[int]) -> float:
    """Return an estimate of how many of both talks' shingles they have in common, 0 to 1.

    Of a sketch its beginning is one too; the shorter of both decides how much is looked at.
    """
    union = sorted({*one, *other})[: min(len(one), len(other))]
    both = set(one) & set(other)
    return sum(value in both for value in union) / len(union) if union else 0.0


def near_duplicate_pairs(
    sketches: Mapping[str, Sequence[int]], least: float
) -> Iterator[tuple[str, str]]:
    """Yield the pairs of names whose talks have `least` of their shingles in common, each pair once, in order."""
    for one, other in _candidates(sketches):
        if resemblance(sketches[one], sketches[other]) >= least:
            yield one, other


def _candidates(sketches: Mapping[str, Sequence[int]]) -> Iterator[tuple[str, str]]:
    """Pairs that share enough of their sketches to be looked at."""
    having: dict[int, list[str]] = defaultdict(list)
    for name, sketched in sketches.items():
        for value in sketched[:INDEXED]:
            having[value].append(name)
    shared = Counter[tuple[str, str]]()
    for names in having.values():
        if 1 < len(names) <= COMMON:
            shared.update(combinations(sorted(names), 2))
    return (pair for pair, times in shared.items() if times >= 2)
