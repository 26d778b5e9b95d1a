"""The same content has the same name in every process, and other content another."""

from hypothesis import given
from hypothesis import strategies as st

from shared.ids import digest

PARTS = st.lists(st.text() | st.integers() | st.none() | st.booleans(), max_size=4)


def test_a_name_never_changes_because_objects_already_bear_it():
    assert digest("porch", 1) == "ab8c6385edfa72f923b52512"
    assert len(digest("porch", length=12)) == 12


def test_the_order_of_keys_is_nothing_and_that_of_parts_is_all():
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest("a", "b") != digest("b", "a")


@given(PARTS, PARTS)
def test_parts_that_differ_have_names_that_differ(some, others):
    same = [(type(part), part) for part in some] == [(type(part), part) for part in others]
    assert (digest(*some) == digest(*others)) is same
