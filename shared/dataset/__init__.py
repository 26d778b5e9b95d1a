"""From turns to training files: pairs, the selection that fits the budget, and the plan that prices it."""

from shared.dataset.noticing import findings
from shared.dataset.statistics import UNITS

__all__ = ["UNITS", "findings"]
