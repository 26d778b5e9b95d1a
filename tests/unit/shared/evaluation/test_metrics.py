import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.evaluation import metrics
from shared.evaluation.metrics import Answer

QUOTE = 'Finish the following sentence: "Man desires not only to be loved'
vocabulary = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=14)


def scored(*answers, cue="Ida responds:", wordings=None, training=()):
    found = metrics.score(answers, cue=cue, wordings=wordings or {}, training=training)
    return {one.metric: (one.value, one.n) for one in found}


def said(text, question="Why?", cut_off=False):
    return Answer(question, text, cut_off)


def prose(n_words, seed=1):
    words = [f"w{number}" for number in range(n_words)]
    random.Random(seed).shuffle(words)
    return " ".join(words)


def test_no_answers_have_no_scores():
    assert scored() == {}


def test_the_length_is_the_mean_of_words_over_all_answers():
    found = scored(said("one two three"), said("one"))
    assert found["answers"] == (2, 2)
    assert found["mean_words"] == (2.0, 2)


# Quotes


def wordings_of(*turns, question=QUOTE):
    return metrics.find_wordings([question], turns)


def test_the_continuation_is_what_the_host_says_up_to_the_end_of_the_sentence():
    turns = ["He wrote: “Man desires, not only to be loved, but to be lovely.” I like that."]
    assert wordings_of(*turns) == {QUOTE: {("but", "to", "be", "lovely")}}


def test_every_wording_of_a_quote_is_kept():
    turns = [
        "Man desires not only to be loved but to be lovely.",
        "MAN DESIRES NOT ONLY TO BE LOVED, but lovely, too",
    ]
    assert wordings_of(*turns)[QUOTE] == {("but", "to", "be", "lovely"), ("but", "lovely", "too")}


def test_a_beginning_is_found_only_in_whole_words_and_only_where_it_goes_on():
    assert wordings_of("A human desires not only to be loved but praised.") == {}
    assert wordings_of("Man desires not only to be loved.") == {}


def test_a_question_that_asks_for_no_quote_has_no_wordings():
    assert metrics.find_wordings(["Why is this?"], ["Why is this? Because."]) == {}


def test_a_quote_completed_word_for_word_is_exact_whatever_its_punctuation_and_case():
    wordings = {QUOTE: {("but", "to", "be", "lovely")}}
    found = scored(said("But to be LOVELY! And more.", QUOTE), wordings=wordings)
    assert found["quote_exact"] == (1.0, 1)
    assert found["quote_edit_ratio"] == (1.0, 1)


def test_an_answer_may_repeat_the_beginning_first():
    wordings = {QUOTE: {("but", "to", "be", "lovely")}}
    text = "The sentence is “Man desires not only to be loved, but to be lovely.”"
    assert scored(said(text, QUOTE), wordings=wordings)["quote_exact"] == (1.0, 1)


def test_a_near_miss_is_not_exact_but_close_and_the_best_wording_counts():
    wordings = {QUOTE: {("but", "to", "be", "lovely"), ("something", "else", "entirely")}}
    found = scored(said("but to be lively", QUOTE), wordings=wordings)
    assert found["quote_exact"] == (0.0, 1)
    assert 0.9 < found["quote_edit_ratio"][0] < 1


def test_a_quote_the_host_never_says_is_not_scored():
    assert "quote_exact" not in scored(said("but to be lovely", QUOTE))


def test_only_the_answers_to_quotes_that_were_found_count():
    wordings = {QUOTE: {("but", "to", "be", "lovely")}}
    assert scored(said("Because."), said("No idea", QUOTE), wordings=wordings)["quote_exact"] == (
        0.0,
        1,
    )


# Degeneration


def test_a_loop_repeats_its_4grams_and_prose_does_not():
    loop, plain = scored(said("round and round " * 20)), scored(said(prose(60)))
    assert loop["repeated_4grams"][0] > 0.9
    assert loop["distinct_2"][0] < 0.1
    assert plain["repeated_4grams"] == (0.0, 1)
    assert plain["distinct_2"] == (1.0, 1)
    assert loop["compression_ratio"][0] > 3 * plain["compression_ratio"][0]


def test_short_answers_are_left_out_of_degeneration():
    found = scored(said(prose(39)), said(prose(40), cut_off=True))
    assert found["cut_off"] == (1.0, 1)
    assert found["repeated_4grams"][1] == 1
    assert "distinct_2" not in scored(said(prose(39)))


# Leakage


def test_thirteen_shared_words_are_a_leak_and_twelve_are_not():
    text = prose(40)
    words = text.split()
    for size, leaked in ((12, 0.0), (13, 1.0)):
        training = ["before " + " ".join(words[5 : 5 + size]) + " after"]
        found = scored(said(text), training=training)
        assert found["longest_shared_span"] == (size, 1)
        assert found["leaked"] == (leaked, 1)


def test_a_span_never_runs_from_one_completion_into_the_next():
    words = prose(20).split()
    training = [" ".join(words[:10]), " ".join(words[10:])]
    assert scored(said(" ".join(words)), training=training)["longest_shared_span"][0] == 10


def test_spans_are_compared_without_case_and_punctuation():
    spans = metrics.longest_shared_spans(
        ["“It's all, so to SPEAK, weather.”"], ["well it’s all so to speak weather"]
    )
    assert spans == [6]


@given(answer=vocabulary, source=vocabulary)
def test_the_longest_shared_span_is_that_of_an_exhaustive_search(answer, source):
    spans = (
        size
        for size in range(len(answer), metrics.SEED_WORDS - 1, -1)
        for at in range(len(answer) - size + 1)
        for other in range(len(source) - size + 1)
        if answer[at : at + size] == source[other : other + size]
    )
    assert metrics.longest_shared_spans([" ".join(answer)], [" ".join(source)]) == [next(spans, 0)]


# Role slips


@pytest.mark.parametrize(
    ("text", "echoed"),
    [
        ("Ida responds: well.", 1.0),
        ("well,\n\nida  responds", 1.0),
        ("Frida responds: no", 0.0),
        ("Ida.", 0.0),
    ],
)
def test_an_answer_that_repeats_the_cue_is_counted(text, echoed):
    assert scored(said(text))["cue_echoed"] == (echoed, 1)


@pytest.mark.parametrize(
    ("text", "open_"),
    [
        ('He said "so" and left', 0.0),
        ('He said "so', 1.0),
        ("He said “so” twice", 0.0),
        ("so” he said", 1.0),
        ("it's", 0.0),
    ],
)
def test_a_quotation_left_open_is_counted(text, open_):
    assert scored(said(text))["unbalanced_quotes"] == (open_, 1)


@given(
    st.lists(
        st.builds(
            Answer, question=st.sampled_from([QUOTE, "Why?"]), text=st.text(), cut_off=st.booleans()
        )
    )
)
def test_any_text_can_be_scored_and_shares_stay_shares(answers):
    for one in metrics.score(
        answers, cue="Ida responds:", wordings={QUOTE: {("but",)}}, training=["a b c d"]
    ):
        assert 0 < one.n <= len(answers)
        if one.metric not in ("answers", "mean_words", "longest_shared_span", "compression_ratio"):
            assert 0 <= one.value <= 1
