"""Whether a judge can tell the host from somebody else; only then do its votes count."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from statistics import fmean

from shared.dataset.comparisons import QUALIFYING
from shared.evaluation.jury.records import PairResult
from shared.evaluation.measures.intervals import wilson

CHANCE = 0.5


@dataclass(frozen=True, slots=True)
class Qualification:
    """How often a judge tells the host from an impostor, with its 95 % interval, in `n` held-out pairs.

    Where the host's reply is the longer one and where it is the shorter one weigh alike, so that
    going by length is right half of the time however the lengths fell.
    """

    accuracy: float | None
    n: int
    low: float
    high: float

    @property
    def passed(self) -> bool:
        """Whether the judge is better than chance, as sure as the interval is."""
        return self.low > CHANCE


def qualify(results: Sequence[PairResult]) -> Qualification:
    """Return how often one judge told the host from an impostor, by its results of these pairs, a tie counting half.

    Wilson's interval of as many pairs as they are worth: all of them where the host's reply is the
    longer one as often as the shorter one, fewer where it is not; none where it always is, but for
    those of equal length.
    """
    met = [result for result in results if result.pair == QUALIFYING]
    longer = [result.points for result in met if result.left_size > result.right_size]
    shorter = [result.points for result in met if result.left_size < result.right_size]
    equal = [result.points for result in met if result.left_size == result.right_size]
    parts: list[tuple[float, float]] = [(fmean(equal), len(equal))] if equal else []
    if longer and shorter:
        both = len(longer) + len(shorter)
        parts.append(((fmean(longer) + fmean(shorter)) / 2, 4 * len(longer) * len(shorter) / both))
    if not parts:
        return Qualification(None, len(met), 0.0, 1.0)
    worth = fsum(weight for _, weight in parts)
    accuracy = fsum(share * weight for share, weight in parts) / worth
    low, high = wilson(accuracy * worth, worth)
    return Qualification(accuracy, len(met), low, high)
