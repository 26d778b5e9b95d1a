"""How sure a number is: Wilson's interval for shares, Student's for means, the bootstrap over clusters for the rest.

Every interval is of 95 %. Whatever is drawn is drawn from an explicit seed.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from math import fsum, sqrt
from statistics import NormalDist, fmean, stdev
from typing import TypeVar

Cluster = TypeVar("Cluster")
Interval = tuple[float | None, float | None]

Z = NormalDist().inv_cdf(0.975)
DRAWS = 2000
CORRELATION = 0.1
"""Of the points of two items of one episode."""
Z_OF_POWER = NormalDist().inv_cdf(0.8)
MOST_VISIBLE = 0.9
FEWEST_CLUSTERS = 5  # below, what can be drawn again differs too little to say anything


def wilson(hits: float, n: float, z: float = Z) -> tuple[float, float]:
    """Wilson's score interval (1927) of a share, in 0 to 1; all of it where nothing was tried.

    A tie is half a hit; `n` may be the number of trials that a mean of several shares is worth, and `z` a
    wider quantile than the normal one.
    """
    if not n:
        return 0.0, 1.0
    centre, spread = hits / n + z * z / (2 * n), hits * (n - hits) / n**3 + (z / (2 * n)) ** 2
    half, scale = z * sqrt(spread), 1 + z * z / n
    low, high = (centre - half) / scale, (centre + half) / scale
    return (low if hits else 0.0), (high if hits < n else 1.0)


def visible_rate(items: int, episodes: int) -> float | None:
    """Return the least win rate that a run sees to be no even one, in whole percent as a share.

    Four times of five, with items that go together in their episodes as in real juries; None where it takes
    more than MOST_VISIBLE, or the episodes are too few.
    """
    if episodes < FEWEST_CLUSTERS:
        return None
    worth = items / (1 + (items / episodes - 1) * CORRELATION)
    needed = 0.5 + student(episodes - 1) * 0.5 / sqrt(worth)
    rates = (percent / 100 for percent in range(51, round(100 * MOST_VISIBLE) + 1))
    seen = (rate for rate in rates if rate - Z_OF_POWER * sqrt(rate * (1 - rate) / worth) >= needed)
    return next(seen, None)


def mean_interval(values: Sequence[float]) -> Interval:
    """Student's interval of the mean of independent values; none for fewer than two."""
    if len(values) < 2:
        return None, None
    half = student(len(values) - 1) * stdev(values) / sqrt(len(values))
    return fmean(values) - half, fmean(values) + half


def bootstrap(
    clusters: Sequence[Cluster],
    statistic: Callable[[Sequence[Cluster]], float],
    *,
    seed: int,
    draws: int = DRAWS,
) -> Interval:
    """The interval of `statistic` when whole clusters are drawn again with replacement.

    None below FEWEST_CLUSTERS.
    """
    drawn = [statistic(some) for some in redrawn(clusters, seed, draws)]
    return percentiles(drawn, len(clusters)) if drawn else (None, None)


def redrawn(clusters: Sequence[Cluster], seed: int, draws: int) -> Iterator[Sequence[Cluster]]:
    """As many clusters as there are, drawn again with replacement, `draws` times; never below FEWEST_CLUSTERS."""
    if len(clusters) < FEWEST_CLUSTERS:
        return
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    for _ in range(draws):
        yield chance.choices(clusters, k=len(clusters))


def percentiles(drawn: Sequence[float], n_clusters: int) -> tuple[float, float]:
    """The interval that a statistic's values tell that were got by drawing `n_clusters` clusters again.

    Percentiles, widened for few clusters as Hesterberg (2015, doi 10.1080/00031305.2015.1089789,
    "expanded percentile") has it.
    """
    ordered, tail = sorted(drawn), _expanded_tail(n_clusters)
    return quantile(ordered, tail), quantile(ordered, 1 - tail)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` of the sorted values lie, between neighbours where it falls there."""
    at = share * (len(ordered) - 1)
    below = int(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (at - below) * (ordered[above] - ordered[below])


def student(freedom: int) -> float:
    """The 97.5 % quantile of Student's t; exact for one and two degrees of freedom.

    Above, the Cornish-Fisher expansion of Abramowitz and Stegun 26.7.5, right to 1 % from three on.
    """
    if freedom <= 2:
        return (12.706204736, 4.302652730)[freedom - 1]
    terms = (
        (Z**3 + Z) / 4,
        (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96,
        (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384,
        (79 * Z**9 + 776 * Z**7 + 1482 * Z**5 - 1920 * Z**3 - 945 * Z) / 92160,
    )
    return Z + fsum(term / float(freedom) ** power for power, term in enumerate(terms, 1))


def _expanded_tail(n: int) -> float:
    return NormalDist().cdf(-sqrt(n / (n - 1)) * student(n - 1))
