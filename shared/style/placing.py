"""Where an arm lies between somebody else (0) and the host (1), and how sure that is."""

import random
from collections.abc import Sequence

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


def place(calibration: Calibration, samples: Sequence[Sequence[str]], seed: int) -> Score:
    """The mean place of the samples' bags, with the interval when samples are drawn again.

    A sample is one answer, or what a person said that goes together.
    """
    metric = calibration.tradition.metric
    texts, clusters = _bounded(samples)
    sizes = [len(text.split()) for text in texts]
    if sum(sizes) < BAG_WORDS:
        reason = f"{sum(sizes)} words in all are too few; style takes {BAG_WORDS}"
        return Score(metric, None, 0, reason=reason)
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    deals = [deal(range(len(texts)), sizes)]
    if len(clusters) >= FEWEST_CLUSTERS:
        drawn = (chance.choices(clusters, k=len(clusters)) for _ in range(DRAWS))
        deals += [deal([at for cluster in some for at in cluster], sizes) for some in drawn]
    places = calibration.places(_means(calibration, texts, deals))
    low, high = percentiles(places[1:].tolist(), len(clusters)) if len(deals) > 1 else (None, None)
    return Score(metric, float(places[0]), len(deals[0]), low, high)


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
