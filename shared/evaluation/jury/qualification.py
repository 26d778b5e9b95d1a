"""Whether a judge can tell the host from somebody else; only then do its votes count."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from statistics import fmean

from shared.dataset.comparisons import AGAINST_PROMPTED, QUALIFYING, Pair
from shared.evaluation.jury.records import PairResult
from shared.evaluation.measures.intervals import wilson

CHANCE = 0.5


@dataclass(frozen=True, slots=True)
class Recognition:
    """How often a judge picks the host's reply, with its 95 % interval, in `n` held-out pairs.

    Where the host's reply is the longer one and where it is the shorter one weigh alike, so that
    going by length is right half of the time however the lengths fell.
    """

    accuracy: float | None
    n: int
    low: float
    high: float

    @property
    def is_certain(self) -> bool:
        """Whether the judge is better than chance, as sure as the interval is."""
        return self.low > CHANCE


@dataclass(frozen=True, slots=True)
class NullRule:
    """A rule that knows nothing of the host, and how often it picks the host's reply in `n` pairs."""

    name: str
    accuracy: float
    n: int


@dataclass(frozen=True, slots=True)
class Qualification:
    """How often a judge tells the host from another person and from prompted models, and the best null rule beside it.

    `prompted` is None where no prompted model was shown beside the host; then the rule is tried on the
    other persons' words. `rule` is None where nobody's words are known.
    """

    person: Recognition
    prompted: Recognition | None
    rule: NullRule | None

    @property
    def tried(self) -> Recognition:
        """What is nearest to what is judged."""
        return self.prompted or self.person

    @property
    def passed(self) -> bool:
        """Whether the judge knows the host from both, and better than the best rule that knows nothing."""
        certain = self.person.is_certain and self.tried.is_certain
        return certain and (self.rule is None or (self.tried.accuracy or 0.0) > self.rule.accuracy)


def qualify(results: Sequence[PairResult], rule: NullRule | None = None) -> Qualification:
    """Return what the results of one judge say of it; `rule` is the best null rule on the same replies."""
    prompted = [result for result in results if result.pair == AGAINST_PROMPTED]
    return Qualification(
        recognition(results, QUALIFYING),
        recognition(prompted, AGAINST_PROMPTED) if prompted else None,
        rule,
    )


def recognition(results: Sequence[PairResult], pair: Pair) -> Recognition:
    """Return how often the host's reply of a pair was picked."""
    return recognised(
        [(one.points, one.left_size, one.right_size) for one in results if one.pair == pair]
    )


def recognised(met: Sequence[tuple[float, int, int]]) -> Recognition:
    """Return the same of the host's points, a tie half, and the lengths of its reply and of the other.

    Wilson's interval of as many pairs as they are worth: all of them where the host's reply is the
    longer one as often as the shorter one, fewer where it is not; none where it always is, but for
    those of equal length.
    """
    longer = [points for points, host, other in met if host > other]
    shorter = [points for points, host, other in met if host < other]
    equal = [points for points, host, other in met if host == other]
    parts: list[tuple[float, float]] = [(fmean(equal), len(equal))] if equal else []
    if longer and shorter:
        both = len(longer) + len(shorter)
        parts.append(((fmean(longer) + fmean(shorter)) / 2, 4 * len(longer) * len(shorter) / both))
    if not parts:
        return Recognition(None, len(met), 0.0, 1.0)
    worth = fsum(weight for _, weight in parts)
    accuracy = fsum(share * weight for share, weight in parts) / worth
    low, high = wilson(accuracy * worth, worth)
    return Recognition(accuracy, len(met), low, high)
