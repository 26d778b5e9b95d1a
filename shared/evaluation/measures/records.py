"""What is measured and what comes of it: answers in, scores with their intervals out."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum, inf
from operator import itemgetter
from statistics import fmean

from shared.evaluation.measures.intervals import (
    DRAWS,
    FEWEST_CLUSTERS,
    Interval,
    bootstrap,
    mean_interval,
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


def clustered_mean(
    metric: str, points: Points, episodes: Mapping[str, str], seed: int, draws: int = DRAWS
) -> Score:
    """The mean of items' points of 0 to 1, with the interval over the items' episodes."""
    clusters = clusters_of({item: (won, 1.0) for item, won in points.items()}, episodes)
    value = fmean(points.values())
    low, high = share_interval(value, clusters, seed, draws)
    few = len(clusters) < FEWEST_CLUSTERS
    return Score(
        metric, value, len(points), low, high, few_episodes(len(clusters)) if few else None
    )


def share_interval(
    value: float, clusters: Sequence[tuple[float, float]], seed: int, draws: int = DRAWS
) -> Interval:
    """The interval of a share from clusters of (hits, items): the bootstrap over clusters.

    Where all clusters agree, or are too few to be drawn again, nothing varies: then Wilson's, of as
    many trials as there are clusters, which is the widest that clusters allow.
    """
    shares = {hits / n for hits, n in clusters}
    if len(shares) == 1 or len(clusters) < FEWEST_CLUSTERS:
        return wilson(value * len(clusters), len(clusters))
    return bootstrap(clusters, ratio, seed=seed, draws=draws)


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
