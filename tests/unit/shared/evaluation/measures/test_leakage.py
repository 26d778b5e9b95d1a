"""Where a text repeats the training text, to the character."""

from hypothesis import given
from hypothesis import strategies as st

from shared.evaluation.measures import copied_spans
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
