"""What is measured and what comes of it: answers in, scores with their intervals out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, inf
from operator import itemgetter
from statistics import fmean, pvariance

from shared.evaluation.measures.intervals import (
    FEWEST_CLUSTERS,
    mean_interval,
    student,
    wilson,
)
from shared.lake.rows import ScoreRow

Place = tuple[str, str | None, str | None]
"""A metric, the model and the arm; of a measure itself it has neither."""
Points = Mapping[str, float]
"""By item."""
_VALUE, _NUMBER = itemgetter(0), itemgetter(1)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; `cut_off` when it stopped at the length limit, None where nobody knows."""

    question: str
    text: str
    cut_off: bool | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """One number about a set of answers and the `n` items it was taken from, with its 95 % interval.

    Without a number, `value` is None and `reason` is a sentence that says why; beside a number it is
    what has to be said with it.
    """

    metric: str
    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    reason: str | None = None

    def row(self, arm: str | None, model: str | None) -> ScoreRow:
        """Return the score as that of an arm of a model, or of neither."""
        return {
            "arm": arm,
            "model": model,
            "metric": self.metric,
            "value": self.value,
            "n": self.n,
            "low": self.low,
            "high": self.high,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Number:
    """A score that has a number, the `n` items it was taken from, and its interval where it has one.

    `reason` is what has to be said with it.
    """

    value: float
    n: int
    low: float | None = None
    high: float | None = None
    reason: str | None = None


def numbers(rows: Iterable[ScoreRow]) -> dict[Place, Number]:
    """Return the numbers by metric, model and arm; a score that has none is left out."""
    return {
        (row["metric"], row["model"], row["arm"]): Number(
            row["value"], row["n"], row["low"], row["high"], row["reason"]
        )
        for row in rows
        if row["value"] is not None
    }


def absent(metrics: Iterable[str], reason: str) -> list[Score]:
    """A row for each of `metrics` that says why it has no number."""
    return [Score(metric, None, 0, reason=reason) for metric in metrics]


def share(metric: str, hits: Sequence[bool]) -> Score:
    """The share of true ones, with Wilson's interval."""
    low, high = wilson(sum(hits), len(hits))
    return Score(metric, fmean(hits), len(hits), low, high)


def mean(metric: str, values: Sequence[float], most: float = inf) -> Score:
    """The mean of independent values of 0 to `most`, with Student's interval; none for a single value.

    For few values that interval may reach beyond what the mean can be, and is cut there.
    """
    low, high = mean_interval(values)
    if low is not None and high is not None:
        low, high = max(low, 0.0), min(high, most)
    return Score(metric, fmean(values), len(values), low, high)


def clustered_mean(metric: str, points: Points, episodes: Mapping[str, str]) -> Score:
    """The mean of items' points of 0 to 1, with the interval over the items' episodes."""
    n_clusters = len({episodes[item] for item in points})
    few = few_episodes(n_clusters) if n_clusters < FEWEST_CLUSTERS else None
    low, high = share_interval(points, episodes)
    return Score(metric, fmean(points.values()), len(points), low, high, few)


def share_interval(points: Points, episodes: Mapping[str, str]) -> tuple[float, float]:
    """The interval of a mean of points of 0 to 1: Wilson's with Student's quantile, of the trials they are worth.

    How many trials that is, the spread of the episodes' means tells (Korn and Graubard 1998, Survey Methodology
    24, 193-201): not fewer than there are episodes, not more than if every item were an episode of its own.
    Of too few episodes, plain Wilson's of as many trials.
    """
    clusters = clusters_of({item: (won, 1.0) for item, won in points.items()}, episodes)
    n, k, value = len(points), len(clusters), fmean(points.values())
    if k < FEWEST_CLUSTERS:
        return wilson(value * k, k)
    even, spread = value * (1 - value), pvariance(points.values())
    if not even or not spread:
        return wilson(value * k, k, student(k - 1))
    most = n * even / spread
    off = fsum((won - value * size) ** 2 for won, size in clusters) * k / (k - 1) / n**2
    worth = max(float(k), min(even / off, most) if off else most)
    return wilson(value * worth, worth, student(k - 1))


def clusters_of(
    values: Mapping[str, tuple[float, float]], episodes: Mapping[str, str]
) -> list[tuple[float, float]]:
    """For each episode the sum and the number of its items' values, in the order of their names."""
    of: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for item, value in sorted(values.items()):
        of[episodes[item]].append(value)
    return [
        (fsum(value for value, _ in of[episode]), fsum(n for _, n in of[episode]))
        for episode in sorted(of)
    ]


def ratio(clusters: Sequence[tuple[float, float]]) -> float:
    """Return the sum of the values by the number of items."""
    return float(sum(map(_VALUE, clusters)) / sum(map(_NUMBER, clusters)))


def few_episodes(n: int) -> str:
    """Return why so few episodes are no sample."""
    return f"the replies are of {n} episodes, and fewer than {FEWEST_CLUSTERS} say little of others"
