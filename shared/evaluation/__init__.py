"""The states that question the models, and the measures of their answers."""

from shared.evaluation import metrics

__all__ = ["metrics"]
