"""What is said of each judge: whether it qualified, how often it went by the order or by length, what it cost."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shared import money
from shared.evaluation.jury.measures import LONGER, JuryScore
from shared.evaluation.jury.qualification import NullRule, Qualification, Recognition, qualify
from shared.evaluation.jury.records import Judgement, PairResult, pair_results
from shared.evaluation.measures.records import Score, absent, share

ARM = "judge"
ACCURACY, FLIPPED, UNUSABLE = "judge_accuracy", "judge_flipped", "judge_unusable"
OF_PROMPTED, BEST_RULE = "judge_accuracy_over_prompted", "judge_best_rule"


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


def judge_result(
    judge: str, judgements: Iterable[Judgement], rule: NullRule | None = None
) -> JudgeResult:
    """Return what the judgements of one judge come to; `rule` is the best null rule on the same replies."""
    own = tuple(judgements)
    pairs = pair_results(own)
    return JudgeResult(judge, own, tuple(pairs), qualify(pairs, rule))


def by_judge(
    judgements: Iterable[Judgement], rule: NullRule | None = None
) -> dict[str, JudgeResult]:
    """Return what each judge that was asked came to, in the order of the judges' names."""
    found: dict[str, list[Judgement]] = defaultdict(list)
    for one in judgements:
        found[one.judge].append(one)
    return {judge: judge_result(judge, own, rule) for judge, own in sorted(found.items())}


def judge_scores(result: JudgeResult) -> list[JuryScore]:
    """Return one judge's scores, the judge in the place of a model."""
    pairs, cost = result.pairs, result.cost
    scores = [
        accuracy(ACCURACY, result.qualification.person, pairs),
        *_beside_machines(result),
        share(UNUSABLE, [one.vote is None for one in result.judgements]),
        *([share(FLIPPED, [one.flipped for one in pairs])] if pairs else []),
        *longer(pairs),
    ]
    return [JuryScore(ARM, result.judge, score, cost) for score in scores]


def _beside_machines(result: JudgeResult) -> Iterator[Score]:
    """How often a judge tells the host from prompted models, and the best null rule."""
    found = result.qualification
    if found.prompted is not None:
        yield accuracy(OF_PROMPTED, found.prompted, result.pairs)
    if found.rule is not None:
        yield Score(BEST_RULE, found.rule.accuracy, found.rule.n, reason=found.rule.name)


def accuracy(metric: str, found: Recognition, pairs: Sequence[PairResult]) -> Score:
    """How often a judge picks the host's reply, or why that is not known."""
    if found.accuracy is None:
        said = "it answered no pair of the host and another in both orders with a letter"
        (nothing,) = absent([metric], _one_kind(found.n) if pairs and found.n else said)
        return nothing
    return Score(metric, found.accuracy, found.n, found.low, found.high)


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
