"""Where an arm lies: whole answers dealt into bags, and the interval that drawing answers again gives."""

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shared.dataset.speech.bags import BAG_WORDS
from shared.evaluation.measures import Score
from shared.style import placing
from shared.style.calibration import Calibration
from shared.style.placing import MOST_WORDS, deal, dealt


class SharesOfYes:
    """The score of a bag is its share of words "yes"."""

    metric, name, sees_order = "yes", "shares of yes", False

    def counts(self, texts):
        return np.array([[text.split().count("yes"), len(text.split())] for text in texts])

    def vectors(self, counts):
        return counts[:, :1] / counts[:, 1:]


def calibration(floor=0.0, ceiling=1.0):
    """With ends that are known to the last digit."""
    ends = (np.full(1001, end) for end in (floor, ceiling))
    return Calibration(SharesOfYes(), Score("yes_auc", 1.0, 9), (np.ones(1), 0.0), *ends, None)


def place(calibration, samples, seed):
    return placing.place(calibration, dealt(samples, seed))


def answer(yes, words=100):
    return " ".join(["yes"] * yes + ["no"] * (words - yes))


def test_an_arm_lies_where_its_bags_lie_between_floor_and_ceiling():
    answers = [[answer(50)]] * 12
    found = place(calibration(0.25, 0.75), answers, 7)
    assert (found.metric, found.value, found.n) == ("yes", 0.5, 4)
    assert (found.low, found.high) == (0.5, 0.5)
    assert place(calibration(0.25, 0.75), [[answer(100)]] * 3, 7).value == 1.5


def test_below_a_bag_of_words_there_is_a_reason_and_no_number():
    for answers in ([], [[""]], [["…"], [answer(5, 299 - 1)]]):
        found = place(calibration(), answers, 7)
        assert (found.value, found.n) == (None, 0)
        assert "are too few; style takes 300" in found.reason


def test_few_answers_have_a_number_and_no_interval():
    found = place(calibration(), [[answer(50)]] * 4, 7)
    assert (found.value, found.n, found.low, found.high) == (0.5, 1, None, None)


def test_the_same_seed_gives_the_same_digits_and_another_other_ones():
    chance = random.Random(1)
    answers = [[answer(chance.randrange(100))] for _ in range(12)]
    assert place(calibration(), answers, 7) == place(calibration(), answers, 7)
    assert place(calibration(), answers, 7) != place(calibration(), answers, 8)


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    """Answers differ among themselves: bags alone, which are few, would not tell how much."""
    chance = random.Random(2012)
    covered = 0
    for world in range(40):
        answers = [[answer(round(100 * chance.betavariate(4, 4)))] for _ in range(15)]
        found = place(calibration(), answers, world)
        covered += found.low <= 0.5 <= found.high
    assert covered >= 35


def test_of_a_very_long_arm_no_more_is_measured_than_tells():
    found = place(calibration(), [[answer(50, 300)]] * 1000, 7)
    assert found.n == MOST_WORDS / 300


def test_texts_are_dealt_so_that_each_bag_is_full_and_none_says_a_thing_twice():
    # By hand: six texts of 100 words are two bags; a text that is there twice goes into both.
    assert deal(range(6), [100] * 6) == [[0, 2, 4], [1, 3, 5]]
    assert deal([0, 0, 1, 1, 2, 2], [100] * 6) == [[0, 1, 2], [0, 1, 2]]
    assert deal([0, 1], [299, 300]) == [[0, 1]]
    assert deal([0], [20]) == [[0]]


@given(st.lists(st.integers(1, 400), min_size=1, max_size=30))
def test_no_text_is_lost_and_no_bag_is_short_where_there_are_several(sizes):
    bags = deal(range(len(sizes)), sizes)
    assert sorted(text for bag in bags for text in bag) == list(range(len(sizes)))
    assert len(bags) == 1 or all(sum(sizes[text] for text in bag) >= BAG_WORDS for bag in bags)
