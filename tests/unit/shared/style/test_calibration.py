"""Whether a tradition is worth anything: worked by hand with a tradition that reads a number off a bag."""

import numpy as np
import pytest

from shared.dataset.speech.bags import Bag
from shared.style.calibration import NoStyle, calibrate
from shared.style.traditions import HOST, OTHER, CharacterNgrams, FunctionWords
from tests.unit.shared.style import worlds


class ReadsANumber:
    """The score of a text is the number that it is."""

    metric, name, sees_order = "number", "numbers", False

    def __init__(self):
        self.heard = []

    def learn(self, bags):
        return self.counts(bags)

    def counts(self, texts):
        return np.array([[float(text)] for text in texts])

    def vectors(self, counts):
        return counts

    def direction(self, vectors, kinds):
        self.heard.append((vectors[kinds == HOST].ravel(), vectors[kinds == OTHER].ravel()))
        return np.array([1.0]), 0.0


def bags(values, speaker="", episode="e"):
    """A bag each: of the host in an episode of its own, or of a guest of its own."""
    return [
        Bag(f"{episode}{at}", speaker and f"{speaker}{at}", str(value))
        for at, value in enumerate(values)
    ]


def test_auc_floor_ceiling_and_places_are_those_worked_by_hand():
    # Of 25 pairs the host's is higher in 20 and equal in 3.
    found = calibrate(ReadsANumber(), bags([1, 2, 3, 4, 5]), bags([0, 0, 1, 2, 2], "guest"), 7)
    assert (found.auc.metric, found.auc.value, found.auc.n) == ("number_auc", 21.5 / 25, 10)
    assert (found.floor[0], found.ceiling[0]) == (1.0, 3.0)
    assert [found.place(score) for score in (1, 2, 3, 4)] == [0.0, 0.5, 1.0, 1.5]
    assert found.decoys is None


def test_nobody_scores_a_bag_who_heard_its_episode_or_its_speaker():
    reader = ReadsANumber()
    host, others = bags(range(10)), bags(range(100, 107), "guest")
    again = [Bag("e9", "guest0", "200")]
    calibrate(reader, host, [*others, *again], 7)
    assert len(reader.heard) == 5
    for ours, theirs in reader.heard:
        assert len(ours) == 8
        assert (100 in theirs) == (200 in theirs)
        assert {value - 100 for value in theirs if value < 200} - set(ours) == set()


def test_whoever_cannot_be_told_apart_gives_no_valid_measure():
    chance = np.random.default_rng(1)
    host, others = (bags(chance.normal(size=30), who) for who in ("", "guest"))
    found = calibrate(ReadsANumber(), host, others, 7)
    assert found.auc.low < 0.5 < found.auc.high
    assert not found.is_valid
    apart = calibrate(ReadsANumber(), bags([5, 6, 7, 8, 9]), bags([0, 1, 2, 3, 4], "guest"), 7)
    assert (apart.auc.value, apart.is_valid) == (1.0, True)


@pytest.mark.parametrize(
    ("n_host", "guests", "sentence"),
    [
        (0, 9, "in 0 training episodes; 5 are needed"),
        (1, 9, "in 1 training episodes; 5 are needed"),
        (9, 0, "0 named people besides the host"),
        (9, 1, "1 named people besides the host"),
    ],
)
def test_too_few_episodes_or_people_give_a_sentence_and_no_number(n_host, guests, sentence):
    with pytest.raises(NoStyle, match=sentence):
        calibrate(ReadsANumber(), bags(range(n_host)), bags(range(guests), "guest"), 7)


def test_guests_of_a_single_panel_are_too_few_episodes():
    panel = [Bag("e0", f"guest{at}", str(at)) for at in range(8)]
    with pytest.raises(NoStyle, match="one and the same episode"):
        calibrate(ReadsANumber(), bags(range(9)), panel, 7)


def test_the_auc_is_right_about_a_planted_difference_and_its_interval_holds_it():
    """Normal scores one standard deviation apart have an AUC of 0.760."""
    chance = np.random.default_rng(2012)
    covered = 0
    for _ in range(30):
        host = bags(chance.normal(1, 1, size=25))
        others = bags(chance.normal(0, 1, size=25), "guest")
        found = calibrate(ReadsANumber(), host, others, 7).auc
        covered += found.low <= 0.760 <= found.high
    assert covered >= 26


def test_delta_points_from_one_centre_to_the_other_whatever_their_length():
    # Centres (3, 4) and (1, 0) become (0.6, 0.8) and (1, 0).
    slope, intercept = FunctionWords().direction(
        np.array([[2.0, 4.0], [4.0, 4.0], [1.0, 0.0]]), np.array([HOST, HOST, OTHER])
    )
    assert slope == pytest.approx([-0.4, 0.8])
    assert intercept == 0.0


def test_the_same_words_in_other_order_are_two_people_to_ngrams_and_one_to_function_words():
    said = worlds.speech(host_likes="", others_like="")
    ngrams = calibrate(CharacterNgrams(), said.host, said.others, 7)
    words = calibrate(FunctionWords(), said.host, said.others, 7)
    assert ngrams.is_valid
    assert ngrams.auc.value > 0.95
    assert ngrams.place(ngrams.decoys) < 0.4
    assert not words.is_valid
