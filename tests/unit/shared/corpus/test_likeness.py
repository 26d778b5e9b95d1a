"""Copies of one talk are found whatever was changed in them, and other talks of the show are not."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.corpus.likeness import LIKE, likeness, near_duplicates, sketch
from tests.unit.shared.corpus.test_sources import PREFIX, collect_show, files, of_name

WORDS = [
    "rain",
    "mud",
    "fence",
    "porch",
    "lamp",
    "swing",
    "river",
    "mill",
    "bread",
    "salt",
    "stone",
    "wheel",
    "goat",
    "barn",
    "hill",
    "moss",
    "creek",
    "plank",
]


def talk(seed, n_words=1500):
    words = random.Random(seed)
    return " ".join(words.choice(WORDS) for _ in range(n_words))


SAID = talk(1)
OTHER = talk(2)
CHANGES = {
    "nothing": lambda text: text,
    "capitals": str.upper,
    "marks": lambda text: text.replace(" ", ", "),
    "a paragraph more": lambda text: text + " " + talk(3, 120),
    "a paragraph less": lambda text: " ".join(text.split()[100:]),
    "an advertisement in the middle": lambda text: text[:4000] + talk(4, 80) + text[4000:],
    "an introduction": lambda text: talk(5, 150) + " " + text,
    "a few words heard otherwise": lambda text: " ".join(
        "hm" if at % 100 == 50 else word for at, word in enumerate(text.split())
    ),
    "line breaks": lambda text: text.replace(" rain ", "\nrain\n"),
    "other quotation marks": lambda text: text.replace("fence", "“fence”"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_copy_is_like_its_talk_and_unlike_any_other(change):
    changed = sketch([CHANGES[change](SAID)])
    assert likeness(changed, sketch([SAID])) >= LIKE
    assert likeness(changed, sketch([OTHER])) < LIKE / 3


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_likeness_is_near_the_true_share_of_shingles_in_common(seed, share):
    first, second = talk(seed, 800).split(), talk(seed + 20_000, 800).split()
    cut = int(800 * share)
    one, other = " ".join(first), " ".join(first[:cut] + second[cut:])
    shingles = [{tuple(text.split()[at : at + 8]) for at in range(793)} for text in (one, other)]
    true = len(shingles[0] & shingles[1]) / len(shingles[0] | shingles[1])
    assert abs(likeness(sketch([one]), sketch([other])) - true) < 0.35


@given(st.lists(st.text(max_size=40), max_size=5))
def test_likeness_is_whole_with_itself_or_nothing(texts):
    own = sketch(texts)
    assert likeness(own, own) == (1.0 if own else 0.0)
    assert own == sorted(own)


@pytest.mark.parametrize(
    "text", ["", "Yes.", "Thank you very much for coming to the porch today, Tom."]
)
def test_what_is_too_short_is_like_nothing(text):
    assert sketch([text]) == []


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
