"""What goes before a pair is what was said just before it, the nearest exchanges first, as far as they fit."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from shared.dataset.files import Precedents, n_tokens


def pair(turn, tokens=10, episode="e1"):
    return {
        "episode_id": episode,
        "turn": turn,
        "prompt_tokens": tokens,
        "completion_tokens": tokens,
    }


TALKS = st.lists(
    st.tuples(st.sampled_from(["e1", "e2"]), st.integers(0, 20), st.integers(1, 50)), max_size=20
).map(lambda found: [pair(turn, tokens, episode) for episode, turn, tokens in sorted(found)])


@given(TALKS, st.integers(0, 200))
def test_what_goes_before_follows_without_a_gap_and_fits(rows, most):
    precedents = Precedents(most)
    for row in rows:
        before = precedents.before(row)
        assert sum(map(n_tokens, before)) <= most
        chain = [*before, row]
        assert {one["episode_id"] for one in chain} == {row["episode_id"]}
        assert all(later["turn"] - earlier["turn"] == 2 for earlier, later in pairwise(chain))


def test_the_nearest_exchanges_are_taken_first():
    precedents = Precedents(45)
    found = [precedents.before(pair(turn)) for turn in (0, 2, 4, 6)]
    assert [[one["turn"] for one in before] for before in found] == [[], [0], [0, 2], [2, 4]]


def test_one_that_does_not_fit_ends_what_goes_before():
    precedents = Precedents(45)
    sizes = {0: 5, 2: 100, 4: 5, 6: 5}
    found = [precedents.before(pair(turn, tokens)) for turn, tokens in sizes.items()]
    assert [[one["turn"] for one in before] for before in found] == [[], [0], [], [4]]


def test_without_room_nothing_goes_before():
    precedents = Precedents(0)
    assert not any(precedents.before(pair(turn)) for turn in (0, 2, 4))
