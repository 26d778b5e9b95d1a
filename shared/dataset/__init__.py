"""From turns to training files: pairs, the selection that fits the budget, and the plan that prices it.

`files` needs a tokenizer, so whoever uses it imports it by name.
"""

from shared.dataset.statistics import UNITS

__all__ = ["UNITS"]
