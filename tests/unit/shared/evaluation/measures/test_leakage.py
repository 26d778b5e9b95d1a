"""Where a text repeats the training text, to the character."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.evaluation.measures import copied_spans, copied_words, recital, without_copied
from shared.evaluation.measures.leakage import Span
from shared.words import placed_words, words

SAID = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"


def marked(text, corpus, **options):
    (spans,) = copied_spans([text], corpus, **options)
    return [text[span.start : span.end] for span in spans]


def test_a_copied_run_is_marked_from_its_first_letter_to_its_last():
    text = f'Well, "{SAID.title()}": so there.'
    assert marked(text, ["no", f"and {SAID.upper()}, fifteen"]) == [SAID.title()]


def test_twelve_words_are_no_copy_and_thirteen_are():
    twelve, thirteen = (" ".join(SAID.split()[:n]) for n in (12, 13))
    assert marked(f"{twelve} else", [SAID]) == []
    assert marked(f"{thirteen} else", [SAID]) == [thirteen]


def test_words_of_two_texts_make_no_run_together():
    first, second = " ".join(SAID.split()[:7]), " ".join(SAID.split()[7:])
    assert marked(SAID, [first, second]) == []


def test_what_overlaps_is_one_span_and_counts_its_words_once():
    text = "a b c d e x c d"
    (spans,) = copied_spans([text], ["a b c", "c d e"], least=3)
    assert spans == [Span(0, 9, 5)]


def test_each_text_has_its_own_spans_and_without_a_corpus_none():
    assert copied_spans(["a b c", "c b a", ""], ["z a b c"], least=3) == [[Span(0, 5, 3)], [], []]
    assert copied_spans(["a b c"], [], least=3) == [[]]


@given(st.text())
def test_placed_words_lie_in_order_where_they_say(text):
    placed = placed_words(text)
    assert all(words(text[start:end]) for _, start, end in placed)
    assert [start for _, start, _ in placed] == sorted(start for _, start, _ in placed)


# How much of an answer is copied

TOLD = [
    " ".join(f"{word}{number}" for word in ("oak", "elm", "ash", "yew", "fir"))
    for number in range(12)
]
TEXT = " ".join(TOLD)


def changed(text, every, change):
    said = text.split()
    return " ".join(
        change(word) if at % every == every - 1 else word for at, word in enumerate(said)
    )


def copied(text, corpus=(TEXT,)):
    (found,) = copied_words([text], corpus)
    return found


@pytest.mark.parametrize(
    ("text", "least"),
    [
        (TEXT, 1.0),
        (changed(TEXT, 10, lambda _: "new"), 0.85),
        (changed(TEXT, 6, lambda _: "new"), 0.8),
        (changed(TEXT, 4, lambda _: "new"), 0.7),
        (changed(TEXT, 6, lambda word: f"{word} and"), 0.8),
        (changed(TEXT, 6, lambda _: ""), 0.95),
        (f"{' '.join(TEXT.split()[:20])} {' '.join(f'own{n}' for n in range(40))}", 0.3),
    ],
    ids=[
        "verbatim",
        "tenth word",
        "sixth word",
        "fourth word",
        "words added",
        "left out",
        "a third",
    ],
)
def test_what_is_recited_nearly_word_for_word_is_a_recital(text, least):
    found = copied(text)
    assert found.share >= least
    assert found.recites


def test_what_is_not_copied_is_left_as_it_was_written():
    (left,) = without_copied([f"Well, I said: {TEXT.upper()}! And that’s that."], [TEXT])
    assert left == "Well, I said: ! And that’s that."
    assert without_copied(["Well, well.", ""], [TEXT]) == ["Well, well.", ""]


def test_a_collage_of_many_texts_is_a_recital_and_shared_phrases_are_none():
    texts = [f"{one} {one[::-1]}" for one in TOLD]
    pieces = [" ".join(f"{word}{at}" for word in "abcdefg") for at in range(6)]
    assert copied(" ".join(pieces), [f"x {piece} y" for piece in pieces]).recites
    phrases = " ".join(f"oak{n} elm{n} ash{n} my{n} own{n} words{n} here{n}" for n in range(8))
    assert copied(phrases, texts).n_copied == 0


def test_a_run_of_six_counts_and_one_of_five_does_not_and_a_courtesy_is_no_recital():
    six, five = (" ".join(TEXT.split()[:n]) for n in (6, 5))
    assert copied(f"{six} else").n_copied == 6
    assert copied(f"{five} else").n_copied == 0
    assert not copied(six).recites


def test_words_in_another_order_are_not_copied():
    said = TEXT.split()
    thirds = [" ".join(said[at : at + 3]) for at in range(0, 60, 3)]
    assert copied(" ".join(reversed(thirds))).n_copied == 0


def test_the_scores_of_a_recital_are_the_mean_share_and_the_share_of_answers():
    mean, recites = recital(copied_words([TEXT, "nothing of it at all"], [TEXT]))
    assert (mean.metric, mean.value, mean.n) == ("copied_words", 0.5, 2)
    assert (recites.metric, recites.value, recites.n) == ("recites", 0.5, 2)
    assert recital([])[0].reason


@given(st.lists(st.sampled_from("abc"), max_size=30), st.lists(st.sampled_from("abc"), max_size=30))
def test_no_more_is_copied_than_is_there_and_all_of_a_text_of_itself(answer, source):
    found = copied(" ".join(answer), [" ".join(source)])
    assert 0 <= found.n_copied <= found.n_words == len(answer)
    if len(answer) >= 6:
        assert copied(" ".join(answer), [" ".join(answer)]).share == 1.0
