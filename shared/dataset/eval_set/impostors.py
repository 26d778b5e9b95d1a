"""Words of somebody else to hold a host's reply against: real, and of its length by design."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, chain
from operator import attrgetter
from typing import Any

from shared.dataset.boilerplate import sentences
from shared.dataset.evaluation_set import Reply


@dataclass(frozen=True, slots=True, order=True)
class _Opening:
    """How somebody's words begin, to the end of a sentence; `turn` is their place in what was given."""

    length: int
    text: str
    turn: int


def impostors(
    asked: Sequence[Mapping[str, Any]], others: Iterable[Mapping[str, str]]
) -> Iterator[Reply | None]:
    """For each held-out pair what somebody else says in such episodes, of about the length of the host's reply.

    `asked` have a prompt and a completion, `others` speaker, role and text. One is a little longer than
    the host's and the next a little shorter, as long as there is anything left, so that length tells
    nobody which is the host's: a turn is cut after a sentence where that brings it nearer. A co-host's
    words go before a guest's where they suffice for all; nothing serves twice, nor does what the host
    is answering.
    """
    prompts = {row["prompt"] for row in asked}
    said = list({one["text"]: one for one in others if one["text"] not in prompts}.values())
    beside = [one for one in said if one["role"] == "other"]
    said = beside if len(beside) >= len(asked) else said
    openings = sorted(chain.from_iterable(_openings(n, one["text"]) for n, one in enumerate(said)))
    taken: set[int] = set()
    balance = 0
    for row in asked:
        found = _nearest(openings, taken, len(row["completion"]), longer=balance <= 0)
        if found is None:
            yield None
            continue
        taken.add(found.turn)
        balance += (found.length > len(row["completion"])) - (found.length < len(row["completion"]))
        yield Reply(said[found.turn]["speaker"], said[found.turn]["role"], found.text)


def _openings(turn: int, text: str) -> Iterator[_Opening]:
    for opening in {begun.strip() for begun in accumulate(sentences(text))} - {""}:
        yield _Opening(len(opening), opening, turn)


def _nearest(
    openings: Sequence[_Opening], taken: set[int], length: int, *, longer: bool
) -> _Opening | None:
    """Return the opening whose length is nearest, if possible on the side that is wanted."""
    size = attrgetter("length")
    low, high = bisect_left(openings, length, key=size), bisect_right(openings, length, key=size)
    shorter, above = range(low - 1, -1, -1), range(high, len(openings))
    sides = (above, shorter) if longer else (shorter, above)
    for at in chain(*sides, range(low, high)):
        if openings[at].turn not in taken:
            return openings[at]
    return None
