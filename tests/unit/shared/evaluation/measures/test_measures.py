import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import shows
from shared.evaluation import measures, scoring
from shared.evaluation.measures import Answer
from shared.evaluation.measures.leakage import SEED_WORDS

QUOTE = 'Finish the following sentence: "Man desires not only to be loved'
vocabulary = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=14)


SHOW = shows.parse(
    {
        "name": "porch",
        "title": "The Porch",
        "feed": "http://127.0.0.1:1/",
        "host": {"name": "Ida Stone", "aliases": ["Ida"]},
        "training": {"suffix": "Ida responds:"},
    },
    "test",
)


def scored(*answers, wordings=None, training=()):
    """The metrics that have a number, and the answers it was taken from."""
    found = scoring.score(answers, SHOW, scoring.Known(wordings or {}))
    texts = [answer.text for answer in answers]
    found += measures.leakage(measures.longest_shared_spans(texts, training))
    return {one.metric: (one.value, one.n) for one in found if one.value is not None}


def reasons(*answers):
    """Why a metric has no number."""
    found = scoring.score(answers, SHOW, scoring.Known())
    return {one.metric: one.reason for one in found if one.value is None}


def said(text, question="Why?", cut_off=None):
    return Answer(question, text, cut_off)


def prose(n_words, seed=1):
    words = [f"w{number}" for number in range(n_words)]
    random.Random(seed).shuffle(words)
    return " ".join(words)


def test_without_answers_there_is_no_number_and_a_reason():
    assert scored() == {}
    assert reasons() == {"answers": "there are no answers"}


def test_empty_answers_are_counted_and_left_out_of_everything_else():
    found = scored(said("one two three"), said(" … "), said(""))
    assert found["answers"] == (1, 3)
    assert found["empty"] == (2 / 3, 3)
    assert found["mean_words"] == (3.0, 1)
    assert found["cue_echoed"] == (0.0, 1)


def test_answers_that_are_all_empty_have_no_length():
    assert scored(said(""))["answers"] == (0, 1)
    assert reasons(said(""))["mean_words"] == "every answer is empty"


def test_the_length_is_the_mean_of_words_over_all_answers():
    found = scored(said("one two three"), said("one"))
    assert found["answers"] == (2, 2)
    assert found["mean_words"] == (2.0, 2)


# Quotes


def wordings_of(*turns, question=QUOTE):
    return measures.find_wordings([question], turns)


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
    assert measures.find_wordings(["Why is this?"], ["Why is this? Because."]) == {}


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


@pytest.mark.parametrize(
    ("question", "begun"),
    [
        ('Finish the following sentence: "Man desires', ("man", "desires")),
        ("Complete this sentence: “Man desires …”", ("man", "desires")),
        ('Please finish this famous quote by Smith: "Man desires"', ("man", "desires")),
        ('Why is "skin in the game" a deep insight?', ()),
        ('How does he finish the "prairie"?', ()),
    ],
)
def test_a_question_asks_for_a_quote_when_it_asks_to_finish_a_sentence_that_it_begins(
    question, begun
):
    assert measures.quote_beginning(question) == begun


def test_a_profile_gives_whole_sentences_and_further_wordings():
    show = SHOW.model_copy(
        update={
            "quotes": (
                "Man desires, not only to be loved, but to be lovely.",
                "Man desires not only to be loved but lovely.",
                "Another sentence.",
            )
        }
    )
    heard = ["Man desires not only to be loved but praised."]
    wordings = scoring.known(show, [QUOTE, "Why?"], heard, ()).wordings
    assert wordings == {
        QUOTE: {("but", "to", "be", "lovely"), ("but", "lovely"), ("but", "praised")}
    }


def test_a_quote_that_nobody_knows_has_no_number_and_says_what_to_do():
    assert "give the whole sentences under `quotes:`" in reasons(said("x", QUOTE))["quote_exact"]


# Degeneration


def test_degeneration_worked_by_hand():
    # 40 words: a b a b ...; 37 four-grams of which two differ; 39 two-grams of which two differ
    found = scored(said("a b " * 20))
    assert found["repeated_4grams"][0] == pytest.approx(1 - 2 / 37)
    assert found["distinct_2"][0] == pytest.approx(2 / 39)


def test_an_answer_of_which_nobody_knows_how_it_ended_is_not_called_whole():
    assert "cut_off" not in scored(said(prose(40)))


