"""The states that question the models, and the measures of their answers."""

from shared.evaluation import jury, measures, scoring, unanswered, verdicts

__all__ = ["jury", "measures", "scoring", "unanswered", "verdicts"]
