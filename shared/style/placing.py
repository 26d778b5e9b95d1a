"""Where an arm lies between somebody else (0) and the host (1), and how sure that is."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from shared.dataset.speech.bags import BAG_WORDS
from shared.evaluation.measures import FEWEST_CLUSTERS, Score, percentiles
from shared.style.calibration import Calibration, linear
from shared.style.traditions import Numbers

DRAWS = 200
MOST_WORDS = 6000
"""So much of an arm is measured; more would tell little and take long."""
Deal = list[list[int]]


@dataclass(frozen=True, slots=True)
class Dealt:
    """An arm's texts and how they are dealt into bags: as they are, then for each time that samples are drawn again."""

    texts: list[str]
    deals: list[Deal]
    n_samples: int
    n_words: int


def dealt(samples: Sequence[Sequence[str]], seed: int) -> Dealt:
    """An arm made ready for any tradition.

    A sample is one answer, or what a person said that goes together.
    """
    texts, clusters = _bounded(samples)
    sizes = [len(text.split()) for text in texts]
    deals = [deal(range(len(texts)), sizes)]
    if len(clusters) >= FEWEST_CLUSTERS:
        chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
        drawn = (chance.choices(clusters, k=len(clusters)) for _ in range(DRAWS))
        deals += [deal([at for cluster in some for at in cluster], sizes) for some in drawn]
    return Dealt(texts, deals, len(clusters), sum(sizes))


def place(calibration: Calibration, arm: Dealt) -> Score:
    """The mean place of the arm's bags, with the interval when its samples are drawn again."""
    metric = calibration.tradition.metric
    if arm.n_words < BAG_WORDS:
        reason = (
            f"{arm.n_words} words that are not copied from the training text are too few; style takes "
            f"{BAG_WORDS}"
        )
        return Score(metric, None, 0, reason=reason)
    places = calibration.places(_means(calibration, arm.texts, arm.deals))
    drawn = places[1:].tolist()
    low, high = percentiles(drawn, arm.n_samples) if drawn else (None, None)
    return Score(metric, float(places[0]), len(arm.deals[0]), low, high)


def deal(texts: Sequence[int], sizes: Sequence[int]) -> Deal:
    """Texts by number into as many bags of BAG_WORDS words as they fill, one at least.

    A text that is there twice goes into two bags where it can, so that a bag holds what bags hold.
    """
    in_order = sorted(texts)
    for n_bags in range(sum(sizes[text] for text in in_order) // BAG_WORDS, 1, -1):
        bags: Deal = [[] for _ in range(n_bags)]
        filled = [0] * n_bags
        for text in in_order:
            fits = min(range(n_bags), key=lambda bag: (text in bags[bag], filled[bag]))
            bags[fits].append(text)
            filled[fits] += sizes[text]
        if min(filled) >= BAG_WORDS:
            return bags
    return [in_order]


def _bounded(samples: Sequence[Sequence[str]]) -> tuple[list[str], list[list[int]]]:
    """The texts of the first samples up to MOST_WORDS words, and for each sample the numbers of its texts."""
    texts: list[str] = []
    clusters: list[list[int]] = []
    said = 0
    for sample in samples:
        spoken = [text for text in sample if text.split()]
        if spoken and said < MOST_WORDS:
            clusters.append(list(range(len(texts), len(texts) + len(spoken))))
            texts += spoken
            said += sum(len(text.split()) for text in spoken)
    return texts, clusters


def _means(calibration: Calibration, texts: Sequence[str], deals: Sequence[Deal]) -> Numbers:
    """The mean score of the bags of each deal."""
    bags = [(at, bag) for at, bags in enumerate(deals) for bag in bags]
    rows = [row for row, (_, bag) in enumerate(bags) for _ in bag]
    columns = [text for _, bag in bags for text in bag]
    members = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(bags), len(texts)))
    tradition = calibration.tradition
    scores = linear(tradition.vectors(members @ tradition.counts(texts)), calibration.direction)
    deal_of = np.array([at for at, _ in bags])
    return np.asarray(np.bincount(deal_of, weights=scores) / np.bincount(deal_of))
