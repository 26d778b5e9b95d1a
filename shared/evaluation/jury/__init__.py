"""The jury: what votes say, whether a judge counts, and what the votes that count come to. Pure rules."""

from shared.evaluation.jury.judges import by_judge, judge_scores
from shared.evaluation.jury.measures import JuryScore, jury_scores
from shared.evaluation.jury.qualification import Qualification, qualify
from shared.evaluation.jury.records import Bout, Judgement, bouts, judgements
from shared.evaluation.jury.strength import strengths
from shared.evaluation.jury.votes import read_vote

__all__ = [
    "Bout",
    "Judgement",
    "JuryScore",
    "Qualification",
    "bouts",
    "by_judge",
    "judge_scores",
    "judgements",
    "jury_scores",
    "qualify",
    "read_vote",
    "strengths",
]
