"""N-gram counts of every order over a set of documents, read from one suffix array."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Positions = NDArray[np.int64]

BOUNDARY = 0
"""The token between two documents: what precedes a first word and follows a last one."""

ORDER = 6
"""The longest n-gram that is counted, in tokens, unless a model is smaller."""

_TOKEN = re.compile(
    r" ?(?:Mr|Mrs|Ms|Dr|St|vs|e\.g|i\.e)\.(?= )"
    r"| ?(?:[A-Z]\.){2,}"
    r"| ?[A-HJ-Z]\.(?= [A-Z])"
    r"| ?\d+(?:[.,:]\d+)*"
    r"| ?\w+(?:['’.-]\w+)*"
    r"| ?(?:\.{2,}|--+)"
    r"| ?[^\w\s]"
)
_REMEMBERED = 100_000
_ENDS = frozenset(".!?")
_CLOSERS = frozenset("\"”’')]")


def tokenise(text: str) -> list[str]:
    """Return words and punctuation marks, each with the space before it.

    Joined they give " " + `text` with every run of white space made one space.
    """
    return _TOKEN.findall(" " + " ".join(text.split()))


def ends_sentence(token: str) -> bool:
    return token.strip() in _ENDS


def closes(token: str) -> bool:
    """Return whether `token` is a closing quote or bracket that belongs to the sentence before it."""
    return token in _CLOSERS


def words(text: str) -> list[str]:
    """Return lower-case words without punctuation, for comparing texts."""
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.lower().replace("’", "'"))


class Corpus:
    """Documents as one row of token ids, with the positions sorted by what follows there.

    `order` is the longest n-gram that is counted, in tokens.
    """

    def __init__(self, texts: Sequence[str], order: int = ORDER) -> None:
        self.order = order
        self._number: dict[str, int] = {"": BOUNDARY}
        self.ids, self.document = self._encode(texts)
        self.vocabulary = list(self._number)
        self.closing = [closes(token) for token in self.vocabulary]
        self.ending = [ends_sentence(token) for token in self.vocabulary]
        columns = [self.ids[depth : len(self.ids) - order + depth] for depth in range(order)]
        self._suffixes: Positions = np.lexsort(columns[::-1])
        firsts = columns[0][self._suffixes]
        self._starts = np.searchsorted(firsts, np.arange(len(self.vocabulary) + 1))
        self._words, self._word_positions = self._plain_words()
        # An answer is drawn from the same few thousand contexts over and over.
        self.after = lru_cache(_REMEMBERED)(self._after)
        self._occurrences = lru_cache(_REMEMBERED)(self._find_occurrences)

    def _encode(self, texts: Sequence[str]) -> tuple[Positions, Positions]:
        ids, document = [BOUNDARY], [0]
        for index, text in enumerate(texts):
            known = [self._number.setdefault(t, len(self._number)) for t in tokenise(text)]
            ids += [*known, BOUNDARY]
            document += [index] * (len(known) + 1)
        padding = [BOUNDARY] * self.order
        return np.array(ids + padding, dtype=np.int64), np.array(document, dtype=np.int64)

    def _plain_words(self) -> tuple[str, Positions]:
        """The text as " word word ", and the token position each of its words stands at."""
        plain = [" ".join(words(token)) for token in self.vocabulary]
        plain[BOUNDARY] = "|"
        row = [plain[i] for i in self.ids[: len(self.document)]]
        spoken = [(word, at) for at, entry in enumerate(row) for word in entry.split()]
        positions = np.array([at for _, at in spoken], dtype=np.int64)
        return f" {' '.join(word for word, _ in spoken)} ", positions

    @property
    def size(self) -> int:
        """Return how many tokens there are, boundaries included."""
        return len(self.document)

    def encode(self, tokens: Iterable[str]) -> list[int]:
        """Return the ids of `tokens`, -1 for one that never occurs."""
        return [self._number.get(token, -1) for token in tokens]

    def tokens(self, ids: Iterable[int]) -> list[str]:
        return [self.vocabulary[i] for i in ids]

    def text(self, ids: Iterable[int]) -> str:
        return "".join(self.tokens(ids)).strip()

    def following(self, context: Sequence[int]) -> Positions:
        """Return the positions right after each occurrence of `context`, ordered by the token there.

        `context` holds fewer than `order` ids.
        """
        return self.after(tuple(context))[0] if context else self._suffixes

    def _after(self, context: tuple[int, ...]) -> tuple[Positions, int]:
        """What follows `context`, and how many different tokens do."""
        if min(context) < 0:
            return self._suffixes[:0], 0
        low, high = self._occurrences(context)
        positions = self._suffixes[low:high] + len(context)
        positions = positions[positions < self.size]
        tokens = self.ids[positions]  # in order
        return positions, int(bool(len(tokens))) + int(np.count_nonzero(tokens[1:] != tokens[:-1]))

    def _find_occurrences(self, context: tuple[int, ...]) -> tuple[int, int]:
        """Where the sorted positions at which `context` stands begin and end."""
        *before, token = context
        if not before:
            return int(self._starts[token]), int(self._starts[token + 1])
        low, high = self._occurrences(tuple(before))
        column = self.ids[self._suffixes[low:high] + len(before)]
        left, right = column.searchsorted(np.array([token, token + 1]))
        return low + int(left), low + int(right)

    def after_phrase(self, phrase: Sequence[str]) -> list[int]:
        """Return the positions right after each place where the words of `phrase` are said.

        Case and punctuation are ignored.
        """
        wanted, found, start = f" {' '.join(phrase)} ", [], 0
        while (start := self._words.find(wanted, start)) >= 0:
            last = self._words.count(" ", 0, start) + len(phrase) - 1
            found.append(int(self._word_positions[last]) + 1)
            start += 1
        return found
