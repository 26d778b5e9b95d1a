"""Runs of words as numbers, an episode at a time: by them what recurs in a show and what is a copy are found."""

from collections.abc import Iterable, Sequence
from itertools import chain
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from shared.words import words

SPAN_WORDS = 8
Hashes = NDArray[np.uint64]
_BASE, _MASK = np.uint64(1_000_003), np.uint64(0xFFFFFFFFFFFFFFF)


def span_hashes(said: Iterable[str]) -> Hashes:
    """A number of 60 bits for each run of SPAN_WORDS words, in order, the same on every machine."""
    values = np.fromiter(map(crc32, " ".join(said).encode().split()), np.uint64)
    hashes: Hashes = np.zeros(max(0, len(values) - SPAN_WORDS + 1), np.uint64)
    for at in range(SPAN_WORDS):
        hashes = hashes * _BASE + values[at : at + len(hashes)]  # wraps at 64 bits
    return hashes & _MASK


def distinct(hashes: Hashes) -> Hashes:
    """The numbers in order, each once; `np.unique` takes ten times as long."""
    ordered = np.sort(hashes)
    first = np.ones(len(ordered), bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def spans_in(texts: Sequence[str]) -> tuple[Hashes, NDArray[np.intp]]:
    """The numbers of the spans that stand within one text, and which text that is."""
    said = [words(text) for text in texts]
    hashes = span_hashes(chain.from_iterable(said))
    of_text = np.repeat(np.arange(len(said)), [len(spoken) for spoken in said])
    first, last = of_text[: len(hashes)], of_text[SPAN_WORDS - 1 :]
    return hashes[first == last], first[first == last]
