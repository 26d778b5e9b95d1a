"""What the votes that count come to: win rates, paired differences and strengths, each with its interval.

The judges' points for one item are averaged first, so that an item counts once however many judge it.
Intervals are over episodes, whose items go together.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import fsum
from operator import itemgetter
from statistics import fmean

from shared import money
from shared.dataset import Arm
from shared.dataset.comparisons import COMPARED, Pair
from shared.evaluation.jury.records import PairResult
from shared.evaluation.jury.strength import strengths
from shared.evaluation.measures.intervals import (
    DRAWS,
    FEWEST_CLUSTERS,
    Interval,
    bootstrap,
    percentiles,
    redrawn,
    wilson,
)
from shared.evaluation.measures.records import Score

STRENGTH_DRAWS = 400
_VALUE, _NUMBER = itemgetter(0), itemgetter(1)
SAME_LENGTH = 1.25
"""Replies of which the longer is at most so many times as long as the other are of one length."""
Points = Mapping[str, float]  # by item
WINS = "jury_wins_over_{}"
WINS_SAME_LENGTH = "jury_wins_over_{}_same_length"
TUNED_OVER_BASE: Pair = (Arm.TUNED, Arm.BASE)
PROMPTED_OVER_BASE: Pair = (Arm.PROMPTED, Arm.BASE)
GAIN, STRENGTH, LONGER = "jury_gain_over_prompted", "jury_strength", "jury_longer_wins"


@dataclass(frozen=True, slots=True)
class JuryScore:
    """A score of an arm of a model, and what the votes it was taken from cost in dollars."""

    arm: str
    model: str | None
    score: Score
    cost: Decimal


def jury_scores(results: Sequence[PairResult], seed: int) -> list[JuryScore]:
    """Every score of every tuned model; `results` are those of the judges that qualified."""
    models = sorted({result.model for result in results if result.model is not None})
    return [
        score
        for model in models
        for score in _of_model(model, [result for result in results if result.model == model], seed)
    ]


def win_rate(
    metric: str, points: Points, episodes: Mapping[str, str], seed: int, draws: int = DRAWS
) -> Score:
    """The mean points of items, ties half, with the interval over their episodes."""
    clusters = _clusters({item: (won, 1.0) for item, won in points.items()}, episodes)
    rate = fmean(points.values())
    low, high = share_interval(rate, clusters, seed, draws)
    few = len(clusters) < FEWEST_CLUSTERS
    return Score(metric, rate, len(points), low, high, _few(len(clusters)) if few else None)


def share_interval(
    rate: float, clusters: Sequence[tuple[float, float]], seed: int, draws: int = DRAWS
) -> Interval:
    """The interval of a share from clusters of (hits, items): the bootstrap over clusters.

    Where all clusters agree, or are too few to be drawn again, nothing varies: then Wilson's, of as
    many trials as there are clusters, which is the widest that clusters allow.
    """
    shares = {hits / n for hits, n in clusters}
    if len(shares) == 1 or len(clusters) < FEWEST_CLUSTERS:
        return wilson(rate * len(clusters), len(clusters))
    return bootstrap(clusters, _ratio, seed=seed, draws=draws)


def paired_difference(
    metric: str,
    one: Points,
    other: Points,
    episodes: Mapping[str, str],
    seed: int,
    draws: int = DRAWS,
) -> Score | None:
    """The mean difference of two points on the same items, with the interval over their episodes."""
    both = {item: one[item] - other[item] for item in one if item in other}
    if not both:
        return None
    clusters = _clusters({item: (value, 1.0) for item, value in both.items()}, episodes)
    low, high = bootstrap(clusters, _ratio, seed=seed, draws=draws)
    reason = _few(len(clusters)) if low is None else None
    return Score(metric, fmean(both.values()), len(both), low, high, reason)


def _of_model(model: str, results: Sequence[PairResult], seed: int) -> Iterable[JuryScore]:
    episodes = {result.item: result.episode for result in results}
    by_pair = {pair: [result for result in results if result.pair == pair] for pair in COMPARED}
    met = {pair: found for pair, found in by_pair.items() if found}
    points = {pair: _points(found) for pair, found in met.items()}
    for pair, found in met.items():
        arm, over = pair
        rate = win_rate(WINS.format(over), points[pair], episodes, seed)
        yield JuryScore(arm, model, rate, _cost(found))
        alike = [result for result in found if _same_length(result)]
        if alike:
            matched = win_rate(WINS_SAME_LENGTH.format(over), _points(alike), episodes, seed)
            yield JuryScore(arm, model, matched, _cost(alike))
    if {TUNED_OVER_BASE, PROMPTED_OVER_BASE} <= set(met):
        tuned, prompted = points[TUNED_OVER_BASE], points[PROMPTED_OVER_BASE]
        gain = paired_difference(GAIN, tuned, prompted, episodes, seed)
        if gain is not None:
            cost = _cost([*met[TUNED_OVER_BASE], *met[PROMPTED_OVER_BASE]])
            yield JuryScore(Arm.TUNED, model, gain, cost)
    for each, score in _strengths(points, episodes, seed).items():
        yield JuryScore(
            each, model, score, _cost([result for found in met.values() for result in found])
        )


def _strengths(
    points: Mapping[Pair, Points], episodes: Mapping[str, str], seed: int
) -> dict[str, Score]:
    """Bradley and Terry's strength of each arm, fitted anew to every draw of episodes."""
    cells: dict[str, dict[Pair, tuple[float, float]]] = defaultdict(dict)
    for pair, won in points.items():
        for item, value in won.items():
            left, right = cells[episodes[item]].get(pair, (0.0, 0.0))
            cells[episodes[item]][pair] = left + value, right + 1 - value
    clusters = [cells[episode] for episode in sorted(cells)]
    drawn = [strengths(_summed(some)) for some in redrawn(clusters, seed, STRENGTH_DRAWS)]
    n = len({item for won in points.values() for item in won})
    return {
        arm: Score(
            STRENGTH, value, n, *_interval([one[arm] for one in drawn if arm in one], clusters)
        )
        for arm, value in strengths(_summed(clusters)).items()
    }


def _summed(
    clusters: Iterable[Mapping[Pair, tuple[float, float]]],
) -> dict[Pair, tuple[float, float]]:
    total: dict[Pair, tuple[float, float]] = {}
    for cluster in clusters:
        for pair, (left, right) in cluster.items():
            before = total.get(pair, (0.0, 0.0))
            total[pair] = before[0] + left, before[1] + right
    return total


def _interval(drawn: Sequence[float], clusters: Sequence[object]) -> Interval:
    return percentiles(drawn, len(clusters)) if drawn else (None, None)


def _points(results: Iterable[PairResult]) -> dict[str, float]:
    """The judges' mean points for each item."""
    by_item: dict[str, list[float]] = defaultdict(list)
    for result in results:
        by_item[result.item].append(result.points)
    return {item: fmean(points) for item, points in by_item.items()}


def _clusters(
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


def _ratio(clusters: Sequence[tuple[float, float]]) -> float:
    return float(sum(map(_VALUE, clusters)) / sum(map(_NUMBER, clusters)))


def _same_length(result: PairResult) -> bool:
    short, long = sorted((result.left_size, result.right_size))
    return long <= SAME_LENGTH * short


def _cost(results: Iterable[PairResult]) -> Decimal:
    return money.add(*(result.cost for result in results))


def _few(n: int) -> str:
    return f"the replies are of {n} episodes, and fewer than {FEWEST_CLUSTERS} say little of others"
