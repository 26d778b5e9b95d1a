"""Runs of words as numbers: by them what recurs in a show is found, and which talks are copies of each other."""

from shared.spans.numbering import (
    NUMBERING,
    SPAN_WORDS,
    Hashes,
    among,
    distinct,
    in_order,
    span_hashes,
    spans_in,
)
from shared.spans.sketches import alike, likeness, sketch

__all__ = [
    "NUMBERING",
    "SPAN_WORDS",
    "Hashes",
    "alike",
    "among",
    "distinct",
    "in_order",
    "likeness",
    "sketch",
    "span_hashes",
    "spans_in",
]
