"""The jury: what votes say, whether a judge counts, and what the votes that count come to. Pure rules."""

from shared.evaluation.jury.judges import JudgeResult, by_judge, judge_result, judge_scores
from shared.evaluation.jury.measures import JuryScore, jury_scores
from shared.evaluation.jury.null_rules import best_rule, contests
from shared.evaluation.jury.qualification import NullRule, Qualification, Recognition, qualify
from shared.evaluation.jury.records import (
    Judgement,
    JudgeStatus,
    PairResult,
    judgements,
    pair_results,
)
from shared.evaluation.jury.strength import strengths
from shared.evaluation.jury.votes import read_vote

__all__ = [
    "JudgeResult",
    "JudgeStatus",
    "Judgement",
    "JuryScore",
    "NullRule",
    "PairResult",
    "Qualification",
    "Recognition",
    "best_rule",
    "by_judge",
    "contests",
    "judge_result",
    "judge_scores",
    "judgements",
    "jury_scores",
    "pair_results",
    "qualify",
    "read_vote",
    "strengths",
]
