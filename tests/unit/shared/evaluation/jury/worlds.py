"""Juries of invented judges on invented replies, as good as a test wants them."""

import random
from collections.abc import Callable, Mapping
from decimal import Decimal

from shared.dataset.comparisons import PAIRS, QUALIFYING
from shared.evaluation.jury import Judgement
from shared.evaluation.jury.votes import Vote

MODEL = "llama-3.3-70b"
KNOWN = 0.9  # the chance that the host is told from others, where a test says nothing else
CENT = Decimal("0.01")
Bias = Callable[[str, str, int, int], Vote | None]
"""A judge as a function of the arms in the order shown and of the replies' lengths."""


def judged_by(
    vote: Bias,
    *,
    judge: str = "j1",
    n_items: int = 24,
    an_episode: int = 3,
    seed: int = 1,
    even_lengths: bool = True,
) -> list[Judgement]:
    """Return what a judge that votes so says of every pair of every item, in both orders.

    Half of the replies of the host are the longer ones.
    """
    chance = random.Random(seed)
    found = []
    for number in range(n_items):
        sizes: dict[str, int] = {arm: chance.randint(200, 700) for pair in PAIRS for arm in pair}
        longest, shortest = max(sizes.values()) + 1, min(sizes.values()) - 1
        host_is_longer = number % 2 == 0 or not even_lengths
        sizes["host"] = longest if host_is_longer else shortest
        for pair in PAIRS:
            for first, second in (pair, pair[::-1]):
                found.append(
                    Judgement(
                        judge=judge,
                        model=None if pair == QUALIFYING else MODEL,
                        item=f"p{number:03}",
                        episode=f"e{number // an_episode:03}",
                        first=first,
                        second=second,
                        first_size=sizes[first],
                        second_size=sizes[second],
                        vote=vote(first, second, sizes[first], sizes[second]),
                        cost=CENT,
                    )
                )
    return found


def likes(order: str) -> Bias:
    """The arm that comes first in `order`, whatever is shown first."""
    ranks = {arm: rank for rank, arm in enumerate(order.split())}
    return lambda first, second, *_: "first" if ranks[first] < ranks[second] else "second"


def noisy(chances: Mapping[tuple[str, str], float], seed: int) -> Bias:
    """Votes for the left arm of each pair with a chance of its own, each vote drawn for itself."""
    chance = random.Random(seed)

    def vote(first: str, second: str, *_: int) -> Vote:
        straight = (first, second) in PAIRS
        left = chances.get((first, second) if straight else (second, first), KNOWN)
        return "first" if (chance.random() < left) == straight else "second"

    return vote
