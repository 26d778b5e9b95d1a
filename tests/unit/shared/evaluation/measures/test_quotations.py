"""What an answer quotes, and whether anybody said it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.evaluation.measures import Answer, quotations, said_of, unsaid_quotes

SAID = "Well, I'd never sell a clock that I couldn't mend myself, and that's that."


def quoted(text, question="What did Lea Roe say?"):
    return [" ".join(one) for one in quotations(Answer(question, text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('She said, "I never sell a clock unmended," and left.', ["i never sell a clock unmended"]),
        ("She said: “I never sell a clock unmended.”", ["i never sell a clock unmended"]),
        ("She said, 'I don't ever sell a clock.' So.", ["i don't ever sell a clock"]),
        ("She said, ‘I don’t ever sell a clock.’", ["i don't ever sell a clock"]),
        ("The clocks' hands, the dogs' bowls and what the cats' owners said", []),
        ('A "five words are too few" saying', []),
        (
            '"One two three four five six ... seven eight nine ten eleven twelve"',
            ["one two three four five six", "seven eight nine ten eleven twelve"],
        ),
        (
            '"One two three four five six [laughs] seven eight nine ten eleven twelve"',
            ["one two three four five six", "seven eight nine ten eleven twelve"],
        ),
        ('Not closed: "one two three four five six seven', []),
        ("She said that she never sold a clock unmended.", []),
    ],
)
def test_what_stands_between_quotation_marks_at_length_is_quoted(text, found):
    assert quoted(text) == found


def test_what_the_question_quoted_is_not_the_answers_own():
    question = 'Why "never sell a clock that you cannot mend"?'
    assert quoted('"Sell a clock that you cannot mend" is a rule.', question) == []
    assert quoted('"Sell a clock that I cannot mend" is a rule.', question) != []


def scored(*texts, spoken=(SAID,)):
    answers = [Answer("What did Lea Roe say?", text) for text in texts]
    said = said_of([one for answer in answers for one in quotations(answer)], spoken)
    (score,) = unsaid_quotes(answers, said)
    return score


def test_a_quotation_counts_as_said_whatever_its_case_and_punctuation():
    assert scored('"I’d NEVER sell a clock that I couldn’t mend…"').value == 0
    assert scored("\"I'd never sell a clock that I couldn't buy\"").value == 1


def test_the_end_of_a_word_is_no_word():
    assert scored("\"I'd never sell a clock that I couldn't men\"").value == 1


def test_one_invented_quotation_among_true_ones_makes_an_invented_answer():
    true, invented = '"I\'d never sell a clock that"', '"One two three four five six seven"'
    score = scored(true, f"{true} and {invented}", "No quotation.", invented)
    assert (score.value, score.n) == (pytest.approx(2 / 3), 3)


def test_answers_that_quote_nobody_have_no_number_and_say_why():
    score = scored("I would rather not.", 'A "short" one.')
    assert score.value is None
    assert "6 words" in score.reason


@given(
    st.lists(st.sampled_from(["so", "we", "had", "to", "mend", "it"]), min_size=6, max_size=40),
    st.data(),
)
def test_any_run_of_what_was_said_is_found(text, data):
    start = data.draw(st.integers(0, len(text) - 6))
    end = data.draw(st.integers(start + 6, len(text)))
    run = tuple(text[start:end])
    assert said_of([run], ["before it", " ".join(text)]) == {run}
    assert said_of([(*run, "nowhere")], [" ".join(text)]) == set()
