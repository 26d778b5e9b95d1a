"""What a judge sees of a text: no names, no more than so many tokens, on one line."""

import re
from collections.abc import Callable, Iterable

from shared import tokens

NAME = "[name]"
SHORTEST_PART = 3  # letters of a part of a name that is looked for by itself


def blinder(names: Iterable[str]) -> Callable[[str], str]:
    """A function that puts NAME in the place of every one of `names`, and of each capitalised part of one."""
    whole = {name.strip() for name in names if name.strip()}
    parts = {
        part
        for name in whole
        for part in re.findall(r"[\w'’-]+", name)
        if len(part) >= SHORTEST_PART and part[0].isupper()
    }
    wanted = sorted(whole | parts, key=lambda name: (-len(name), name))
    if not wanted:
        return str
    found = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, wanted))})(?!\w)")
    return lambda text: found.sub(NAME, text)


def beginning(text: str, most: int, encoding: str) -> str:
    """The first words of `text`, on one line, at most `most` tokens of `encoding`."""
    said = text.split()
    return " ".join(said[: _fitting(said, most, encoding)])


def ending(text: str, most: int, encoding: str) -> str:
    """The last words of `text`, on one line, at most `most` tokens of `encoding`."""
    said = text.split()
    kept = _fitting(said[::-1], most, encoding)
    return " ".join(said[len(said) - kept :])


def _fitting(said: list[str], most: int, encoding: str) -> int:
    """How many words from the first one on fit; a token holds at most a word's characters and one space."""
    low, high = 0, min(len(said), most)
    while low < high:
        middle = (low + high + 1) // 2
        if tokens.count(" ".join(said[:middle]), encoding) <= most:
            low = middle
        else:
            high = middle - 1
    return low
