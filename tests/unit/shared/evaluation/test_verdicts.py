"""Planted worlds: what is true of a tuned model is what the sentence says, and no more than can be known."""

import random
from dataclasses import replace

import pytest

from shared.evaluation import verdicts
from shared.evaluation.jury import jury_scores, pair_results
from shared.evaluation.measures import Number, clustered_mean, numbers
from shared.evaluation.verdicts import Case, answer
from tests.unit.shared.evaluation.jury.worlds import MODEL, judged_by, noisy

CASE = Case(MODEL, "Llama", "Ida Stone", "2 judges of 2 families", "no model can judge here", 90)
MONEY = "the run cost $4.10"


def in_parts(cases, rows, money):
    return verdicts.verdict(cases, numbers(rows), money)


def verdict(cases, rows, money):
    return str(in_parts(cases, rows, money))


def world(tuned_over_prompted, n_items=150, seed=1, an_episode=3):
    """Rows of metrics of a jury of two to whom the tuned arm is better by so much."""
    chances = {
        ("tuned", "prompted"): tuned_over_prompted,
        ("tuned", "base"): 0.8,
        ("prompted", "base"): 0.7,
        ("host", "impostor"): 0.9,
    }
    votes = [
        one
        for number in (1, 2)
        for one in judged_by(
            noisy(chances, seed=10 * seed + number),
            judge=f"j{number}",
            n_items=n_items,
            an_episode=an_episode,
        )
    ]
    return [
        one.score.row(one.arm, one.model)
        for one in jury_scores(pair_results(votes), seed)
        if one.score.metric == "jury_wins_over_prompted"
    ]


@pytest.mark.parametrize(("rate", "says"), [(0.75, "sounds more like"), (0.25, "sounds less like")])
def test_a_tuned_model_that_is_better_or_worse_is_said_to_be(rate, says):
    sentence = verdict([CASE], world(rate), MONEY)
    assert sentence.startswith(
        f"Tuned, Llama {says} Ida Stone than the same model with a good prompt: 2 judges of 2 families "
    )
    assert "of 150 held-out pairs (95% interval" in sentence
    assert sentence.endswith("The run cost $4.10.")


def test_one_that_is_as_good_is_said_to_be_where_enough_was_judged_and_else_left_open():
    assert "sounds as much like Ida Stone as the same model" in verdict([CASE], world(0.5), MONEY)
    few = verdict([CASE], world(0.5, n_items=24), MONEY)
    assert few.startswith("This run cannot tell whether Llama, tuned, sounds more like Ida Stone")
    assert "which leaves both ways open" in few


def test_a_small_difference_in_a_small_world_is_left_open():
    assert verdict([CASE], world(0.55, n_items=15, seed=3), MONEY).startswith(
        "This run cannot tell"
    )


def test_a_few_episodes_say_nothing_of_others_however_one_sided():
    rows = world(1.0, n_items=12)
    assert rows[0]["value"] == 1.0
    sentence = verdict([CASE], rows, MONEY)
    assert sentence.startswith("This run cannot tell")
    assert "the replies are of 4 episodes" in sentence


def test_where_nobody_judged_the_sentence_says_why():
    sentence = verdict([CASE], [], MONEY)
    assert "was not judged: no model can judge here." in sentence


def test_without_a_prompted_arm_the_untuned_one_is_compared():
    rows = [{**world(0.9)[0], "metric": "jury_wins_over_base"}]
    assert "than the same model untuned" in verdict([CASE], rows, MONEY)


def row(metric, value, n, arm="tuned", **fields):
    own = {"metric": metric, "value": value, "n": n, "arm": arm, "model": MODEL}
    return {**own, "low": None, "high": None, "reason": None, **fields}


def test_style_and_what_is_recited_stand_beside_it_with_their_numbers():
    rows = [
        *world(0.75),
        row("style", 0.84, 20),
        row("style", 0.71, 20, "prompted"),
        row("leaked", 0.25, 12),
        row("leaked", 0.0, 9, "host"),
    ]
    assert verdict([CASE], rows, MONEY).endswith(
        "In style it goes 84% of the way from another person to the host (prompted: 71%) and in 3 of 12 "
        "answers it repeats 13 or more words of its training (the host’s own held-out replies: 0 of 9); the "
        "run cost $4.10."
    )


def test_who_outdoes_the_host_in_style_is_not_said_to_be_on_the_way_there():
    said = verdict([CASE], [row("style", 1.69, 20), row("style", 0.8, 20, "prompted")], MONEY)
    assert (
        "In style it goes beyond the host, 169% of the way from another person (prompted: 80%)"
        in said
    )


def test_two_models_have_a_sentence_each_and_no_model_none():
    other = Case("m2", "Mini", "Ida Stone", "one judge", "it was not asked", 90)
    sentence = verdict([CASE, other], world(0.75), MONEY)
    assert "Tuned, Llama sounds more" in sentence
    assert "Whether Mini, tuned," in sentence
    assert verdict([], world(0.75), MONEY) == ""


def test_models_of_which_the_same_was_heard_share_a_sentence():
    other = replace(CASE, model="m2", name="Mini")
    rows = world(0.75)
    both = in_parts([CASE, other], [*rows, {**rows[0], "model": "m2", "value": 0.7}], MONEY)
    assert both.heard.startswith(
        "Tuned, Llama and Mini sound more like Ida Stone than the same model"
    )
    assert both.heard.count("held-out pairs (95% interval") == 2
    assert "the reply of Mini in 70% of 150 held-out pairs" in both.heard
    worse = [{**row, "model": "m2"} for row in world(0.25)]
    apart = in_parts([CASE, other], [*rows, *worse], MONEY)
    assert "Tuned, Llama sounds more like" in apart.heard
    assert "Tuned, Mini sounds less like" in apart.heard


def test_a_comparison_of_models_that_learned_from_unequal_data_says_so():
    other = replace(CASE, model="m2", name="Mini", pairs=1200)
    said = verdict([CASE, other], world(0.75), MONEY)
    assert said.endswith(
        "They learned from unequal data (Llama from 90 and Mini from 1,200 pairs); the run cost $4.10."
    )
    assert "unequal" not in verdict([CASE, replace(other, pairs=90)], world(0.75), MONEY)


def test_an_answer_follows_from_the_interval_alone():
    def of(low, high, reason=None):
        return answer(Number(0.5, 100, low, high, reason))

    assert [of(0.51, 0.58), of(0.3, 0.49), of(0.42, 0.59), of(0.45, 0.61), of(0.5, 0.9)] == [
        *("more", "less", "as much", "open", "open"),
    ]
    assert of(None, None) == of(0.6, 1.0, "of 3 episodes") == "open"


@pytest.mark.parametrize("rate", [0.5, 0.65])
def test_a_verdict_is_wrong_no_more_often_than_its_interval_allows(rate):
    """In 200 worlds of 20 episodes each: the wrong way round by chance alone, which is one in forty."""
    chance, said = random.Random(7), []
    episodes = {f"{at}.{item}": str(at) for at in range(20) for item in range(3)}
    for seed in range(200):
        won = {item: ((chance.random() < rate) + (chance.random() < rate)) / 2 for item in episodes}
        rate_found = clustered_mean("wins", won, episodes, seed, draws=100).row("tuned", MODEL)
        (found,) = numbers([rate_found]).values()
        said.append(answer(found))
    assert said.count("less") <= 10
    assert (said.count("more") <= 10) if rate == 0.5 else (said.count("more") >= 150)
