"""Words as measures compare them: case, typographic quotes and Unicode forms folded away, no punctuation."""

import re
import unicodedata
from collections.abc import Sequence

Words = tuple[str, ...]

WORD = re.compile(r"\w+(?:'\w+)*")
_APART = str.maketrans({mark: " " for mark in map(chr, range(128)) if not re.match(r"[\w']", mark)})
_LOOSE = re.compile(r"(?<!\w)'|'(?!\w)", re.ASCII)
_QUOTES = (("‘", "'"), ("’", "'"), ("“", '"'), ("”", '"'))
_MARKS = (*_QUOTES, ("—", " "), ("–", " "), ("…", " "))
"""What stands between words in texts that are otherwise ASCII."""


def fold(text: str) -> str:
    """`text` with letter case, typographic quotes and Unicode compatibility forms folded away."""
    if text.isascii():
        return text.lower()
    return _replaced(unicodedata.normalize("NFKC", text), _QUOTES).casefold()


def _replaced(text: str, marks: Sequence[tuple[str, str]]) -> str:
    for mark, by in marks:  # str.translate takes ten times as long
        text = text.replace(mark, by)
    return text


def plain(text: str) -> str:
    """`text` with what may stand between words in ASCII's marks; ASCII where nothing else is in it."""
    return text if text.isascii() else _replaced(text, _MARKS)


def words(text: str) -> Words:
    """Return the folded words of `text`, without punctuation."""
    marked = plain(text)
    if not marked.isascii():
        return tuple(WORD.findall(fold(text)))
    apart = f" {marked.lower().translate(_APART)} "  # the same in half the time
    if " '" in apart or "' " in apart or "''" in apart:
        apart = _LOOSE.sub(" ", apart)
    return tuple(apart.split())


def placed_words(text: str) -> list[tuple[str, int, int]]:
    """Return the folded words of `text` with where each begins and ends in it."""
    return [
        (word, found.start(), found.end())
        for found in WORD.finditer(_replaced(text, _QUOTES))
        for word in words(found[0])
    ]


def in_a_row(said: Words) -> str:
    """Return the words as a text in which another such text is found only at whole words."""
    return f" {' '.join(said)} "


def ngrams(said: Words, size: int) -> list[Words]:
    """Return every run of `size` words, in order."""
    return [said[start : start + size] for start in range(len(said) - size + 1)]
