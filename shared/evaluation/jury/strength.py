"""Bradley and Terry's model (1952): one strength an arm, from who beat whom how often."""

from collections.abc import Mapping
from math import exp, fsum, log

from shared.dataset.comparisons import Pair

PRIOR = 0.5
"""Wins added to each side of a pair that met, so that an arm that never lost has a finite strength."""
_ROUNDS, _CLOSE = 500, 1e-9


def strengths(wins: Mapping[Pair, tuple[float, float]], prior: float = PRIOR) -> dict[str, float]:
    """The natural logarithm of each arm's strength; their sum is zero.

    `wins` has for each pair the points of either side. The chance that i beats j is
    1 / (1 + exp(strength of j - strength of i)). Hunter's minorisation-maximisation (2004, doi
    10.1214/aos/1079120141): every round is closer, and the start does not matter.
    """
    met = {pair: (left + prior, right + prior) for pair, (left, right) in wins.items()}
    arms = sorted({arm for pair in met for arm in pair})
    won = {arm: fsum(_of(arm, pair, points) for pair, points in met.items()) for arm in arms}
    now = dict.fromkeys(arms, 1.0)
    for _ in range(_ROUNDS):
        better = {
            arm: won[arm]
            / fsum(
                fsum(points) / (now[pair[0]] + now[pair[1]])
                for pair, points in met.items()
                if arm in pair
            )
            for arm in arms
        }
        middle = fsum(log(value) for value in better.values()) / len(arms)
        logs = {arm: log(value) - middle for arm, value in better.items()}
        moved = max(abs(logs[arm] - log(now[arm])) for arm in arms)
        now = {arm: exp(value) for arm, value in logs.items()}
        if moved < _CLOSE:
            break
    return {arm: log(now[arm]) for arm in arms}


def _of(arm: str, pair: Pair, points: tuple[float, float]) -> float:
    return points[pair.index(arm)] if arm in pair else 0.0
