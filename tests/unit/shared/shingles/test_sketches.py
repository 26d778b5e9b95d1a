"""Copies of one talk are found whatever was changed in them, and other talks of the show are not."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.corpus.near_duplicates import LIKE
from shared.shingles import near_duplicate_pairs, resemblance, sketch
from shared.shingles.sketches import COMMON

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


SAID, OTHER = talk(1), talk(2)
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
    assert resemblance(changed, sketch([SAID])) >= LIKE
    assert resemblance(changed, sketch([OTHER])) < LIKE / 3


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_likeness_is_near_the_true_share_of_shingles_in_common(seed, share):
    first, second = talk(seed, 800).split(), talk(seed + 20_000, 800).split()
    cut = int(800 * share)
    one, other = " ".join(first), " ".join(first[:cut] + second[cut:])
    shingles = [{tuple(text.split()[at : at + 8]) for at in range(793)} for text in (one, other)]
    true = len(shingles[0] & shingles[1]) / len(shingles[0] | shingles[1])
    assert abs(resemblance(sketch([one]), sketch([other])) - true) < 0.35


@given(st.lists(st.text(max_size=40), max_size=5))
def test_likeness_is_whole_with_itself_or_nothing(texts):
    own = sketch(texts)
    assert resemblance(own, own) == (1.0 if own else 0.0)
    assert own == sorted(own)


@pytest.mark.parametrize(
    "text", ["", "Yes.", "Thank you very much for coming to the porch today, Tom."]
)
def test_what_is_too_short_is_like_nothing(text):
    assert sketch([text]) == []


@given(st.integers(12, 64))
def test_the_beginning_of_a_sketch_is_a_sketch(size):
    one, other = sketch([SAID]), sketch([SAID + " " + talk(3, 120)])
    assert resemblance(one[:size], other) >= LIKE > resemblance(one[:size], sketch([OTHER])[:24])


def test_names_of_talks_that_are_alike_come_once_each():
    sketches = {
        "c": sketch([SAID]),
        "a": sketch([SAID + " Thanks."]),
        "b": sketch([OTHER]),
        "d": [],
    }
    assert list(near_duplicate_pairs(sketches, LIKE)) == [("a", "c")]


def test_what_all_talks_of_a_show_have_in_common_is_the_shows_own():
    copies = {f"e{at}": sketch([SAID]) for at in range(COMMON + 1)}
    assert not list(near_duplicate_pairs(copies, LIKE))
