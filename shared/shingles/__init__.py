"""Shingles: runs of words as numbers, by which what recurs in a show and which talks are near-duplicates are found."""

from shared.shingles.numbering import (
    NUMBERING,
    SHINGLE_WORDS,
    Hashes,
    among,
    distinct,
    in_order,
    shingle_hashes,
    shingles_in,
)
from shared.shingles.sketches import near_duplicate_pairs, resemblance, sketch

__all__ = [
    "NUMBERING",
    "SHINGLE_WORDS",
    "Hashes",
    "among",
    "distinct",
    "in_order",
    "near_duplicate_pairs",
    "resemblance",
    "shingle_hashes",
    "shingles_in",
    "sketch",
]
