"""Which training examples are nearest to a question (Okapi BM25)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import log

import numpy as np
from numpy.typing import NDArray

from infra.local.provider.learning.corpus import words

_SATURATION = 1.2
_LENGTH_WEIGHT = 0.75
_ASKING = frozenset(
    words("""
    a an the and or of to in on at for from by with as is are was were be been do does did it its
    this that these those there he she they his her their we you i me my your our who what when
    where which why how often some about not but if so than then following sentence finish
    responds say says said think thinks mean means believe believes""")
)


def terms(text: str) -> list[str]:
    """Return the words of `text` that carry meaning, without a plural's or possessive's s."""
    return [_singular(word) for word in words(text) if word not in _ASKING]


def _singular(word: str) -> str:
    word = word.removesuffix("'s")
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


class Retrieval:
    """An inverted index over documents."""

    def __init__(self, documents: Sequence[str]) -> None:
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        lengths = np.zeros(len(documents))
        for index, document in enumerate(documents):
            counts = Counter(terms(document))
            lengths[index] = counts.total()
            for term, count in counts.items():
                self._postings[term].append((index, count))
        relative = lengths / max(lengths.mean(), 1.0)
        self._damping = _SATURATION * (1 - _LENGTH_WEIGHT + _LENGTH_WEIGHT * relative)

    def rarity(self, term: str) -> float:
        """Return the inverse document frequency of `term`, 0 for one that no document holds."""
        having = len(self._postings.get(term, ()))
        return log(1 + (len(self._damping) - having + 0.5) / (having + 0.5)) if having else 0.0

    def scores(self, query: str) -> NDArray[np.float64]:
        """Return the BM25 score of every document, in the order they were given."""
        scores = np.zeros(len(self._damping))
        for term in set(terms(query)):
            rarity = self.rarity(term)
            for index, count in self._postings.get(term, ()):
                scores[index] += rarity * count * (_SATURATION + 1) / (count + self._damping[index])
        return scores
