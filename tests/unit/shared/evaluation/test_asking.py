"""Questions are asked several at a time, and their answers come in the order of the questions."""

import threading
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.evaluation.asking import answers_of


@given(st.lists(st.integers(), max_size=30), st.integers(1, 8))
def test_each_is_asked_once_and_answered_in_order(questions: list[int], at_once: int) -> None:
    asked: list[int] = []

    def ask(question: int) -> int:
        asked.append(question)
        return question + 1

    assert [answer() for answer in answers_of(ask, questions, at_once)] == [
        q + 1 for q in questions
    ]
    assert sorted(asked) == sorted(questions)


def test_as_many_as_may_be_are_asked_at_the_same_time() -> None:
    together = threading.Barrier(4)

    def ask(question: int) -> int:
        together.wait(timeout=10)  # breaks unless four are asked at once
        return question

    assert [answer() for answer in answers_of(ask, range(8), 4)] == list(range(8))


@pytest.mark.parametrize("at_once", [1, 4])
def test_an_error_comes_at_its_own_place_and_the_others_go_on(at_once: int) -> None:
    def ask(question: int) -> int:
        if question == 2:
            raise ValueError(question)
        return question

    got: list[int | str] = []
    for answer in answers_of(ask, range(5), at_once):
        try:
            got.append(answer())
        except ValueError:
            got.append("refused")
    assert got == [0, 1, "refused", 3, 4]


@pytest.mark.parametrize(("at_once", "most"), [(1, 1), (3, 4)])
def test_who_stops_early_asks_no_more(at_once: int, most: int) -> None:
    asked: list[int] = []
    with closing(answers_of(asked.append, range(100), at_once)) as answers:
        next(answers)()
    assert 1 <= len(asked) <= most
