"""Style end to end on planted worlds, and the sentence for each thing that can be missing."""

from dataclasses import replace

import pytest

from shared.dataset.speech.bags import Speech
from shared.evaluation.measures import Score
from shared.style import measuring
from tests.unit.shared.style import worlds

BASE, PROMPTED, TUNED = (("base", "m"), ("prompted", "m"), ("tuned", "m"))
ANSWERS = {
    BASE: worlds.answers(worlds.other(50)),
    PROMPTED: worlds.mixed(0.5),
    TUNED: worlds.answers(worlds.host(60)),
}


@pytest.fixture(scope="module")
def said():
    return worlds.speech()


@pytest.fixture(scope="module")
def rows(said):
    return measuring.style(said, ANSWERS)


def by_place(rows):
    return {(row["metric"], row["arm"], row["model"]): row for row in rows}


@pytest.mark.parametrize("metric", ["style", "function_words"])
def test_arms_lie_in_the_order_that_was_planted_and_people_at_the_ends(rows, metric):
    found = by_place(rows)
    base, prompted, tuned = (found[metric, *arm] for arm in (BASE, PROMPTED, TUNED))
    assert base["high"] < prompted["value"] < tuned["low"]
    assert abs(base["value"]) < 0.25
    assert abs(tuned["value"] - 1) < 0.25
    assert all(row["low"] <= row["value"] <= row["high"] for row in (base, prompted, tuned))
    host, impostor = found[metric, "host", None], found[metric, "impostor", None]
    assert (round(host["value"]), round(impostor["value"])) == (1, 0)
    assert found[f"{metric}_auc", None, None]["low"] > 0.9


def test_the_traditions_agree_where_both_were_planted(rows):
    agreement = by_place(rows)["style_agreement", None, None]
    assert (agreement["value"], agreement["n"], agreement["reason"]) == (1.0, 3, None)


def test_the_same_speech_and_answers_give_the_same_digits(said, rows):
    again = Speech.from_document(said.document())
    assert measuring.style(again, ANSWERS) == rows


def test_an_arm_that_says_too_little_has_a_reason_and_the_others_keep_their_numbers(said, rows):
    few = {**ANSWERS, TUNED: ["So you see.", "", "…"]}
    found = by_place(measuring.style(said, few))
    assert found["style", *TUNED]["value"] is None
    assert (
        "4 words that are not copied from the training text are too few"
        in found["style", *TUNED]["reason"]
    )
    assert found["style", *BASE] == by_place(rows)["style", *BASE]
    assert found["style_agreement", None, None]["reason"].endswith("3 are needed, not 2")


def test_an_arm_that_recites_the_training_text_has_no_place_and_one_that_quotes_it_keeps_its_own(
    said,
):
    recites, quotes = [bag.text for bag in said.host[:6]], [*ANSWERS[BASE], said.host[0].text]
    found = by_place(measuring.style(said, {TUNED: recites, BASE: quotes}))
    for metric in ("style", "function_words"):
        assert found[metric, *TUNED]["value"] is None
        assert (
            "0 words that are not copied from the training text" in found[metric, *TUNED]["reason"]
        )
        own = by_place(measuring.style(said, {BASE: ANSWERS[BASE]}))[metric, *BASE]["value"]
        assert found[metric, *BASE]["value"] == pytest.approx(own, abs=0.05)


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ({"host": ()}, "the host says enough for a bag in 0 training episodes"),
        ({"others": ()}, "0 named people besides the host"),
        (None, "nothing that the host and others said was kept"),
    ],
)
def test_without_a_host_or_an_impostor_every_row_says_why(said, missing, sentence):
    speech = None if missing is None else replace(said, **missing)
    rows = measuring.style(speech, ANSWERS)
    assert all(row["value"] is None and row["n"] == 0 for row in rows)
    assert all(sentence in row["reason"] for row in rows if row["metric"] != "style_agreement")
    assert {(row["arm"], row["model"]) for row in rows} >= set(ANSWERS)


def test_a_show_of_one_episode_has_no_style(said):
    first = [bag for bag in said.host if bag.episode_id == "e0"]
    rows = measuring.style(replace(said, host=tuple(first)), ANSWERS)
    assert {row["value"] for row in rows} == {None}
    assert "in 1 training episodes; 5 are needed" in rows[0]["reason"]


def test_a_tradition_that_cannot_tell_the_host_gives_its_auc_and_no_place():
    speech = worlds.speech(host_likes="", others_like="")
    found = by_place(measuring.style(speech, {TUNED: ANSWERS[TUNED]}))
    assert found["function_words_auc", None, None]["low"] < 0.5
    told = found["function_words", *TUNED]
    assert told["value"] is None
    assert "do not tell this host from others beyond doubt: the AUC is 0." in told["reason"]
    assert found["style", *TUNED]["value"] > 0.5


def placed(within=0.1, **values):
    return {
        (arm, "m"): Score("style", value, 4, value - within, value + within)
        for arm, value in values.items()
    }


def test_the_rank_correlation_and_the_sentence_of_disagreement_are_those_worked_by_hand():
    # Ranks 1 2 3 against 1 3 2: one minus six times two over 24.
    found = measuring.agreement(
        placed(base=0.1, prompted=0.5, tuned=0.9), placed(base=0.2, prompted=0.8, tuned=0.6)
    )
    assert (found.value, found.n) == (pytest.approx(0.5), 3)
    assert found.reason == (
        "the traditions disagree: by character n-grams tuned is more like the host than prompted "
        "(0.90 and 0.50), by function words less (0.60 and 0.80)"
    )
    against = measuring.agreement(
        placed(base=0.1, prompted=0.5, tuned=0.9), placed(base=0.9, prompted=0.5, tuned=0.1)
    )
    assert against.value == pytest.approx(-1)
    assert against.reason.endswith("; so it is with 3 pairs of arms")


def test_what_differs_within_its_intervals_is_no_disagreement():
    found = measuring.agreement(
        placed(0.3, base=0.1, prompted=0.5, tuned=0.9),
        placed(0.3, base=0.2, prompted=0.8, tuned=0.6),
    )
    assert found.value == pytest.approx(0.5)
    assert found.reason == "they order 1 of the pairs of arms otherwise, each within its intervals"


def test_equal_places_cannot_be_ranked():
    found = measuring.agreement(placed(a=1.0, b=1.0, c=1.0), placed(a=0.1, b=0.2, c=0.3))
    assert (found.value, found.reason) == (None, "every arm has the same place")
