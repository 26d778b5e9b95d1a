"""Whose words a host's reply is held against."""

from hypothesis import given
from hypothesis import strategies as st

from shared.dataset.eval_set import impostors

TURNS = st.lists(st.text("ab .!", min_size=1, max_size=60), max_size=40)


def row(prompt, completion):
    return {"prompt": prompt, "completion": completion}


def said(text, role="guest"):
    return {"speaker": f"Some {role}", "role": role, "text": text}


def texts(asked, others):
    return [reply and reply.text for reply in impostors(asked, others)]


def test_every_other_impostor_is_longer_than_the_host_and_the_rest_are_shorter():
    asked = [row("one?", "a b c d e f"), row("two?", "a b")]
    others = [said("x"), said("x y"), said("x y z x y z x"), said("two?")]
    assert texts(asked, others) == ["x y z x y z x", "x"]


def test_a_long_turn_is_cut_after_the_sentence_that_brings_it_to_the_length_of_the_host():
    long = "It rained. It rained all day long, and then it stopped! I went home again."
    assert texts([row("one?", "It was dry the whole time.")], [said(long)]) == [
        "It rained. It rained all day long, and then it stopped!"
    ]


def test_a_turn_of_the_same_length_serves_where_nothing_else_is_left():
    assert texts([row("one?", "a b c")], [said("x y z")]) == ["x y z"]


def test_where_nobody_else_speaks_there_is_no_impostor():
    assert texts([row("one?", "a b")], [said("one?")]) == [None]


def test_a_co_host_stands_in_where_one_speaks_often_enough_and_a_guest_where_not():
    others = [said("x y z"), said("u v w"), said("k l m", role="other")]
    assert [one.role for one in impostors([row("?", "a b")], others)] == ["other"]
    assert {one.role for one in impostors([row("?", "a b")] * 2, others)} <= {"guest", "other"}
    assert len(texts([row("?", "a b")] * 2, others)) == 2


@given(TURNS, st.lists(st.integers(1, 60), max_size=12))
def test_every_impostor_is_the_opening_of_a_turn_and_no_turn_serves_twice(turns, lengths):
    found = texts([row("?", "h" * length) for length in lengths], map(said, turns))
    spoken = {turn for turn in turns if turn.strip()}
    assert len([text for text in found if text]) == min(len(spoken), len(lengths))
    assert all(any(turn.strip().startswith(text) for turn in spoken) for text in found if text)


@given(st.lists(st.integers(5, 50), max_size=12))
def test_as_many_are_longer_as_are_shorter_where_there_is_something_of_every_length(lengths):
    others = [said("x" * length + suffix) for length in range(1, 90) for suffix in "abc"]
    found = texts([row("?", "h" * length) for length in lengths], others)
    longer = sum(len(text) > size for text, size in zip(found, lengths, strict=True))
    shorter = sum(len(text) < size for text, size in zip(found, lengths, strict=True))
    assert longer + shorter == len(lengths)
    assert 0 <= longer - shorter <= 1
