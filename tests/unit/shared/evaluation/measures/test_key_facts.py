"""What an answer should hold, and what a tuned model no longer knows."""

from shared.evaluation.measures import Answer, facts_in, key_facts, key_facts_lost

WHO, WHY = "Who wrote it?", "Why?"
AUTHOR, YEAR, RAIN = ("Mira Holt", "Holt"), ("1776", "seventeen seventy-six"), ("rain",)
EXPECTED = {WHO: (AUTHOR, YEAR), WHY: (RAIN,)}


def only(scores):
    (score,) = scores
    return score


def test_any_wording_of_a_fact_will_do_whatever_its_case_and_marks():
    assert facts_in("In SEVENTEEN seventy, six years on, Holt…", [AUTHOR]) == [AUTHOR]
    assert facts_in("In Seventeen-Seventy-Six.", [YEAR]) == [YEAR]


def test_a_fact_is_whole_words_in_a_row():
    assert facts_in("Holton wrote of the raincoat, 17 76.", [AUTHOR, YEAR, RAIN]) == []


def test_an_answer_counts_by_the_share_of_its_facts():
    found = only(
        key_facts(
            [Answer(WHO, "Mira Holt did."), Answer(WHY, "Rain."), Answer("Else?", "x")], EXPECTED
        )
    )
    assert (found.value, found.n) == (0.75, 2)  # a half and a whole


def test_without_expected_facts_there_is_a_reason_and_no_number():
    found = only(key_facts([Answer("Else?", "x")], EXPECTED))
    assert found.value is None
    assert "key_facts" in found.reason


def test_lost_is_what_the_untuned_answer_held_and_this_one_lacks():
    base = [Answer(WHO, "Holt, in 1776."), Answer(WHY, "The rain."), Answer("Else?", "x")]
    tuned = [Answer(WHO, "It was Holt."), Answer(WHY, "Rain, rain.")]
    found = only(key_facts_lost(tuned, base, EXPECTED))
    assert (found.value, found.n) == (1 / 3, 3)
    assert only(key_facts_lost(base, base, EXPECTED)).value == 0


def test_where_the_untuned_model_knew_nothing_nothing_can_be_lost():
    found = only(key_facts_lost([Answer(WHY, "Rain.")], [Answer(WHY, "No idea.")], EXPECTED))
    assert found.value is None
    assert "no key fact" in found.reason
