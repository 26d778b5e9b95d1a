"""From turns to training files: pairs, the selection that fits the budget, and the plan that prices it.

`files` needs a tokenizer, so whoever uses it imports it by name.
"""

from shared.dataset.arms import PAID_ARMS, Arm
from shared.dataset.statistics import UNITS

__all__ = ["PAID_ARMS", "UNITS", "Arm"]
