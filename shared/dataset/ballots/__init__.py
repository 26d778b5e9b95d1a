"""What judges are asked, so that a plan prices it before anything is bought."""

from shared.dataset.ballots.pairs import COMPARED, FEWEST_ITEMS, PAIRS, QUALIFYING, Pair

__all__ = ["COMPARED", "FEWEST_ITEMS", "PAIRS", "QUALIFYING", "Pair"]
