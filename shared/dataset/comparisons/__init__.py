"""What judges are asked, so that a plan prices it before anything is bought."""

from shared.dataset.comparisons.pairs import COMPARED, FEWEST_ITEMS, PAIRS, QUALIFYING, Pair

__all__ = ["COMPARED", "FEWEST_ITEMS", "PAIRS", "QUALIFYING", "Pair"]
