"""Which questions training can have taught a model about."""

from hypothesis import given
from hypothesis import strategies as st

from shared.dataset.examination import pairs_on_topic

TEXTS = [f"What is said of a talk is said of talk {at}." for at in range(100)]


def test_pairs_that_hold_most_of_the_rare_words_are_counted():
    asked = ("What is a fence?", "What is said of Mira Holt?", "What of a lamp, a hinge, a bolt?")
    texts = [
        *TEXTS,
        "A FENCE is a fence.",
        "Again fences, a fence.",
        "Holt?",
        "Mira Holt!",
        "a lamp",
    ]
    assert pairs_on_topic(asked, texts) == {asked[0]: 2, asked[1]: 1, asked[2]: 0}


def test_a_question_of_words_that_everybody_uses_is_about_nothing_in_particular():
    assert pairs_on_topic(["What is said?"], TEXTS) == {"What is said?": None}


def test_without_texts_every_question_is_about_something_that_nobody_said():
    assert pairs_on_topic(["What is said?"], []) == {"What is said?": 0}


@given(st.lists(st.text(alphabet="ab ", max_size=12)), st.text(alphabet="ab ", max_size=8))
def test_the_count_never_exceeds_the_texts_and_needs_no_order(texts, question):
    found = pairs_on_topic([question], texts)[question]
    assert found is None or 0 <= found <= len(texts)
    assert pairs_on_topic([question], reversed(texts))[question] == found
