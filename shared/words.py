"""Words as measures compare them: case, typographic quotes and Unicode forms folded away, no punctuation."""

import re
import unicodedata

Words = tuple[str, ...]

WORD = re.compile(r"\w+(?:'\w+)*")
_QUOTES = str.maketrans("‘’“”", "''\"\"")


def fold(text: str) -> str:
    """`text` with letter case, typographic quotes and Unicode compatibility forms folded away."""
    return unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold()


def words(text: str) -> Words:
    """The folded words of `text`, without punctuation."""
    return tuple(WORD.findall(fold(text)))


def placed_words(text: str) -> list[tuple[str, int, int]]:
    """The folded words of `text` with where each begins and ends in it."""
    return [
        (word, found.start(), found.end())
        for found in WORD.finditer(text.translate(_QUOTES))
        for word in words(found[0])
    ]


def in_a_row(said: Words) -> str:
    """The words as a text in which another such text is found only at whole words."""
    return f" {' '.join(said)} "


def ngrams(said: Words, size: int) -> list[Words]:
    """Every run of `size` words, in order."""
    return [said[start : start + size] for start in range(len(said) - size + 1)]