def test_only_short_answers_say_why_there_is_no_number():
    assert reasons(said("short"))["distinct_2"] == "no answer has 40 words or more"


def test_a_loop_repeats_its_4grams_and_prose_does_not():
    loop, plain = scored(said("round and round " * 20)), scored(said(prose(60)))
    assert loop["repeated_4grams"][0] > 0.9
    assert loop["distinct_2"][0] < 0.1
    assert plain["repeated_4grams"] == (0.0, 1)
    assert plain["distinct_2"] == (1.0, 1)
    assert loop["compression_ratio"][0] > 3 * plain["compression_ratio"][0]


def test_short_answers_are_left_out_of_repetition_but_not_of_what_was_cut_off():
    found = scored(said(prose(39), cut_off=False), said(prose(40), cut_off=True), said(prose(3)))
    assert found["cut_off"] == (0.5, 2)
    assert found["repeated_4grams"][1] == 1
    assert "distinct_2" not in scored(said(prose(39)))


CIRCLES = (
    "open source is hard because it has no guarantee of being open source. it's hard to be open source, "
    "and I think it's hard to say that open source is hard"
)


@pytest.mark.parametrize(
    ("text", "circles"),
    [
        (CIRCLES, 1.0),
        (f"{prose(300)} {CIRCLES} {CIRCLES}", 1.0),
        (f"{prose(130)} {prose(130)}", 1.0),
        ("round and round " * 8, 1.0),
        (prose(200), 0.0),
        (f"You know, I think that {prose(30)}. You know, I think that {prose(30, 2)}.", 0.0),
        ("no no no no", 0.0),
    ],
)
def test_an_answer_that_goes_in_circles_is_told_from_one_with_a_habit(text, circles):
    assert scored(said(text))["looping"] == (circles, 1)


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
    spans = measures.longest_shared_spans(
        ["“It's all, so to SPEAK, weather.”"], ["well it’s all so to speak weather"]
    )
    assert spans == [6]


@given(answer=vocabulary, source=vocabulary)
def test_the_longest_shared_span_is_that_of_an_exhaustive_search(answer, source):
    spans = (
        size
        for size in range(len(answer), SEED_WORDS - 1, -1)
        for at in range(len(answer) - size + 1)
        for other in range(len(source) - size + 1)
        if answer[at : at + size] == source[other : other + size]
    )
    assert measures.longest_shared_spans([" ".join(answer)], [" ".join(source)]) == [next(spans, 0)]


def test_without_training_text_there_is_no_leakage_to_speak_of():
    (one, *_) = measures.leakage([])
    assert (one.value, one.n, one.reason) == (
        None,
        0,
        "there is no training text to compare with",
    )


# Role slips


@pytest.mark.parametrize(
    ("metric", "text", "slipped"),
    [
        ("third_person", "Ida Stone often says so.", 1.0),
        ("third_person", "That is Ida Stone's view.", 1.0),
        ("third_person", "I'm Ida Stone, and I say so.", 0.0),
        ("third_person", "A stone, said Ida.", 0.0),
        ("speaks_as_interviewer", "In your new book you say so.", 1.0),
        ("speaks_as_interviewer", "As you pointed out, it rains.", 1.0),
        ("speaks_as_interviewer", "My guest today is a roofer.", 1.0),
        ("speaks_as_interviewer", "I read a book about roofs.", 0.0),
        ("artefacts", "It costs 1, 367 dollars.", 1.0),
        ("artefacts", "Well . . . maybe", 1.0),
        ("artefacts", "Write to <EMAIL>.", 1.0),
        ("artefacts", "It costs 1,367 dollars... maybe", 0.0),
    ],
)
def test_slips_of_role_and_traces_of_cleaning_are_counted(metric, text, slipped):
    assert scored(said(text))[metric] == (slipped, 1)


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
            Answer,
            question=st.sampled_from([QUOTE, "Why?", "Who were guests in 2014?"]),
            text=st.text() | st.text("AB .,and"),
            cut_off=st.booleans(),
        )
    )
)
def test_any_text_can_be_scored_and_shares_stay_shares(answers):
    book = measures.guest_book([(2014, ["A B"])])
    for one in scoring.score(answers, SHOW, scoring.Known({QUOTE: {("but",)}}, book)):
        if one.value is None:
            assert one.reason
            continue
        assert 0 < one.n <= len(answers)
        if one.metric not in ("answers", "mean_words", "compression_ratio"):
            assert 0 <= one.value <= 1
