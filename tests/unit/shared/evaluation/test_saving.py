"""Answers and votes are kept as they come, in time that grows with them and not with their square."""

from typing import TypedDict

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from shared.evaluation.saving import ONE_IN, saved_rows

KEY = "runs/r1/answers/a.json"


class Numbered(TypedDict):
    """A row of one column."""

    n: int


class Slate:
    """What a bucket does with JSON, and how many rows were written to it."""

    def __init__(self):
        self.documents, self.written = {}, 0

    def read_json(self, key):
        return self.documents.get(key)

    def write_json(self, key, rows):
        self.documents[key] = list(rows)
        self.written += len(rows)


def keep(slate, rows):
    with saved_rows(slate, KEY, Numbered) as kept:
        for row in rows:
            kept.add(row)
    return slate.documents.get(KEY)


@given(st.integers(0, 300), st.integers(0, 300))
@examples(max_examples=20)
def test_what_is_kept_is_what_was_added_over_several_calls(before, more):
    slate = Slate()
    rows = [{"n": n} for n in range(before + more)]
    keep(slate, rows[:before])
    assert (keep(slate, rows[before:]) or []) == rows


def test_the_first_rows_are_kept_each_before_the_next_and_later_ones_soon_after():
    slate = Slate()
    with saved_rows(slate, KEY, Numbered) as kept:
        for n in range(500):
            kept.add({"n": n})
            missing = n + 1 - len(slate.documents[KEY])
            assert missing <= n / ONE_IN


def test_ten_times_as_many_rows_take_about_ten_times_as_much_writing():
    few, many = Slate(), Slate()
    keep(few, [{}] * 1_000)
    keep(many, [{}] * 10_000)
    assert many.written < 12 * few.written


def test_what_was_added_is_kept_whatever_ends_the_work_and_nothing_is_written_for_nothing():
    slate = Slate()

    def interrupted():
        yield from ({"n": n} for n in range(100))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        keep(slate, interrupted())
    assert len(slate.documents[KEY]) == 100
    written = slate.written
    keep(slate, [])
    assert slate.written == written
