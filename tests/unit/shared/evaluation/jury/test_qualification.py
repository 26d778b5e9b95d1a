"""Judges that know the host, and judges that go by something else."""

from dataclasses import replace

import pytest

from shared.evaluation.jury import judge_result, judge_scores, pair_results, qualify
from shared.evaluation.measures.intervals import wilson
from tests.unit.shared.evaluation.jury.worlds import judged_by, likes, noisy

KNOWS = likes("host tuned prompted base impostor")


def first(*_):
    return "first"


def longer(_first, _second, first_size, second_size):
    return "first" if first_size > second_size else "second"


def shorter(*shown):
    return "second" if longer(*shown) == "first" else "first"


def mute(*_):
    return None


@pytest.mark.parametrize("judge", [first, longer, shorter, mute])
@pytest.mark.parametrize("even_lengths", [True, False])
def test_a_judge_that_goes_by_place_or_length_or_says_nothing_does_not_qualify(judge, even_lengths):
    found = qualify(pair_results(judged_by(judge, n_items=60, even_lengths=even_lengths)))
    assert not found.passed


def test_a_judge_that_knows_the_host_qualifies_with_the_interval_of_its_pairs():
    found = qualify(pair_results(judged_by(KNOWS, n_items=24)))
    assert found.passed
    assert (found.accuracy, found.n) == (1.0, 24)
    assert (found.low, found.high) == wilson(24, 24)


def test_four_pairs_are_the_fewest_that_can_qualify_anybody():
    assert not qualify(pair_results(judged_by(KNOWS, n_items=3))).passed
    assert qualify(pair_results(judged_by(KNOWS, n_items=4))).passed


def test_a_judge_that_may_have_gone_by_length_alone_has_no_accuracy_and_says_so():
    judgements = judged_by(KNOWS, even_lengths=False)
    assert qualify(pair_results(judgements)).accuracy is None
    (row,) = [
        one.score
        for one in judge_scores(judge_result("j1", judgements))
        if "accuracy" in one.score.metric
    ]
    assert row.value is None
    assert "longer one in all of 24 pairs" in row.reason


def test_an_accuracy_worked_by_hand():
    """Six pairs whose host is longer, all right; two where it is not, one right, one flipped.

    (6/6 + 1.5/2) / 2 = 0.875, worth 4 * 6 * 2 / 8 = 6 pairs.
    """
    met = [
        pair
        for pair in pair_results(judged_by(KNOWS, n_items=12))
        if pair.pair == ("host", "impostor")
    ]
    long = [pair for pair in met if pair.left_size > pair.right_size]
    short = [pair for pair in met if pair.left_size < pair.right_size][:2]
    found = qualify([*long, short[0], replace(short[1], points=0.5)])
    assert found.accuracy == pytest.approx(0.875)
    assert (found.low, found.high) == pytest.approx(wilson(5.25, 6))


def test_pairs_of_equal_length_show_a_judge_whatever_the_lengths_of_the_others():
    """One longer, three shorter, all right: worth 4 * 1 * 3 / 4 = 3. Two equal, one wrong: worth 2."""
    met = [
        pair
        for pair in pair_results(judged_by(KNOWS, n_items=12))
        if pair.pair == ("host", "impostor")
    ]
    long = [pair for pair in met if pair.left_size > pair.right_size][:1]
    short = [pair for pair in met if pair.left_size < pair.right_size][:3]
    right = replace(met[0], left_size=80, right_size=80)
    found = qualify([*long, *short, right, replace(right, points=0)])
    assert found.accuracy == pytest.approx((3 * 1 + 2 * 0.5) / 5)
    assert (found.low, found.high) == pytest.approx(wilson(4, 5))
    assert qualify([right]).accuracy == 1


def test_a_judge_that_tosses_a_coin_rarely_qualifies():
    coin = [
        qualify(pair_results(judged_by(noisy(EVEN, seed), n_items=20, seed=seed))).passed
        for seed in range(100)
    ]
    assert sum(coin) <= 3


EVEN = {("tuned", "base"): 0.5, ("tuned", "prompted"): 0.5, ("prompted", "base"): 0.5}
EVEN |= {("host", "impostor"): 0.5}
