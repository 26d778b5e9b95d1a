"""Known answers, worked by hand, and how often the intervals cover the truth."""

import random
from decimal import Decimal
from math import exp, log
from statistics import fmean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.evaluation.jury import (
    by_judge,
    judge_result,
    judge_scores,
    jury_scores,
    pair_results,
    strengths,
)
from shared.evaluation.jury.length_control import at_equal_length
from shared.evaluation.jury.measures import paired_difference
from shared.evaluation.measures import clustered_mean
from shared.evaluation.measures.intervals import student, wilson
from tests.unit.shared.evaluation.jury.worlds import CENT, MODEL, judged_by, likes

KNOWS = likes("host tuned prompted base impostor")


def scored(judgements, seed=1):
    return {(one.arm, one.score.metric): one for one in jury_scores(pair_results(judgements), seed)}


def test_a_flip_is_a_tie_and_one_order_alone_says_nothing():
    judgements = judged_by(lambda *_: "first", n_items=2)
    assert {pair.points for pair in pair_results(judgements)} == {0.5}
    assert pair_results(judgements[::2]) == []


def test_an_unusable_vote_takes_its_pair_along_and_is_counted():
    judgements = judged_by(
        lambda first, *rest: None if first == "base" else KNOWS(first, *rest), n_items=10
    )
    assert not [pair for pair in pair_results(judgements) if "base" in pair.pair]
    rows = {one.score.metric: one.score for one in judge_scores(judge_result("j1", judgements))}
    assert (rows["judge_unusable"].value, rows["judge_unusable"].n) == (2 / 12, 120)


def test_a_jury_of_one_mind_says_so_with_wilsons_interval_of_the_episodes():
    scores = scored(judged_by(KNOWS, n_items=24, an_episode=3))
    one = scores["tuned", "jury_wins_over_prompted"]
    assert (one.model, one.score.value, one.score.n) == (MODEL, 1.0, 24)
    assert (one.score.low, one.score.high) == wilson(8, 8, student(7))
    assert one.cost == 48 * CENT


def test_judges_are_averaged_on_each_item_before_items_are_counted():
    against = judged_by(likes("host base prompted tuned impostor"), judge="j2", n_items=10)
    scores = scored(judged_by(KNOWS, n_items=10) + against)
    assert scores["tuned", "jury_wins_over_base"].score.value == 0.5
    assert scores["tuned", "jury_wins_over_base"].score.n == 10


def test_a_win_rate_worked_by_hand():
    episodes = {"p1": "a", "p2": "a", "p3": "b", "p4": "c"}
    score = clustered_mean("wins", {"p1": 1.0, "p2": 0.5, "p3": 0.0, "p4": 1.0}, episodes)
    assert score.value == 0.625
    assert (score.low, score.high) == wilson(0.625 * 3, 3)
    assert "3 episodes" in score.reason


def test_a_paired_difference_worked_by_hand_takes_the_items_that_both_have():
    episodes = {f"p{at}": f"e{at}" for at in range(8)}
    one = {f"p{at}": 1.0 for at in range(7)}
    other = {f"p{at}": at % 2 for at in range(1, 8)}
    score = paired_difference("gain", one, other, episodes, seed=1)
    assert (score.value, score.n) == (0.5, 6)
    assert score.low < 0.5 < score.high
    assert paired_difference("gain", one, {}, episodes, seed=1) is None


def test_the_rate_at_equal_length_and_the_flips_are_reported_beside_the_whole():
    scores = scored(judged_by(KNOWS, n_items=40))
    level, flips = (
        scores["tuned", f"jury_{metric}"]
        for metric in ("wins_over_base_at_equal_length", "flips_over_base")
    )
    assert (level.score.n, level.cost) == (40, 80 * CENT)
    assert level.score.low > 0.9
    assert flips.score.value == 0.0


def test_a_jury_that_goes_by_length_alone_says_nothing_at_equal_length():
    longer = judged_by(lambda _f, _s, a, b: "first" if a > b else "second", n_items=60)
    level = scored(longer)["tuned", "jury_wins_over_base_at_equal_length"].score
    assert level.low < 0.5 < level.high


def test_where_length_does_not_matter_the_rate_at_equal_length_is_the_rate():
    """Twenty episodes of three items: won with a chance of 0.7, whatever is longer."""
    chance = random.Random(3)
    clusters = [
        [(float(chance.random() < 0.7), chance.uniform(-1, 1)) for _ in range(3)]
        for _ in range(200)
    ]
    found = at_equal_length("rate", clusters, seed=1)
    assert found.value == pytest.approx(
        fmean(won for some in clusters for won, _ in some), abs=0.01
    )
    assert 0.6 < found.low < found.high < 0.8


def test_a_judge_that_goes_by_length_is_seen_by_it():
    judgements = judged_by(lambda _f, _s, a, b: "first" if a > b else "second", n_items=20)
    rows = {one.score.metric: one.score for one in judge_scores(judge_result("j1", judgements))}
    assert rows["jury_longer_wins"].value == 1.0


