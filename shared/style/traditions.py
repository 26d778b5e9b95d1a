"""Two traditions of telling by their style who speaks, each a way of counting and a direction towards the host.

Counts add up: what several texts say together counts as the sum of their rows. So does a direction:
the mean of several linear scores is one linear score.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Normalizer, StandardScaler
from sklearn.svm import LinearSVC

from shared.words import WORD, fold

Matrix = Any  # of scipy or numpy, a row a text: neither library's types say more
Numbers = NDArray[np.float64]
Direction = tuple[Numbers, float]

HOST, OTHER, DECOY = 1, 0, -1
COLUMNS = 2**18  # of hashed n-grams: a collision is rare, and no vocabulary has to be kept
FUNCTION_WORDS = 150
SHARE_OF_BAGS = 0.3  # a word that fewer bags have tells of a topic
MASK = "*"
"""Stands for a word that tells of a topic."""
DECOYS_SHARE = 1 / 3  # of the weight of all that is not the host's


class Tradition(Protocol):
    """Learns what it counts from the training bags of everybody; whose they are it is told by `direction` alone."""

    metric: str
    name: str
    sees_order: bool
    """Whether the same words in another order count otherwise."""

    def learn(self, bags: Sequence[str]) -> Matrix:
        """Learn which counts matter how much, and return the bags' own. Raises ValueError where there are none."""

    def counts(self, texts: Sequence[str]) -> Matrix:
        """A row of counts for each text."""

    def vectors(self, counts: Matrix) -> Matrix:
        """Rows of counts as points of one length."""

    def direction(self, vectors: Matrix, kinds: NDArray[np.int64]) -> Direction:
        """The linear score that is higher for HOST than for OTHER and DECOY."""


class CharacterNgrams:
    """Three to five characters in a row, weighed by tf-idf, and a linear support vector machine.

    Words that fewer bags have tell of a topic and are masked (text distortion, Stamatatos 2017). The host's own
    words in random order are among what it learns to refuse. Else what the host talks about would do for how.
    """

    metric, name, sees_order = "style", "character n-grams", True

    def __init__(self) -> None:
        self._kept: frozenset[str] = frozenset()
        self._counter = HashingVectorizer(
            preprocessor=self._masked,
            analyzer="char",
            ngram_range=(3, 5),
            n_features=COLUMNS,
            alternate_sign=False,
            norm=None,
        )
        self._weights = TfidfTransformer(sublinear_tf=True)

    def learn(self, bags: Sequence[str]) -> Matrix:
        held = Counter(word for bag in bags for word in set(WORD.findall(fold(bag))))
        self._kept = frozenset(word for word, n in held.items() if n >= SHARE_OF_BAGS * len(bags))
        counts = self.counts(bags)
        self._weights.fit(counts)
        return counts

    def _masked(self, text: str) -> str:
        return WORD.sub(lambda word: word[0] if word[0] in self._kept else MASK, fold(text))

    def counts(self, texts: Sequence[str]) -> Matrix:
        return self._counter.transform(texts)

    def vectors(self, counts: Matrix) -> Matrix:
        return self._weights.transform(counts)

    def direction(self, vectors: Matrix, kinds: NDArray[np.int64]) -> Direction:
        weights = np.zeros(len(kinds))
        for kind, share in ((HOST, 1.0), (OTHER, 1 - DECOYS_SHARE), (DECOY, DECOYS_SHARE)):
            weights[kinds == kind] = share / np.sum(kinds == kind)
        machine = LinearSVC(C=0.1, random_state=0)  # softer than C=1, which follows the decoys
        machine.fit(vectors, kinds == HOST, sample_weight=weights * len(kinds) / 2)
        return machine.coef_[0], float(machine.intercept_[0])


class FunctionWords:
    """Cosine Delta (Smith and Aldridge 2011; after Burrows 2002) on the words that most bags have.

    It looks at no order, so the host's words in any order are the host's.
    """

    metric, name, sees_order = "function_words", "function words", False

    def __init__(self) -> None:
        self._counter = CountVectorizer(
            preprocessor=fold,
            token_pattern=WORD.pattern,
            max_features=FUNCTION_WORDS,
            min_df=SHARE_OF_BAGS,
        )
        self._scale = make_pipeline(Normalizer("l1"), StandardScaler(), Normalizer("l2"))

    def learn(self, bags: Sequence[str]) -> Matrix:
        counts = self._counter.fit_transform(bags).toarray()
        self._scale.fit(counts)
        return counts

    def counts(self, texts: Sequence[str]) -> Matrix:
        return self._counter.transform(texts).toarray()

    def vectors(self, counts: Matrix) -> Matrix:
        return self._scale.transform(counts)

    def direction(self, vectors: Matrix, kinds: NDArray[np.int64]) -> Direction:
        host, other = (_unit(vectors[kinds == kind].mean(axis=0)) for kind in (HOST, OTHER))
        return host - other, 0.0


def _unit(vector: Numbers) -> Numbers:
    length = float(np.linalg.norm(vector))
    return vector / length if length else vector
