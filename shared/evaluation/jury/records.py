"""A judge's votes, and what both orders of one pair come to together."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypedDict

from shared import money
from shared.dataset import Arm
from shared.dataset.comparisons import PAIRS, Pair
from shared.evaluation.jury.votes import Vote
from shared.lake.rows import JudgementRow


@dataclass(frozen=True, slots=True)
class Judgement:
    """One comparison with its vote: the arms in the order they were shown, and characters shown of each.

    `model` is the tuned one that is compared, None where host and impostor were shown. `vote` is None where
    the judge's reply could not be used. `cost` is in dollars, zero where the provider did not count.
    """

    judge: str
    model: str | None
    item: str
    episode: str
    first: Arm
    second: Arm
    first_size: int
    second_size: int
    vote: Vote | None
    cost: Decimal


class JudgeStatus(TypedDict):
    """How far one judge came: how many comparisons it was asked, and why no more, where it was stopped."""

    judge: str
    asked: int
    qualified: bool
    stopped: str | None


def judgements(rows: Iterable[JudgementRow]) -> list[Judgement]:
    """Return rows of the table `judgements` as the rules here take them."""
    return [
        Judgement(
            judge=row["judge"],
            model=row["model"],
            item=row["pair_id"],
            episode=row["episode_id"],
            first=Arm(row["first_arm"]),
            second=Arm(row["second_arm"]),
            first_size=row["first_chars"],
            second_size=row["second_chars"],
            vote=row["vote"],
            cost=row["cost_usd"] or money.ZERO,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class PairResult:
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


def pair_results(judgements: Iterable[Judgement]) -> list[PairResult]:
    """Every pair that a judge voted on in both orders; one usable vote of the two says nothing."""
    orders: dict[tuple[str, str | None, str, Pair], dict[bool, Judgement]] = defaultdict(dict)
    for one in judgements:
        straight = (one.first, one.second) in PAIRS
        pair = (one.first, one.second) if straight else (one.second, one.first)
        orders[one.judge, one.model, one.item, pair][straight] = one
    return [
        _pair_result(pair, both[True], both[False])
        for (_, _, _, pair), both in sorted(orders.items(), key=lambda item: _key(item[0]))
        if len(both) == 2 and all(one.vote for one in both.values())
    ]


def _pair_result(pair: Pair, straight: Judgement, reversed_: Judgement) -> PairResult:
    won = (straight.vote == "first") + (reversed_.vote == "second")
    return PairResult(
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
