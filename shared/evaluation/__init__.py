"""The states that question the models, and the measures of their answers."""

from shared.evaluation.metrics import Answer, Score, Words

__all__ = ["Answer", "Score", "Words"]
