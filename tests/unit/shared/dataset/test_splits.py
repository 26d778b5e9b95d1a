"""Which episodes are held out, and that they stay so."""

from hypothesis import given
from hypothesis import strategies as st

from shared.dataset.episodes import SKETCHED
from shared.dataset.splits import (
    HELD_OUT_EPISODES,
    Assigned,
    Episode,
    assign,
    from_rows,
    held_out_target,
    renewed,
    rows_of,
)
from shared.shingles import sketch


def talk(number, words=400):
    """A talk of its own words."""
    return " ".join(f"word{number}x{at}" for at in range(words))


def episode(number, *, name=None, title="", text=None, day=None):
    return Episode(
        name or f"e{number}",
        title,
        f"2020-01-{day or number:02d}",
        tuple(sketch([text or talk(number)])[:SKETCHED]),
    )


def held_out(assigned):
    return sorted(one.episode.episode_id for one in assigned if one.split == "held_out")


def test_the_latest_episodes_are_held_out():
    assert held_out(assign([episode(n) for n in range(1, 11)], [])) == ["e10", "e9"]


def test_a_show_of_a_few_episodes_holds_none_out_and_a_large_one_fifty():
    assert [held_out_target(n) for n in (0, 1, 4, 5, 17, 50, 250, 574, 100_000)] == [
        *(0, 0, 0, 1, 5, 10, HELD_OUT_EPISODES, 50, 50)
    ]


def test_who_has_a_place_keeps_it_and_new_episodes_train_once_enough_are_held_out():
    first = assign([episode(n) for n in range(1, 11)], [])
    later = assign([episode(n) for n in range(11, 15)], first)
    assert [one.split for one in later] == ["train"] * 4
    (grown,) = assign([episode(15)], [*first, *later])
    assert grown.split == "held_out"  # fifteen episodes: three


@given(st.lists(st.integers(1, 28), unique=True, min_size=1, max_size=28), st.integers(1, 27))
def test_the_order_and_the_addresses_do_not_matter(numbers, turn):
    episodes = [episode(n, day=1) for n in numbers]
    renamed = [episode(n, day=1, name=f"other{n}") for n in numbers[turn:] + numbers[:turn]]
    before, after = held_out(assign(episodes, [])), held_out(assign(renamed, []))
    assert sorted(name.removeprefix("e") for name in before) == sorted(
        name.removeprefix("other") for name in after
    )


def test_an_episode_at_another_address_goes_where_it_was():
    first = assign([episode(n) for n in range(1, 11)], [])
    moved = [episode(n, name=f"new{n}", title="Renamed") for n in (3, 9, 10)]
    assert {one.episode.episode_id: one.split for one in assign(moved, first)} == {
        "new3": "train",
        "new9": "held_out",
        "new10": "held_out",
    }


def test_an_episode_that_nearly_repeats_one_that_trained_trains_too():
    first = assign([episode(n) for n in range(1, 6)], [])
    again = episode(28, text=talk(1) + " with an afterword of a few words more")
    others = [episode(n) for n in range(20, 25)]  # ten episodes: one more is held out
    assert held_out(assign([again, *others], first)) == ["e24"]


def test_parts_of_one_talk_go_together():
    parts = [
        episode(9, title="Rain, Part 1"),
        episode(10, title="Rain (Part 2)"),
        *(episode(n, title=f"Talk of day {n}") for n in range(1, 9)),
    ]
    assert held_out(assign(parts, [])) == ["e10", "e9"]
    apart = [episode(5, name="first", title="Rain, Part 1", text=talk(28)), *parts[1:]]
    splits = {one.episode.episode_id: one.split for one in assign(apart, [])}
    assert splits["first"] == splits["e10"]


def test_episodes_of_one_title_are_different_episodes():
    assigned = assign([episode(n, title="Untitled") for n in range(1, 11)], [])
    assert held_out(assigned) == ["e10", "e9"]


def test_what_is_kept_is_read_back():
    assigned = assign([episode(n) for n in range(1, 11)], [])
    assert from_rows(rows_of(assigned)) == assigned
    assert all(isinstance(one, Assigned) for one in assigned)


def test_an_episode_in_the_lake_is_known_as_the_lake_has_it_and_who_left_it_as_before():
    kept = [Assigned(episode(1, title="Rain"), "held_out"), Assigned(episode(2), "train")]
    now = episode(1, title="Rain again", text=talk(3))
    assert renewed(kept, {"e1": now}) == [Assigned(now, "held_out"), kept[1]]


def test_talks_too_short_to_be_known_again_go_where_they_are_due():
    short = [episode(n, text="Hello and good bye.") for n in range(1, 11)]
    assert held_out(assign(short, [])) == ["e10", "e9"]
