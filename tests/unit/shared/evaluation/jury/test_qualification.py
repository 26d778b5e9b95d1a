"""Judges that know the host, and judges that go by something else."""

from dataclasses import replace

import pytest

from shared.evaluation.jury import (
    NullRule,
    best_rule,
    judge_result,
    judge_scores,
    pair_results,
    qualify,
)
from shared.evaluation.jury.null_rules import RULES, Contest
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
    for told in (found.person, found.prompted):
        assert (told.accuracy, told.n) == (1.0, 24)
        assert (told.low, told.high) == wilson(24, 24)


def test_four_pairs_are_the_fewest_that_can_qualify_anybody():
    assert not qualify(pair_results(judged_by(KNOWS, n_items=3))).passed
    assert qualify(pair_results(judged_by(KNOWS, n_items=4))).passed


def test_a_judge_that_may_have_gone_by_length_alone_has_no_accuracy_and_says_so():
    judgements = judged_by(KNOWS, even_lengths=False)
    assert qualify(pair_results(judgements)).person.accuracy is None
    (row,) = [
        one.score
        for one in judge_scores(judge_result("j1", judgements))
        if one.score.metric == "judge_accuracy"
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
    found = qualify([*long, short[0], replace(short[1], points=0.5)]).person
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
    found = qualify([*long, *short, right, replace(right, points=0)]).person
    assert found.accuracy == pytest.approx((3 * 1 + 2 * 0.5) / 5)
    assert (found.low, found.high) == pytest.approx(wilson(4, 5))
    assert qualify([right]).person.accuracy == 1


def test_a_judge_that_tosses_a_coin_rarely_qualifies():
    coin = [
        qualify(pair_results(judged_by(noisy(EVEN, seed), n_items=20, seed=seed))).passed
        for seed in range(100)
    ]
    assert sum(coin) <= 3


EVEN = {("tuned", "base"): 0.5, ("tuned", "prompted"): 0.5, ("prompted", "base"): 0.5}
EVEN |= {("host", other): 0.5 for other in ("impostor", "prompted", "tuned")}


def test_a_judge_that_knows_people_and_not_machines_has_no_vote():
    chances = {("host", "impostor"): 1.0, ("host", "prompted"): 0.5}
    found = qualify(pair_results(judged_by(noisy(chances, 5), n_items=60)))
    assert found.person.is_certain
    assert not found.passed


def test_a_judge_that_does_not_beat_a_rule_that_knows_nothing_has_no_vote():
    met = pair_results(judged_by(KNOWS, n_items=24))
    flawed = [
        replace(one, points=0.0) if one.pair == ("host", "prompted") and one.item == "p003" else one
        for one in met
    ]
    for accuracy, passed in ((0.9, True), (0.98, False)):
        assert qualify(flawed, NullRule("it is longer", accuracy, 24)).passed is passed
    only_people = [one for one in met if one.pair == ("host", "impostor")]
    assert not qualify(only_people, NullRule("it is longer", 1.0, 24)).passed


QUESTION = "Did the harvest of barley fail when the river rose?"
STATEMENT = "There are several considerations to be weighed here, and I list them."


def contest(host, other=STATEMENT):
    return Contest(QUESTION, "We go slowly. Would we?", host, other)


@pytest.mark.parametrize(
    ("reply", "rule"),
    [
        ("The harvest of barley was lost, and the river with it, I fear.", "takes up"),
        ("There were years, and then more years, with nothing to be seen in them at all." * 3
         + " But the harvest, the barley, the river!", "takes up more of what was said"),
        ("Is it so? Is it? I think it may be that.", "question marks"),
        ("Well, that may very well be as it is, or so it seems to them.", "begins with a reaction"),
        ("And so your neighbours and you and yours were told.", "you rather than I"),
    ],
)  # fmt: skip
def test_the_rule_that_finds_the_host_without_knowing_it_is_named(reply, rule):
    found = best_rule([contest(reply, "None."), contest(reply, STATEMENT * 9)])
    assert rule in found.name
    assert (found.accuracy, found.n) == (1.0, 2)


def test_length_and_place_find_nobody_and_without_replies_there_is_no_rule():
    """Lengths weigh as they do for a judge: a reply that is always longer shows nothing."""
    same = best_rule([contest("No.", "No."), contest("No. No.", "No."), contest("No.", "No. No.")])
    assert same.accuracy == 0.5
    assert best_rule([contest("Longer than that.", "No.")] * 9) is None
    assert best_rule([]) is None


@pytest.mark.parametrize("name", RULES)
def test_a_judge_that_is_a_null_rule_never_beats_the_best_of_them(name):
    """The host asks back and takes up what was said; the machine does not."""
    met = [
        contest(f"{'So ' * (at % 2)}{'your barley' * (at % 3)} {at}, and you? {'Ah. ' * (at % 5)}")
        for at in range(40)
    ]
    own = [
        replace(
            pair_results(judged_by(KNOWS, n_items=1))[0],
            item=str(at),
            pair=("host", "prompted"),
            points=(RULES[name](one.host, one) > RULES[name](one.other, one))
            + 0.5 * (RULES[name](one.host, one) == RULES[name](one.other, one)),
            left_size=len(one.host),
            right_size=len(one.other),
        )
        for at, one in enumerate(met)
    ]
    people = [one for one in pair_results(judged_by(KNOWS)) if one.pair == ("host", "impostor")]
    assert not qualify([*people, *own], best_rule(met)).passed
