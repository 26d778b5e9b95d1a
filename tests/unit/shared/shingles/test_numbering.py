"""Runs of eight words as numbers: the same run, the same number, whatever stands around it."""

from hypothesis import given
from hypothesis import strategies as st

from shared.shingles import SHINGLE_WORDS, among, distinct, in_order, shingle_hashes, shingles_in
from shared.words import words

LETTERS = st.text(
    st.sampled_from("aB_1'\u2019\u201c\u2014\u2026 .\n\u0308\u00fc\u017f-"), max_size=60
)
FEW = st.lists(st.sampled_from(["a", "ab", "b.", "\u00fc", "can't", "'", "\u2014"]), max_size=40)


def spans_of(text):
    said = words(text)
    return [said[at : at + SHINGLE_WORDS] for at in range(len(said) - SHINGLE_WORDS + 1)]


@given(FEW.map(" ".join) | LETTERS | st.text())
def test_every_span_has_one_number(text):
    numbers = shingle_hashes([text]).tolist()
    assert len(numbers) == len(spans_of(text))
    assert len(set(numbers)) == len(set(spans_of(text)))
    assert all(number < 2**60 for number in numbers)


@given(FEW.map(" ".join) | LETTERS | st.text(max_size=100))
def test_a_span_has_the_same_number_wherever_it_stands_and_however_it_is_written(text):
    alone = [shingle_hashes([" -- ".join(span).upper()]).tolist() for span in spans_of(text)]
    assert [[number] for number in shingle_hashes([text]).tolist()] == alone


def test_a_talk_of_days_has_the_same_numbers_as_its_parts():
    said = [f"w{at % 977}x{at % 31}" for at in range(50_000)]
    numbers = shingle_hashes([" ".join(said)]).tolist()
    assert len(numbers) == len(said) - SHINGLE_WORDS + 1
    for at in range(0, len(numbers), 101):
        assert shingle_hashes([" ".join(said[at : at + SHINGLE_WORDS])]).tolist() == [numbers[at]]


@given(st.lists(LETTERS, max_size=6))
def test_texts_are_read_as_one(texts):
    assert shingle_hashes(texts).tolist() == shingle_hashes([" ".join(texts)]).tolist()


def test_where_a_word_ends_makes_a_difference():
    one, other = ("ab c", "a bc")
    assert shingle_hashes([f"{one} d e f g h i"]) != shingle_hashes([f"{other} d e f g h i"])


def test_the_numbers_of_spans_stay_those_that_are_stored():
    assert shingle_hashes(["One two three four five six seven eight; na\u00efve."]).tolist() == [
        495_952_932_027_292_834,
        875_335_259_607_115_058,
    ]


@given(st.lists(FEW.map(" ".join) | LETTERS, max_size=6))
def test_spans_in_texts_are_those_of_each_text(texts):
    hashes, of_text = shingles_in(texts)
    alone = [(number, at) for at, text in enumerate(texts) for number in shingle_hashes([text])]
    assert list(zip(hashes, of_text, strict=True)) == alone


@given(st.lists(st.integers(0, 2**60)), st.lists(st.integers(0, 9)))
def test_distinct_numbers_are_in_order_and_once(numbers, few):
    for some in (numbers, few):
        assert in_order(some).tolist() == sorted(set(some))
        assert distinct(in_order(some)).tolist() == sorted(set(some))


@given(st.lists(st.integers(0, 20)), st.lists(st.integers(0, 20)))
def test_who_is_among_numbers_is_told_of_each(hashes, kept):
    found = among(in_order(hashes), in_order(kept))
    assert found.tolist() == [one in kept for one in sorted(set(hashes))]
