"""Shingles as numbers, an episode at a time, whatever case and marks they are written in."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from shared.words import plain, words

SHINGLE_WORDS = 8
NUMBERING = 2
"""Goes up whenever a shingle gets another number, so that what was kept by the old ones is looked for again."""

Hashes = NDArray[np.uint64]
Places = NDArray[np.intp]
_BASE = 0x9E3779B97F4A7C15
_APOSTROPHE = ord("'")
_LETTER = np.array([byte > 127 or chr(byte).isalnum() or chr(byte) == "_" for byte in range(256)])
_DRAWN = np.frombuffer(hashlib.shake_256(b"a number for each byte").digest(257 * 8), "<u8")
_NUMBER = _DRAWN[list(bytes(range(256)).lower())]
_FIRST = _DRAWN[256]
_NONE, _ZERO = np.empty(0, np.uint64), np.zeros(1, np.uint64)
_SHINGLES_AT_ONCE = 1 << 14  # so that a long talk needs no more memory than a short one
_USUAL = 17  # bits of how many letters so many words have


def shingle_hashes(texts: Iterable[str]) -> Hashes:
    """Return a number of 60 bits for each run of SHINGLE_WORDS words, in order, the same on every machine.

    The texts are read as one. A number is a polynomial of the words' bytes, taken from prefix
    sums (Karp and Rabin, 1987), so that no word is looked at in Python.
    """
    return _numbered(" ".join(map(_spelled, texts)).encode())[0]


def shingles_in(texts: Sequence[str]) -> tuple[Hashes, Places]:
    """Return the numbers of the shingles that stand within one text, and which text that is."""
    said = [_spelled(text).encode() for text in texts]
    hashes, starts = _numbered(b" ".join(said))
    of_text = np.searchsorted(np.cumsum([len(text) + 1 for text in said]), starts, side="right")
    first, last = of_text[: len(hashes)], of_text[SHINGLE_WORDS - 1 :]
    return hashes[first == last], first[first == last]


def distinct(hashes: Hashes) -> Hashes:
    """Return the numbers in order, each once; `np.unique` takes ten times as long."""
    ordered = np.sort(hashes)
    first = np.ones(len(ordered), bool)
    first[1:] = ordered[1:] != ordered[:-1]
    return ordered[first]


def in_order(numbers: Iterable[int]) -> Hashes:
    """Numbers that were kept, as shingles are compared with."""
    return distinct(np.fromiter(numbers, np.uint64))


def among(hashes: Hashes, ordered: Hashes) -> NDArray[np.bool_]:
    """Of each number whether it is one of the distinct `ordered` ones; `np.isin` would sort all of them."""
    if not len(ordered):
        return np.zeros(len(hashes), bool)
    found: NDArray[np.bool_] = ordered.take(np.searchsorted(ordered, hashes), mode="clip") == hashes
    return found


def _spelled(text: str) -> str:
    """Return the text as it is in ASCII, else its words, so that every byte beyond ASCII is a letter."""
    marked = plain(text)
    return marked if marked.isascii() else " ".join(words(text))


def _numbered(said: bytes) -> tuple[Hashes, Places]:
    """Return the number of each shingle, and where in `said` each word begins."""
    raw = np.frombuffer(said, np.uint8)
    of_word = _LETTER.take(raw)
    of_word[1:-1] |= (raw[1:-1] == _APOSTROPHE) & of_word[:-2] & of_word[2:]
    begins = of_word.copy()
    begins[1:] &= ~of_word[:-1]
    letters, starts = raw.compress(of_word), np.flatnonzero(begins.compress(of_word))
    bounds = np.append(starts, len(letters))
    at_once = range(0, max(0, len(bounds) - SHINGLE_WORDS), _SHINGLES_AT_ONCE)
    hashes = [
        _of_words(letters, bounds[at : at + _SHINGLES_AT_ONCE + SHINGLE_WORDS]) for at in at_once
    ]
    return np.concatenate([_NONE, *hashes]), np.flatnonzero(begins)


def _of_words(letters: NDArray[np.uint8], bounds: Places) -> Hashes:
    """Return the number of each shingle of the words that begin at all of `bounds` but the last, where they end."""
    begins = bounds - bounds[0]
    numbers = _NUMBER.take(letters[bounds[0] : bounds[-1]])
    numbers[begins[:-1]] += _FIRST  # so that "ab c" is not "a bc"
    forth, back = _powers(max(_USUAL, len(numbers).bit_length()))
    numbers *= forth[: len(numbers)]
    upto = np.concatenate((_ZERO, numbers.cumsum(out=numbers)))
    first, end = begins[:-SHINGLE_WORDS], begins[SHINGLE_WORDS:]
    hashes: Hashes = (upto[end] - upto[first]) * back[first]
    return hashes >> np.uint64(4)


@lru_cache(maxsize=1)
def _powers(bits: int) -> tuple[Hashes, Hashes]:
    """Return the first 2**bits powers of _BASE and of its inverse, modulo 2**64."""
    factors = np.ones((2, 1 << bits), np.uint64)
    factors[:, 1:] = [[_BASE], [pow(_BASE, -1, 2**64)]]
    forth, back = factors.cumprod(axis=1, out=factors)
    return forth, back
