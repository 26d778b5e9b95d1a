"""What is measured and what comes of it: answers in, scores with their intervals out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from statistics import fmean

from shared.evaluation.measures.intervals import mean_interval, wilson
from shared.lake.rows import ScoreRow

Place = tuple[str, str | None, str | None]
"""A metric, the model and the arm; of a measure itself it has neither."""


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
