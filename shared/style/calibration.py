"""What a tradition is worth for one show: whether it tells the host from others whom it never heard."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from shared.dataset.speech.bags import Bag
from shared.evaluation.measures import FEWEST_CLUSTERS, Score, percentiles
from shared.style.traditions import DECOY, HOST, OTHER, Direction, Matrix, Numbers, Tradition

FOLDS = 5
DRAWS = 1000
LEAST_AUC = 0.8
"""Below, a measure confuses the host with others too often for its number to mean anything."""


class NoStyle(Exception):
    """A sentence that says why no style can be measured."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """A tradition that was tried: its AUC, its direction, and its scores of others (floor) and of the host (ceiling).

    `floor` and `ceiling` begin with the mean score; DRAWS means of clusters drawn again follow.
    `decoys` is the mean score of the host's words in random order, where the tradition sees order.
    """

    tradition: Tradition
    auc: Score
    direction: Direction
    floor: Numbers
    ceiling: Numbers
    decoys: float | None

    @property
    def is_valid(self) -> bool:
        """Whether the AUC is above LEAST_AUC, and the ceiling above the floor, beyond doubt."""
        apart = float(np.min(self.ceiling - self.floor))
        return self.auc.low is not None and self.auc.low >= LEAST_AUC and apart > 0

    def place(self, score: float) -> float:
        """Where one mean score lies, 0 the floor and 1 the ceiling."""
        return float(self.places(np.array([score]))[0])

    def places(self, scores: Numbers) -> Numbers:
        """Where mean scores lie, 0 the floor and 1 the ceiling: the first as it is, the rest against drawn ends."""
        ends = len(scores)
        return (scores - self.floor[:ends]) / (self.ceiling[:ends] - self.floor[:ends])


def calibrate(
    tradition: Tradition, host: Sequence[Bag], others: Sequence[Bag], seed: int
) -> Calibration:
    """Try the tradition on training bags; every bag is scored by one who heard neither its episode nor its speaker.

    Raises NoStyle where there are too few episodes or people.
    """
    folds = _folds(host, others, seed)
    try:
        counts = tradition.learn([bag.text for bag in (*host, *others)])
    except ValueError as error:
        raise NoStyle("what was said has no words in common") from error
    vectors, kinds = tradition.vectors(counts), np.repeat([HOST, OTHER], [len(host), len(others)])
    if tradition.sees_order:
        decoys = tradition.vectors(tradition.counts(_shuffled(host, seed)))
        vectors = sparse.vstack([vectors, decoys], format="csr")
        kinds = np.append(kinds, [DECOY] * len(host))
        folds = np.append(folds, folds[: len(host)])
    scores, direction = _unheard(tradition, vectors, kinds, folds)
    ours = _Clusters([bag.episode_id for bag in host], scores[kinds == HOST], seed)
    theirs = _Clusters([bag.speaker for bag in others], scores[kinds == OTHER], seed + 1)
    return Calibration(
        tradition,
        _auc(f"{tradition.metric}_auc", ours, theirs),
        direction,
        floor=theirs.means(),
        ceiling=ours.means(),
        decoys=float(scores[kinds == DECOY].mean()) if tradition.sees_order else None,
    )


def _shuffled(bags: Sequence[Bag], seed: int) -> list[str]:
    """What has the words of each bag in random order."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    said = (bag.text.split() for bag in bags)
    return [" ".join(chance.sample(words, len(words))) for words in said]


def linear(vectors: Matrix, direction: Direction) -> Numbers:
    """The score of each row."""
    return np.asarray(vectors @ direction[0]).ravel() + direction[1]


def _folds(host: Sequence[Bag], others: Sequence[Bag], seed: int) -> NDArray[np.int64]:
    """The fold of each bag: the host's by episode, everybody else's by speaker, who goes with an episode of theirs."""
    episodes = sorted({bag.episode_id for bag in host})
    speakers = sorted({bag.speaker for bag in others})
    _refuse_few(len(episodes), len(speakers))
    random.Random(seed).shuffle(episodes)  # noqa: S311 - repeatable, not secret
    elsewhere = sorted({bag.episode_id for bag in others} - set(episodes))
    fold_of = {episode: at % FOLDS for at, episode in enumerate([*episodes, *elsewhere])}
    theirs: dict[str, int] = {}
    for bag in sorted(others, key=lambda bag: bag.episode_id):
        theirs.setdefault(bag.speaker, fold_of[bag.episode_id])
    if len(set(theirs.values())) < 2:
        raise NoStyle("everybody but the host speaks in one and the same episode")
    return np.array(
        [fold_of[bag.episode_id] for bag in host] + [theirs[bag.speaker] for bag in others]
    )


def _refuse_few(episodes: int, speakers: int) -> None:
    if episodes < FEWEST_CLUSTERS:
        raise NoStyle(
            f"the host says enough for a bag in {episodes} training episodes; {FEWEST_CLUSTERS} are needed"
        )
    if speakers < FEWEST_CLUSTERS:
        raise NoStyle(
            f"{speakers} named people besides the host say enough for a bag in training episodes; "
            f"{FEWEST_CLUSTERS} are needed"
        )


def _unheard(
    tradition: Tradition, vectors: Matrix, kinds: NDArray[np.int64], folds: NDArray[np.int64]
) -> tuple[Numbers, Direction]:
    """The score of each row by the direction that its fold had no part in, and the mean of the directions."""
    scores = np.zeros(len(kinds))
    found = []
    for fold in sorted(set(folds.tolist())):
        heard = folds != fold
        direction = tradition.direction(vectors[heard], kinds[heard])
        scores[~heard] = linear(vectors[~heard], direction)
        found.append(direction)
    steepest = np.mean([slope for slope, _ in found], axis=0)
    return scores, (steepest, float(np.mean([intercept for _, intercept in found])))


class _Clusters:
    """Scores by cluster, and how often each cluster is drawn in each of DRAWS draws."""

    def __init__(self, names: Sequence[str], scores: Numbers, seed: int) -> None:
        known = sorted(set(names))
        self.scores = scores
        self.members = sparse.csr_array(
            (np.ones(len(names)), ([known.index(name) for name in names], range(len(names))))
        )
        self.n = len(known)
        chance = np.random.default_rng(seed)
        drawn = chance.multinomial(self.n, [1 / self.n] * self.n, size=DRAWS)
        self.drawn = np.vstack([np.ones(self.n), drawn])  # first as it is

    @property
    def sizes(self) -> Numbers:
        return np.asarray(self.members.sum(axis=1))

    def means(self) -> Numbers:
        return np.asarray((self.drawn @ (self.members @ self.scores)) / (self.drawn @ self.sizes))


def _auc(metric: str, host: _Clusters, others: _Clusters) -> Score:
    """The share of pairs of bags in which the host's scores higher, a tie half; clusters of both are drawn again."""
    above = host.scores[:, None] - others.scores[None, :]
    wins = host.members @ ((above > 0) + 0.5 * (above == 0)) @ others.members.T
    pairs = (host.drawn @ host.sizes) * (others.drawn @ others.sizes)
    shares = np.sum((host.drawn @ wins) * others.drawn, axis=1) / pairs
    low, high = percentiles(shares[1:].tolist(), min(host.n, others.n))
    return Score(metric, float(shares[0]), len(host.scores) + len(others.scores), low, high)
