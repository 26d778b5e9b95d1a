"""What the votes that count come to: win rates, paired differences and strengths, each with its interval.

The judges' points for one item are averaged first, so that an item counts once however many judge it.
Intervals are over episodes, whose items go together.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean

from shared import money
from shared.dataset import Arm
from shared.dataset.comparisons import COMPARED, TAKEN, Pair
from shared.evaluation.jury import length_control
from shared.evaluation.jury.records import PairResult
from shared.evaluation.jury.strength import strengths
from shared.evaluation.measures.intervals import DRAWS, Interval, bootstrap, percentiles, redrawn
from shared.evaluation.measures.records import (
    Points,
    Score,
    clustered_mean,
    clusters_of,
    few_episodes,
    ratio,
    share,
)

STRENGTH_DRAWS = 400
WINS = "jury_wins_over_{}"
WINS_AT_EQUAL_LENGTH = "jury_wins_over_{}_at_equal_length"
FLIPS = "jury_flips_over_{}"
TUNED_OVER_BASE: Pair = (Arm.TUNED, Arm.BASE)
PROMPTED_OVER_BASE: Pair = (Arm.PROMPTED, Arm.BASE)
TAKEN_FOR_HOST = "jury_taken_for_host"
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
    clusters = clusters_of({item: (value, 1.0) for item, value in both.items()}, episodes)
    low, high = bootstrap(clusters, ratio, seed=seed, draws=draws)
    reason = few_episodes(len(clusters)) if low is None else None
    return Score(metric, fmean(both.values()), len(both), low, high, reason)


def _of_model(model: str, results: Sequence[PairResult], seed: int) -> Iterable[JuryScore]:
    episodes = {result.item: result.episode for result in results}
    by_pair = {pair: [result for result in results if result.pair == pair] for pair in COMPARED}
    met = {pair: found for pair, found in by_pair.items() if found}
    points = {pair: _points(found) for pair, found in met.items()}
    for pair, found in met.items():
        arm, over = pair
        rate = clustered_mean(WINS.format(over), points[pair], episodes)
        yield JuryScore(arm, model, rate, _cost(found))
        yield JuryScore(arm, model, _at_equal_length(over, found, episodes, seed), _cost(found))
        flips = share(FLIPS.format(over), [result.flipped for result in found])
        yield JuryScore(arm, model, flips, _cost(found))
    yield from _taken(model, results, episodes)
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


def _taken(
    model: str, results: Sequence[PairResult], episodes: Mapping[str, str]
) -> Iterable[JuryScore]:
    """How often a machine's reply is taken for the host's; one half is as often as the host's own."""
    for pair in TAKEN:
        found = [result for result in results if result.pair == pair]
        if found:
            points = {item: 1 - won for item, won in _points(found).items()}
            yield JuryScore(
                pair[1], model, clustered_mean(TAKEN_FOR_HOST, points, episodes), _cost(found)
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
    return _means(results, lambda result: result.points)


def _means(results: Iterable[PairResult], value: Callable[[PairResult], float]) -> dict[str, float]:
    by_item: dict[str, list[float]] = defaultdict(list)
    for result in results:
        by_item[result.item].append(value(result))
    return {item: fmean(values) for item, values in by_item.items()}


def _at_equal_length(
    over: Arm, found: Sequence[PairResult], episodes: Mapping[str, str], seed: int
) -> Score:
    """The win rate with the judges' mean points of each item and the lengths that they were shown."""
    points, longer = _points(found), _means(found, lambda one: one.left_size - one.right_size)
    squeezed = dict(zip(longer, length_control.squeezed(list(longer.values())), strict=True))
    clusters: dict[str, list[length_control.Meeting]] = defaultdict(list)
    for item in sorted(points):
        clusters[episodes[item]].append((points[item], squeezed[item]))
    metric = WINS_AT_EQUAL_LENGTH.format(over)
    return length_control.at_equal_length(metric, [clusters[one] for one in sorted(clusters)], seed)


def _cost(results: Iterable[PairResult]) -> Decimal:
    return money.add(*(result.cost for result in results))
