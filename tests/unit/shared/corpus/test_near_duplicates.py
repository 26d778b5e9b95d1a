"""Of copies of one talk the best one stays, and other talks of the show are left alone."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.corpus.near_duplicates import near_duplicates
from shared.shingles import sketch
from tests.unit.shared.corpus.sources.test_sources import PREFIX, collect_show, files, of_name
from tests.unit.shared.shingles.test_sketches import talk

SAID = talk(1)
OTHER = talk(2)


def row(name, text, host_share=0.4, n_turns=10, n_tokens=1000, day=1):
    return {
        "episode_id": name,
        "published": datetime(2024, 1, day, tzinfo=UTC),
        "sketch": sketch([text]),
        "host_share": host_share,
        "n_turns": n_turns,
        "n_tokens": n_tokens,
    }


@pytest.mark.parametrize(
    ("one", "other", "worse"),
    [
        (row("a", SAID), row("b", SAID, day=2), "b"),
        (row("a", SAID, host_share=0.0), row("b", SAID, day=2), "a"),
        (row("a", SAID, n_turns=3), row("b", SAID, day=2), "a"),
        (row("a", SAID, n_tokens=900), row("b", SAID, day=2), "a"),
        (row("a", SAID, host_share=None, n_turns=99), row("b", SAID), "a"),
    ],
)
def test_the_better_copy_stays(one, other, worse):
    (name,) = near_duplicates([one, other])
    assert name == worse


def test_of_three_copies_one_stays_and_other_talks_are_left_alone():
    rows = [
        row("a", SAID),
        row("b", SAID, day=2),
        row("c", SAID, day=3),
        row("d", OTHER),
        row("e", ""),
    ]
    found = near_duplicates(rows)
    assert {name: other["episode_id"] for name, other in found.items()} == {"b": "a", "c": "a"}


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 20)), max_size=8))
def test_whoever_goes_names_one_that_stays(talks):
    rows = [row(f"e{at}", talk(seed, 200), n_turns=turns) for at, (seed, turns) in enumerate(talks)]
    found = near_duplicates(rows)
    assert not {other["episode_id"] for other in found.values()} & found.keys()
    assert len(rows) - len(found) == len({seed for seed, _ in talks})


def as_talk(text, guest="Tom Ash"):
    words = text.split()
    return "\n\n".join(
        f"**{guest if at % 2 else 'Ida Stone'}:** {' '.join(words[at * 50 : at * 50 + 50])}."
        for at in range(30)
    ).encode()


def test_a_second_export_of_an_episode_is_refused_with_the_name_of_the_better_one(lake):
    lake.write(f"{PREFIX}2024-03-01-boats.md", as_talk(SAID))
    lake.write(
        f"{PREFIX}2024-03-02-boats.txt", as_talk(SAID, "TOM ASH") + b"\n\n**Ida Stone:** Bye.\n"
    )
    lake.write(f"{PREFIX}2024-03-03-rope.md", as_talk(OTHER))
    collect_show(lake, files())
    rows = of_name(lake)
    (worse,) = [found for found in rows.values() if found["status"] == "refused"]
    assert (worse["reason"], worse["n_turns"]) == ("near_duplicate", 0)
    kept = next(found for name, found in rows.items() if "boats" in name and found is not worse)
    assert kept["url"] in worse["detail"]
    assert worse["duplicate_of"] == kept["episode_id"]
    assert worse["episode_id"] not in {turn["episode_id"] for turn in lake.read_rows("turns")}
    assert collect_show(lake, files(), run_id="r2").unchanged == 3
    lake.delete([kept["url"].removeprefix("s3://porch-lake/")])
    collect_show(lake, files(), run_id="r3")
    assert {found["status"] for found in of_name(lake).values()} == {"parsed"}
