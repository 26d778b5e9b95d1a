"""Whether a judge can tell the host from somebody else; only then do its votes count."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from shared.dataset.ballots import QUALIFYING
from shared.evaluation.jury.records import Bout
from shared.evaluation.measures.intervals import wilson

CHANCE = 0.5


@dataclass(frozen=True, slots=True)
class Qualification:
    """How often a judge tells the host from an impostor, with its 95 % interval, in `n` held-out pairs.

    Of the pairs where the host's reply is the longer one and of the others the mean is taken, so
    that going by length is right half of the time however the lengths fell.
    """

    accuracy: float | None
    n: int
    low: float
    high: float

    @property
    def passed(self) -> bool:
        """Whether the judge is better than chance, as sure as the interval is."""
        return self.low > CHANCE


def qualify(bouts: Sequence[Bout]) -> Qualification:
    """From one judge's bouts of host and impostor, a tie counting half.

    Wilson's interval of as many pairs as the mean of two shares is worth: all of them where both
    kinds are equally many, fewer where they are not, none where there is one kind alone.
    """
    met = [bout for bout in bouts if bout.pair == QUALIFYING]
    longer = [bout.points for bout in met if bout.left_size > bout.right_size]
    others = [bout.points for bout in met if bout.left_size <= bout.right_size]
    if not longer or not others:
        return Qualification(None, len(met), 0.0, 1.0)
    accuracy = (fmean(longer) + fmean(others)) / 2
    worth = 4 * len(longer) * len(others) / len(met)
    low, high = wilson(accuracy * worth, worth)
    return Qualification(accuracy, len(met), low, high)
