"""Which questions training can have taught a model about."""

from hypothesis import given
from hypothesis import strategies as st

from shared import shows
from shared.dataset.eval_set import pairs_on_topic
from tests.unit.shared.run.porch import SHOW

TEXTS = [f"What is said of a talk is said of talk {at}." for at in range(100)]


def on_topic(questions, texts, **changes):
    show = shows.parse({**SHOW, "questions": questions, **changes}, "a test")
    return pairs_on_topic(show, texts)


def test_pairs_that_hold_most_of_the_rare_words_are_counted():
    asked = ["What is a fence?", "What is said of Mira Holt?", "What of a lamp, a hinge, a bolt?"]
    texts = [
        *TEXTS,
        "A FENCE is a fence.",
        "Again fences, a fence.",
        "Holt?",
        "Mira Holt!",
        "a lamp",
    ]
    assert on_topic(asked, texts) == {asked[0]: 2, asked[1]: 1, asked[2]: 0}


def test_a_quotation_is_the_topic_word_for_word_whatever_stands_around_it_and_however_common():
    asked = ["Does she, deep down, believe in “a quiet ledger”?", 'Finish: "Water is patient, and']
    texts = [
        *(f"A Quiet ledger, {at}." for at in range(30)),
        "The quiet of it, a ledger. Deep down she believes.",
        "Water is patient—and so am I.",
        "Water is patient.",
    ]
    assert on_topic(asked, texts) == {asked[0]: 30, asked[1]: 1}


def test_the_names_of_show_and_host_are_no_topic():
    asked = ["What does Ida Stone of The Long Porch say?"]
    texts = [*TEXTS, "Ida Stone here, of The Long Porch."]
    assert on_topic(asked, texts, title="The Long Porch") == {asked[0]: 0}
    assert on_topic(asked, [*texts, *["What does she say?"] * 50], title="The Long Porch") == {
        asked[0]: None
    }


def test_a_question_of_words_that_everybody_uses_is_about_nothing_in_particular():
    assert on_topic(["What is said?"], TEXTS) == {"What is said?": None}


def test_without_texts_every_question_is_about_something_that_nobody_said():
    assert on_topic(["What is said?"], []) == {"What is said?": 0}


@given(st.lists(st.text(alphabet='ab "', max_size=12)), st.text(alphabet='ab "', max_size=8))
def test_the_count_never_exceeds_the_texts_and_needs_no_order(texts, question):
    found = on_topic([question], texts)[question]
    assert found is None or 0 <= found <= len(texts)
    assert on_topic([question], reversed(texts))[question] == found
