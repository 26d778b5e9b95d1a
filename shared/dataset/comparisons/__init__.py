"""What judges are asked, so that a plan prices it before anything is bought."""

from shared.dataset.comparisons.pairs import (
    AGAINST_PROMPTED,
    COMPARED,
    FEWEST_ITEMS,
    PAIRS,
    QUALIFYING,
    TAKEN,
    Pair,
)

__all__ = ["AGAINST_PROMPTED", "COMPARED", "FEWEST_ITEMS", "PAIRS", "QUALIFYING", "TAKEN", "Pair"]
