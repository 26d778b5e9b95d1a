"""A judge's votes, and what both orders of one pair come to together."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from shared import money
from shared.dataset.comparisons import PAIRS, Pair
from shared.evaluation.jury.votes import Vote


@dataclass(frozen=True, slots=True)
class Judgement:
    """One ballot: the arms in the order they were shown, characters shown of each, and the vote.

    `model` is the tuned one that is compared, None where host and impostor were shown. `vote` is None where
    the judge's reply could not be used. `cost` is in dollars, zero where the provider did not count.
    """

    judge: str
    model: str | None
    item: str
    episode: str
    first: str
    second: str
    first_size: int
    second_size: int
    vote: Vote | None
    cost: Decimal


def judgements(rows: Iterable[Mapping[str, Any]]) -> list[Judgement]:
    """Rows of the table `judgements` as the rules here take them."""
    return [
        Judgement(
            judge=row["judge"],
            model=row["model"],
            item=row["pair_id"],
            episode=row["episode_id"],
            first=row["first_arm"],
            second=row["second_arm"],
            first_size=row["first_chars"],
            second_size=row["second_chars"],
            vote=row["vote"],
            cost=Decimal(row["cost_usd"] or money.ZERO),
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class Bout:
    """One pair of replies to one item before one judge, in both orders.

    `points` are the left one's: 1, 0, or 1/2 for a tie, which a vote that flips with the order is.
    """

    judge: str
    model: str | None
    item: str
    episode: str
    pair: Pair
    points: float
    left_size: int
    right_size: int
    cost: Decimal

    @property
    def flipped(self) -> bool:
        """Whether the judge went by the order."""
        return self.points == 0.5


def bouts(judgements: Iterable[Judgement]) -> list[Bout]:
    """Every pair that a judge voted on in both orders; one usable vote of the two says nothing."""
    orders: dict[tuple[str, str | None, str, Pair], dict[bool, Judgement]] = defaultdict(dict)
    for one in judgements:
        straight = (one.first, one.second) in PAIRS
        pair = (one.first, one.second) if straight else (one.second, one.first)
        orders[one.judge, one.model, one.item, pair][straight] = one
    return [
        _bout(pair, both[True], both[False])
        for (_, _, _, pair), both in sorted(orders.items(), key=lambda item: _key(item[0]))
        if len(both) == 2 and all(one.vote for one in both.values())
    ]


def _bout(pair: Pair, straight: Judgement, reversed_: Judgement) -> Bout:
    won = (straight.vote == "first") + (reversed_.vote == "second")
    return Bout(
        judge=straight.judge,
        model=straight.model,
        item=straight.item,
        episode=straight.episode,
        pair=pair,
        points=won / 2,
        left_size=straight.first_size,
        right_size=straight.second_size,
        cost=money.add(straight.cost, reversed_.cost),
    )


def _key(place: tuple[str, str | None, str, Pair]) -> tuple[str, str, str, Pair]:
    judge, model, item, pair = place
    return judge, model or "", item, pair
