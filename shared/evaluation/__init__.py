"""The states that question the models, and the measures of their answers."""

from shared.evaluation import measures, scoring

__all__ = ["measures", "scoring"]
