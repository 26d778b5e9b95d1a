"""Win rates as they would be between replies of equal length (length-controlled AlpacaEval, arXiv 2404.04475)."""

from collections.abc import Sequence
from math import exp, log, tanh
from statistics import fmean, pstdev

from shared.evaluation.measures.intervals import percentiles, redrawn
from shared.evaluation.measures.records import Score, few_episodes

DRAWS = 400
STEPS = 12
SHRINKAGE = 0.5
"""Keeps the weight of length finite where the longer reply always wins."""
EVEN_WINS = 0.5
"""So many wins and losses between equal lengths are added, so that a rate of 1 is no certainty."""
Meeting = tuple[float, float]
"""The points of one reply, and how much longer it is, in standard deviations, squeezed into -1 to 1."""


def squeezed(longer: Sequence[float]) -> list[float]:
    """Return differences of length by their standard deviation, so that a few long replies do not decide."""
    spread = pstdev(longer, mu=0.0) if any(longer) else 1.0
    return [tanh(one / spread) for one in longer]


def at_equal_length(metric: str, clusters: Sequence[Sequence[Meeting]], seed: int) -> Score:
    """Return the rate that a logistic curve has where lengths are equal, with its interval over clusters."""
    rate = _rate([one for cluster in clusters for one in cluster])
    drawn = [
        _rate([one for cluster in some for one in cluster])
        for some in redrawn(clusters, seed, DRAWS)
    ]
    n = sum(map(len, clusters))
    if not drawn:
        return Score(metric, rate, n, reason=few_episodes(len(clusters)))
    return Score(metric, rate, n, *percentiles(drawn, len(clusters)))


def _rate(meetings: Sequence[Meeting]) -> float:
    """The fitted rate at equal length, by Newton's method."""
    level, weight = _logit(fmean(points for points, _ in meetings), len(meetings)), 0.0
    for _ in range(STEPS):
        even = _chance(level)
        slope = EVEN_WINS - 2 * EVEN_WINS * even
        bend, mixed = 2 * EVEN_WINS * even * (1 - even), 0.0
        slope_weight, bend_weight = -SHRINKAGE * weight, SHRINKAGE
        for points, longer in meetings:
            chance = _chance(level + weight * longer)
            off, spread = points - chance, chance * (1 - chance)
            slope += off
            slope_weight += off * longer
            bend += spread
            mixed += spread * longer
            bend_weight += spread * longer * longer
        whole = bend * bend_weight - mixed * mixed
        level += _bounded((bend_weight * slope - mixed * slope_weight) / whole)
        weight += _bounded((bend * slope_weight - mixed * slope) / whole)
    return _chance(level)


def _chance(level: float) -> float:
    return 1 / (1 + exp(-level))


def _logit(share: float, n: int) -> float:
    won = (share * n + EVEN_WINS) / (n + 2 * EVEN_WINS)
    return log(won / (1 - won))


def _bounded(step: float) -> float:
    return max(-2.0, min(2.0, step))
