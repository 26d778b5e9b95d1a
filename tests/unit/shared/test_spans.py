"""Runs of eight words as numbers: the same run, the same number, whatever stands around it."""

from hypothesis import given
from hypothesis import strategies as st

from shared.spans import distinct, span_hashes, spans_in
from shared.words import words


@given(st.lists(st.sampled_from("abc"), max_size=30))
def test_every_span_has_one_number(letters):
    said = words(" ".join(letters))
    spans = [said[at : at + 8] for at in range(len(said) - 7)]
    numbers = list(span_hashes(said))
    assert len(numbers) == len(spans)
    assert len(set(numbers)) == len(set(spans))


@given(st.lists(st.sampled_from("abc"), max_size=30))
def test_a_span_has_the_same_number_wherever_it_stands(letters):
    said = words(" ".join(letters))
    alone = [list(span_hashes(said[at : at + 8])) for at in range(len(said) - 7)]
    assert [[number] for number in span_hashes(said)] == alone


def test_the_numbers_of_spans_stay_those_that_are_stored():
    assert list(span_hashes(words("one two three four five six seven eight nine"))) == [
        981_907_680_535_306_803,
        607_654_965_078_346_053,
    ]


@given(st.lists(st.lists(st.sampled_from(["a", "b.", "ü"]), max_size=12).map(" ".join), max_size=6))
def test_spans_in_texts_are_those_of_each_text(texts):
    hashes, of_text = spans_in(texts)
    alone = [(number, at) for at, text in enumerate(texts) for number in span_hashes(words(text))]
    assert list(zip(hashes, of_text, strict=True)) == alone


@given(st.lists(st.lists(st.sampled_from("ab"), max_size=20)))
def test_distinct_numbers_are_in_order_and_once(talks):
    hashes = span_hashes(letter for talk in talks for letter in talk)
    assert distinct(hashes).tolist() == sorted(set(hashes.tolist()))