def test_a_judges_rows_bear_its_name_and_what_its_votes_cost():
    (result,) = by_judge(judged_by(KNOWS, n_items=5)).values()
    rows = judge_scores(result)
    assert {(one.arm, one.model, one.cost) for one in rows} == {("judge", "j1", Decimal("0.60"))}


def test_two_arms_have_the_strengths_that_their_wins_say():
    # Three wins of four: the odds are 3, and log 3 is halved around zero.
    found = strengths({("a", "b"): (3, 1)}, prior=0)
    assert found == pytest.approx({"a": log(3) / 2, "b": -log(3) / 2})
    # With half a win more for each: 3.5 to 1.5.
    assert strengths({("a", "b"): (3, 1)})["a"] == pytest.approx(log(3.5 / 1.5) / 2)


def test_three_arms_have_the_strengths_from_which_their_wins_were_made():
    truth = {"a": log(4), "b": log(2), "c": 0.0}
    wins = {}
    for pair in (("a", "b"), ("a", "c"), ("b", "c")):
        beats = 1 / (1 + exp(truth[pair[1]] - truth[pair[0]]))
        wins[pair] = (60 * beats, 60 * (1 - beats))
    found = strengths(wins, prior=0)
    middle = fmean(truth.values())
    assert found == pytest.approx({arm: value - middle for arm, value in truth.items()}, abs=1e-6)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=3, max_size=3))
def test_strengths_are_finite_sum_to_nothing_and_turn_with_the_wins(counts):
    pairs = (("a", "b"), ("a", "c"), ("b", "c"))
    found = strengths(dict(zip(pairs, counts, strict=True)))
    assert sum(found.values()) == pytest.approx(0, abs=1e-6)
    turned = strengths({pair: won[::-1] for pair, won in zip(pairs, counts, strict=True)})
    assert turned == pytest.approx({arm: -value for arm, value in found.items()}, abs=1e-4)


def test_the_order_in_which_votes_come_changes_no_digit_nor_does_another_run():
    judgements = judged_by(KNOWS) + judged_by(
        likes("base host tuned impostor prompted"), judge="j2"
    )
    shuffled = random.Random(5).sample(judgements, len(judgements))
    assert jury_scores(pair_results(judgements), 7) == jury_scores(pair_results(shuffled), 7)


def test_strengths_have_an_interval_around_them():
    mixed = judged_by(KNOWS) + judged_by(likes("base host tuned impostor prompted"), judge="j2")
    score = scored(mixed)["tuned", "jury_strength"].score
    assert score.low <= score.value <= score.high


@pytest.mark.parametrize("n_clusters", [5, 8, 17, 50])
@pytest.mark.parametrize("rate", [0.5, 0.7, 0.9])
@pytest.mark.parametrize("judges", [1, 3])
def test_the_interval_of_a_win_rate_covers_at_the_sizes_that_occur(n_clusters, rate, judges):
    """Items of an episode go together, correlated by 0.1, and so do the votes of the judges of one item.

    Of so few as five or eight episodes it may be wider than it need be, and never narrower.
    """
    chance, covered, worlds = random.Random(2012), 0, 500
    episodes = {f"{at}.{item}": str(at) for at in range(n_clusters) for item in range(3)}
    for _ in range(worlds):
        own = {str(at): chance.betavariate(9 * rate, 9 - 9 * rate) for at in range(n_clusters)}
        won = {item: votes(chance, own[of], judges) for item, of in episodes.items()}
        score = clustered_mean("wins", won, episodes)
        covered += score.low <= rate <= score.high
    assert 0.93 <= covered / worlds <= (0.985 if n_clusters >= 17 else 1.0)


def votes(chance, rate, judges):
    """The mean of judges' votes, half of whom go with the first."""
    first = drawn(chance, rate)
    others = (first if chance.random() < 0.5 else drawn(chance, rate) for _ in range(judges - 1))
    return fmean([first, *others])


def test_the_interval_of_a_paired_difference_covers_95_percent_of_the_time():
    chance, covered, worlds, clusters = random.Random(2013), 0, 500, 20
    episodes = {f"{at}.{item}": str(at) for at in range(clusters) for item in range(3)}
    for world in range(worlds):
        shift = {str(at): chance.uniform(-0.2, 0.2) for at in range(clusters)}
        one = {item: drawn(chance, 0.6 + shift[of]) for item, of in episodes.items()}
        other = {item: drawn(chance, 0.5 + shift[of]) for item, of in episodes.items()}
        score = paired_difference("gain", one, other, episodes, seed=world, draws=200)
        covered += score.low <= 0.1 <= score.high
    assert 0.93 <= covered / worlds <= 0.97


def drawn(chance, rate):
    """What two orders of one pair come to: two votes, a flip being a tie."""
    return ((chance.random() < rate) + (chance.random() < rate)) / 2
