"""What is said of each judge: whether it qualified, how often it went by the order or by length, what it cost."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shared import money
from shared.evaluation.jury.measures import LONGER, JuryScore
from shared.evaluation.jury.qualification import Qualification, qualify
from shared.evaluation.jury.records import Judgement, PairResult, pair_results
from shared.evaluation.measures.records import Score, absent, share

ARM = "judge"
ACCURACY, FLIPPED, UNUSABLE = "judge_accuracy", "judge_flipped", "judge_unusable"


@dataclass(frozen=True, slots=True)
class JudgeResult:
    """One judge's votes and what they come to: its pairs in both orders, and whether it qualified by them."""

    judge: str
    judgements: tuple[Judgement, ...]
    pairs: tuple[PairResult, ...]
    qualification: Qualification

    @property
    def unusable(self) -> int:
        """How many replies were no vote."""
        return sum(one.vote is None for one in self.judgements)

    @property
    def cost(self) -> Decimal:
        """What the votes cost, in dollars."""
        return money.add(*(one.cost for one in self.judgements))


def judge_result(judge: str, judgements: Iterable[Judgement]) -> JudgeResult:
    """Return what the judgements of one judge come to."""
    own = tuple(judgements)
    pairs = pair_results(own)
    return JudgeResult(judge, own, tuple(pairs), qualify(pairs))


def by_judge(judgements: Iterable[Judgement]) -> dict[str, JudgeResult]:
    """Return what each judge that was asked came to, in the order of the judges' names."""
    found: dict[str, list[Judgement]] = defaultdict(list)
    for one in judgements:
        found[one.judge].append(one)
    return {judge: judge_result(judge, own) for judge, own in sorted(found.items())}


def judge_scores(result: JudgeResult) -> list[JuryScore]:
    """Return one judge's scores, the judge in the place of a model."""
    pairs, cost = result.pairs, result.cost
    scores = [
        accuracy(result.qualification, pairs),
        share(UNUSABLE, [one.vote is None for one in result.judgements]),
        *([share(FLIPPED, [one.flipped for one in pairs])] if pairs else []),
        *longer(pairs),
    ]
    return [JuryScore(ARM, result.judge, score, cost) for score in scores]


def accuracy(found: Qualification, pairs: Sequence[PairResult]) -> Score:
    """How often a judge tells the host from an impostor, or why that is not known."""
    if found.accuracy is None:
        said = "it answered no pair of host and impostor in both orders with a letter"
        (nothing,) = absent([ACCURACY], _one_kind(found.n) if pairs and found.n else said)
        return nothing
    return Score(ACCURACY, found.accuracy, found.n, found.low, found.high)


def longer(pairs: Sequence[PairResult]) -> list[Score]:
    """The share of decided pairs of two lengths whose longer reply won; even is one half."""
    decided = [
        (pair.points == 1) == (pair.left_size > pair.right_size)
        for pair in pairs
        if not pair.flipped and pair.left_size != pair.right_size
    ]
    return [share(LONGER, decided)] if decided else []


def _one_kind(n: int) -> str:
    return (
        f"the host's reply was the longer one in all of {n} pairs or in none, so that telling them apart "
        "may be telling their lengths"
    )
