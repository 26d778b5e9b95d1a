"""What is said of each judge: whether it qualified, how often it went by the order or by length, what it cost."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from shared import money
from shared.evaluation.jury.measures import LONGER, JuryScore
from shared.evaluation.jury.qualification import Qualification, qualify
from shared.evaluation.jury.records import Bout, Judgement, bouts
from shared.evaluation.measures.records import Score, absent, share

ARM = "judge"
ACCURACY, FLIPPED, UNUSABLE = "judge_accuracy", "judge_flipped", "judge_unusable"


def by_judge(judgements: Iterable[Judgement]) -> dict[str, list[Judgement]]:
    """The ballots of each judge, in the order of the judges' names."""
    found: dict[str, list[Judgement]] = defaultdict(list)
    for one in judgements:
        found[one.judge].append(one)
    return dict(sorted(found.items()))


def judge_scores(judge: str, judgements: Sequence[Judgement]) -> list[JuryScore]:
    """One judge's rows, the judge in the place of a model."""
    met, cost = bouts(judgements), money.add(*(one.cost for one in judgements))
    scores = [
        accuracy(qualify(met), met),
        share(UNUSABLE, [one.vote is None for one in judgements]),
        *([share(FLIPPED, [bout.flipped for bout in met])] if met else []),
        *longer(met),
    ]
    return [JuryScore(ARM, judge, score, cost) for score in scores]


def accuracy(found: Qualification, met: Sequence[Bout]) -> Score:
    """How often a judge tells the host from an impostor, or why that is not known."""
    if found.accuracy is None:
        said = "it answered no pair of host and impostor in both orders with a letter"
        (nothing,) = absent([ACCURACY], _one_kind(found.n) if met and found.n else said)
        return nothing
    return Score(ACCURACY, found.accuracy, found.n, found.low, found.high)


def longer(met: Sequence[Bout]) -> list[Score]:
    """The share of decided pairs of two lengths whose longer reply won; even is one half."""
    decided = [
        (bout.points == 1) == (bout.left_size > bout.right_size)
        for bout in met
        if not bout.flipped and bout.left_size != bout.right_size
    ]
    return [share(LONGER, decided)] if decided else []


def _one_kind(n: int) -> str:
    return (
        f"the host's reply was the longer one in all of {n} pairs or in none, so that telling them apart "
        "may be telling their lengths"
    )
