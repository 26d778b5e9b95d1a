"""Words as measures compare them: case, typographic quotes and Unicode forms folded away, no punctuation."""

import re
import unicodedata

Words = tuple[str, ...]

_WORD = r"\w+(?:'\w+)*"
WORD, _ASCII_WORD = re.compile(_WORD), re.compile(_WORD, re.ASCII)
_QUOTES = (("‘", "'"), ("’", "'"), ("“", '"'), ("”", '"'))


def fold(text: str) -> str:
    """`text` with letter case, typographic quotes and Unicode compatibility forms folded away."""
    if text.isascii():
        return text.lower()
    return _straight(unicodedata.normalize("NFKC", text)).casefold()


def _straight(text: str) -> str:
    for curly, straight in _QUOTES:  # str.translate takes ten times as long
        text = text.replace(curly, straight)
    return text


def words(text: str) -> Words:
    """The folded words of `text`, without punctuation."""
    folded = fold(text)
    pattern = _ASCII_WORD if folded.isascii() else WORD  # the same, and faster
    return tuple(pattern.findall(folded))


def placed_words(text: str) -> list[tuple[str, int, int]]:
    """The folded words of `text` with where each begins and ends in it."""
    return [
        (word, found.start(), found.end())
        for found in WORD.finditer(_straight(text))
        for word in words(found[0])
    ]


def in_a_row(said: Words) -> str:
    """The words as a text in which another such text is found only at whole words."""
    return f" {' '.join(said)} "


def ngrams(said: Words, size: int) -> list[Words]:
    """Every run of `size` words, in order."""
    return [said[start : start + size] for start in range(len(said) - size + 1)]
