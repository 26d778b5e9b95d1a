"""Speech in bags of at least BAG_WORDS words: shorter, and nobody's style can be told."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Self

BAG_WORDS = 300
LONGEST_BAG = 6000
"""Characters: what has longer words than speech has, or none, is cut."""


@dataclass(frozen=True, slots=True)
class Bag:
    """What one person says in one episode, BAG_WORDS words or more of it."""

    episode_id: str
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Speech:
    """The bags of one show: of episodes that may train, which teach the styles, and of held-out ones.

    Nobody is among both `others` and `held_out_others`.
    """

    show: str
    seed: int
    host: tuple[Bag, ...] = ()
    others: tuple[Bag, ...] = ()
    held_out_host: tuple[Bag, ...] = ()
    held_out_others: tuple[Bag, ...] = ()

    def document(self) -> dict[str, Any]:
        """The bags as JSON; `from_document` reads it."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """The bags from their JSON."""
        bags = {
            name: tuple(Bag(**one) for one in document[name])
            for name in ("host", "others", "held_out_host", "held_out_others")
        }
        return cls(document["show"], document["seed"], **bags)


def in_bags(texts: Sequence[str]) -> list[str]:
    """The texts one after the other in as many bags as they fill, all of about the same number of words."""
    words = " ".join(texts).split()
    n = len(words) // BAG_WORDS
    ends = [len(words) * at // n for at in range(n + 1)] if n else [0]
    return [" ".join(words[start:end])[:LONGEST_BAG] for start, end in pairwise(ends)]
