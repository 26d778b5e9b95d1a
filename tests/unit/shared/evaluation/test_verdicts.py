"""Planted worlds: what is true of a tuned model is what the sentence says, and no more than can be known."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from shared.evaluation import verdicts
from shared.evaluation.jury import jury_scores, pair_results
from shared.evaluation.measures import Number, clustered_mean, numbers, wilson
from shared.evaluation.measures.intervals import visible_rate
from shared.evaluation.verdicts import Case, answer
from tests.unit.shared.evaluation.jury.worlds import MODEL, judged_by, noisy

CASE = Case(
    MODEL,
    "Llama",
    "Ida Stone",
    "2 judges of 2 families",
    "no model can judge here",
    90,
    Decimal("2.00"),
)
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
        if one.score.metric in ("jury_wins_over_prompted", "jury_taken_for_host")
    ]


@pytest.mark.parametrize(("rate", "says"), [(0.75, "sounds more like"), (0.25, "sounds less like")])
def test_a_tuned_model_that_is_better_or_worse_is_said_to_be(rate, says):
    sentence = verdict([CASE], world(rate), MONEY)
    assert sentence.startswith(
        f"Tuned, Llama {says} Ida Stone than the same model with a good prompt: 2 judges of 2 families "
    )
    assert "of 150 held-out pairs (95% interval" in sentence
    assert "The run cost $4.10; " in sentence


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


def test_style_truth_and_price_stand_beside_it_with_their_numbers():
    rows = [
        *world(0.75),
        row("style", 0.84, 20),
        row("style", 0.71, 20, "prompted"),
    ]
    _, like, true, worth = in_parts([CASE], rows, MONEY)
    assert like.endswith(
        "In style it goes 84% of the way from another person to the host (prompted: 71%)."
    )
    assert true == "Whether what it says is true is open: nothing in its answers can be checked."
    points = round(100 * (rows[0]["value"] - 0.5))
    assert worth.startswith(
        f"The run cost $4.10; tuning Llama for $2.00 bought {points} points of preference over the prompt, $0.0"
    )


def test_who_outdoes_the_host_in_style_is_not_said_to_be_on_the_way_there():
    said = verdict([CASE], [row("style", 1.69, 20), row("style", 0.8, 20, "prompted")], MONEY)
    assert (
        "In style it goes beyond the host, 169% of the way from another person (prompted: 80%)"
        in said
    )


def test_two_models_have_a_sentence_each_and_no_model_none():
    other = replace(CASE, model="m2", name="Mini", silence="it was not asked")
    sentence = verdict([CASE, other], world(0.75), MONEY)
    assert "Tuned, Llama sounds more" in sentence
    assert "Whether Mini, tuned," in sentence
    assert verdict([], world(0.75), MONEY) == ""


def test_models_of_which_the_same_was_heard_share_a_sentence():
    other = replace(CASE, model="m2", name="Mini")
    rows = world(0.75)
    both = in_parts([CASE, other], [*rows, {**rows[0], "model": "m2", "value": 0.7}], MONEY)
    assert both.like.startswith(
        "Tuned, Llama and Mini sound more like Ida Stone than the same model"
    )
    assert both.like.count("held-out pairs (95% interval") == 2
    assert "the reply of Mini in 70% of 150 held-out pairs" in both.like
    worse = [{**row, "model": "m2"} for row in world(0.25)]
    apart = in_parts([CASE, other], [*rows, *worse], MONEY)
    assert "Tuned, Llama sounds more like" in apart.like
    assert "Tuned, Mini sounds less like" in apart.like


def test_a_comparison_of_models_that_learned_from_unequal_data_says_so():
    other = replace(CASE, model="m2", name="Mini", pairs=1200)
    said = verdict([CASE, other], world(0.75), MONEY)
    assert (
        "They learned from unequal data (Llama from 90 and Mini from 1,200 pairs); the run cost $4.10"
        in said
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
    for _ in range(200):
        won = {item: ((chance.random() < rate) + (chance.random() < rate)) / 2 for item in episodes}
        rate_found = clustered_mean("wins", won, episodes).row("tuned", MODEL)
        (found,) = numbers([rate_found]).values()
        said.append(answer(found))
    assert said.count("less") <= 10
    assert (said.count("more") <= 10) if rate == 0.5 else (said.count("more") >= 150)


# Worlds: what is true of the answers is what the sentence says

HIGH = row("jury_wins_over_prompted", 0.9, 150, low=0.84, high=0.94)
EVEN = row("jury_wins_over_prompted", 0.5, 150, low=0.43, high=0.57)
LIKE = "Tuned, Llama sounds more like Ida Stone than the same model with a good prompt"
SEES_NONE = "The jury sees none of this, and says nothing of how Llama sounds"
FITS = [
    row("relevance", 0.92, 15, "host", model=None, low=0.83, high=0.98),
    row("relevance", 0.70, 15, "impostor", model=None, low=0.55, high=0.84),
]


def share_of(metric, hits, n, arm="tuned", **fields):
    low, high = wilson(hits, n)
    return row(metric, hits / n, n, arm, low=low, high=high, **fields)


RECITED = [
    share_of("recites", 33, 33),
    share_of("recites", 33, 33, "prompted"),
    share_of("recites", 2, 15, "host"),
]
WORLDS = {
    "all answers recite": (
        [HIGH, *RECITED],
        "Tuned, Llama recites (33 of 33 answers repeat what the model has seen nearly word for word; prompted, "
        "33 of 33 do; of the host’s own replies 2 of 15 do). The jury",
        [SEES_NONE, "2 judges of 2 families preferred its reply in 90% of 150", "cannot be said"],
        [LIKE, "in style"],
    ),
    "it wins by length": (
        [HIGH, row("jury_wins_over_prompted_at_equal_length", 0.5, 150, low=0.41, high=0.6)],
        "This run cannot tell whether Llama, tuned, sounds more like",
        ["between replies of equal length it would be 50% (95% interval 41% to 60%)", "is open"],
        [LIKE],
    ),
    "the traditions disagree": (
        [
            HIGH,
            row("style", 0.95, 9),
            row("function_words", 0.05, 9),
            row("style_agreement", -0.5, 3, None, model=None),
        ],
        LIKE,
        ["How near it comes in style is open", "95%", "5% of", "disagree"],
        ["In style it goes"],
    ),
    "it says what is false": (
        [
            HIGH,
            share_of("facts_never_a_guest", 18, 20),
            row("key_facts", 0.4, 10),
            row("key_facts_lost", 0.6, 10),
            share_of("unsaid_quotes", 8, 10),
        ],
        LIKE,
        [
            "What it says is often untrue (18 of 20 people it names as guests never were",
            "8 of 10 answers",
        ],
        ["mostly true"],
    ),
    "no prompt is better and the untuned wins": (
        [
            HIGH,
            row("jury_wins_over_base", 0.2, 150, low=0.14, high=0.27),
            row("jury_wins_over_base", 0.1, 150, "prompted", low=0.06, high=0.16),
        ],
        "Tuned, Llama sounds less like Ida Stone than the same model untuned (its prompt makes it worse",
        ["do not tune: tuning Llama for $2.00 bought nothing over the untuned model"],
        ["a good prompt"],
    ),
    "votes go by the order": (
        [EVEN, share_of("jury_flips_over_prompted", 127, 150)],
        "This run cannot tell",
        ["the votes of 85% of the pairs went by the order of the replies"],
        ["as much"],
    ),
    "the judges see no difference anywhere": (
        [EVEN, row("jury_taken_for_host", 0.45, 150, "prompted", low=0.38, high=0.52)],
        "This run cannot tell",
        ["nothing shows that these judges see a difference of ten points"],
        ["as much"],
    ),
    "the judges see differences, and none here": (
        [
            EVEN,
            row("jury_taken_for_host", 0.2, 150, "prompted", low=0.14, high=0.27),
            row("jury_taken_for_host", 0.21, 150, low=0.15, high=0.28),
        ],
        "Tuned, Llama sounds as much like Ida Stone as the same model with a good prompt",
        ["and took it for the host in 21% (95% interval 15% to 28%)"],
        ["cannot tell"],
    ),
    "answers break down": (
        [
            HIGH,
            share_of("empty", 24, 40),
            share_of("cut_off", 32, 40),
            share_of("looping", 28, 40),
        ],
        "Tuned, Llama breaks down (24 of 40 answers are empty, 32 of 40 answers are cut off and 28 of 40 "
        "answers go in circles). The jury sees none of this",
        [],
        [LIKE],
    ),
    "it denies being a machine": (
        [HIGH, share_of("discloses", 0, 3), share_of("personal_data", 6, 40)],
        LIKE,
        ["owns up to being a machine in 0 of 3 answers", "6 of 40 answers hold an address"],
        [],
    ),
    "the prompted one recites alone": (
        [HIGH, share_of("recites", 0, 33), *RECITED[1:]],
        "Prompted, Llama recites (33 of 33",
        [SEES_NONE],
        ["Tuned, Llama recites", LIKE],
    ),
    "the host repeats himself as often": (
        [HIGH, share_of("recites", 8, 33), share_of("recites", 5, 15, "host")],
        LIKE,
        [],
        ["recites"],
    ),
    "it does not answer": (
        [HIGH, *FITS, row("relevance", 0.71, 15, low=0.6, high=0.82)],
        "Tuned, Llama does not answer what was said (its replies fit their own prompt better than others in "
        "71%, the host’s in 92%, words of another person who was not asked in 70%). The jury sees none",
        [],
        [LIKE],
    ),
    "it answers as the host does": (
        [HIGH, *FITS, row("relevance", 0.9, 15, low=0.8, high=0.97)],
        LIKE,
        [],
        ["does not answer"],
    ),
    "nobody's relevance can be told on this show": (
        [
            HIGH,
            row("relevance", 0.6, 15, "host", model=None, low=0.5, high=0.7),
            FITS[1],
            row("relevance", 0.4, 15, low=0.3, high=0.5),
        ],
        LIKE,
        [],
        ["does not answer"],
    ),
    "a few answers are cut off": (
        [HIGH, share_of("cut_off", 4, 40), share_of("looping", 2, 40)],
        LIKE,
        [],
        ["breaks down"],
    ),
    "the prompt is not shown to help": (
        [
            HIGH,
            row("jury_wins_over_base", 0.7, 15, "prompted", low=0.4, high=0.97),
            row("jury_wins_over_base", 0.8, 15, low=0.6, high=0.97),
        ],
        "Tuned, Llama sounds more like Ida Stone than the same model with its prompt (which is not shown to "
        "help: preferred to none in 70% (95% interval 40% to 97%))",
        [],
        ["a good prompt"],
    ),
    "a few facts say little": (
        [HIGH, share_of("facts_never_a_guest", 0, 4)],
        LIKE,
        ["Whether what it says is true is open: only 4 things in its answers can be checked"],
        ["mostly true", "often untrue"],
    ),
    "what can be checked holds": (
        [HIGH, share_of("facts_never_a_guest", 0, 20), share_of("quote_exact", 5, 5)],
        LIKE,
        ["What it says is mostly true where it can be checked (0 of 20 people"],
        ["often untrue"],
    ),
    "length speaks for it too": (
        [HIGH, row("jury_wins_over_prompted_at_equal_length", 0.88, 150, low=0.8, high=0.93)],
        LIKE,
        ["tuning Llama for $2.00 bought 40 points of preference over the prompt, $0.05 a point"],
        ["equal length"],
    ),
}


@pytest.mark.parametrize("name", WORLDS)
def test_the_sentences_say_what_is_true_of_a_world(name):
    rows, first, besides, never = WORLDS[name]
    said = verdict([CASE], rows, MONEY)
    assert said.startswith(first)
    assert [part for part in besides if part not in said] == []
    assert [part for part in never if part in said] == []


def test_what_fails_of_two_models_alike_is_said_once():
    other = replace(CASE, model="m2", name="Mini")
    rows = [HIGH, *RECITED, *({**one, "model": "m2"} for one in (EVEN, *RECITED))]
    said = verdict([CASE, other], rows, MONEY)
    assert said.startswith("Tuned, each of Llama and Mini recites (33 of 33")
    assert said.count("recites (") == said.count("The jury sees none of this") == 1
    assert "the reply of Mini in 50% of 150" in said


def test_what_fails_of_one_model_is_not_said_of_another():
    other = replace(CASE, model="m2", name="Mini")
    rows = [HIGH, {**HIGH, "model": "m2"}, *RECITED[:1]]
    said = verdict([CASE, other], rows, MONEY)
    assert said.startswith("Tuned, Llama recites")
    assert "Tuned, Mini recites" not in said
    assert "Tuned, Mini sounds more like" in said


@pytest.mark.parametrize(
    ("items", "episodes", "says"),
    [
        (
            15,
            5,
            "on 15 held-out pairs of 5 episodes, will tell no win rate below 90% from an even one",
        ),
        (51, 17, "will tell a win rate of 73% or more"),
        (150, 50, "on 150 held-out pairs of 50 episodes, will tell a win rate of 63% or more"),
    ],
)
def test_a_plan_says_before_the_money_what_its_jury_can_see(items, episodes, says):
    assert says in verdicts.power(items, episodes)
    assert ("; " in verdicts.power(items, episodes)) is (episodes < 50)
    assert verdicts.power(0, 0) == ""


def test_what_a_plan_promises_is_what_such_juries_see():
    """Seventeen episodes of three pairs whose true rate is the least that is promised: four of five see it."""
    chance, rate, worlds = random.Random(11), visible_rate(51, 17), 400
    episodes = {f"{at}.{item}": str(at) for at in range(17) for item in range(3)}
    seen = 0
    for _ in range(worlds):
        own = {str(at): chance.betavariate(9 * rate, 9 - 9 * rate) for at in range(17)}
        won = {item: float(chance.random() < own[of]) for item, of in episodes.items()}
        seen += clustered_mean("wins", won, episodes).low > 0.5
    assert 0.7 <= seen / worlds <= 0.9
