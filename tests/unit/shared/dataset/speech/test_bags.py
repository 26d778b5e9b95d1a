import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.dataset.speech.bags import BAG_WORDS, LONGEST_BAG, Bag, Speech, in_bags


@pytest.mark.parametrize(
    ("n_words", "sizes"), [(0, []), (299, []), (300, [300]), (599, [599]), (700, [350, 350])]
)
def test_words_fill_as_many_bags_as_they_can_evenly(n_words, sizes):
    bags = in_bags(["word"] * n_words)
    assert [len(bag.split()) for bag in bags] == sizes


@given(st.lists(st.text("ab \n", max_size=200), max_size=40))
def test_nothing_said_is_lost_or_said_twice_where_there_is_a_bag(texts):
    said = " ".join(texts).split()
    bags = in_bags(texts)
    assert [word for bag in bags for word in bag.split()] == (
        said if len(said) >= BAG_WORDS else []
    )


def test_words_longer_than_any_speech_has_are_cut():
    (bag,) = in_bags(["x" * 10_000, *["word"] * 299])
    assert len(bag) == LONGEST_BAG


def test_speech_is_read_back_from_json_as_it_was():
    speech = Speech(
        "porch", 7, host=(Bag("e1", "", "naïve 日本"),), others=(Bag("e2", "tom", "x"),)
    )
    assert Speech.from_document(json.loads(json.dumps(speech.document()))) == speech
