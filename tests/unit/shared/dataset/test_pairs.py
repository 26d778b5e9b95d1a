import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import tokens
from shared.dataset.boilerplate import Sifter
from shared.dataset.pairs import pairs_of
from shared.lake.schemas import SCHEMAS
from shared.shows import Training
from shared.transcripts import clean_text

TRAINING = Training(must_have=("chesterton\\sfence", "prairie"))


def turns(*spoken):
    """Rows of `turns` from "host: text", "guest: text" or "other: text"."""
    said = (line.split(": ", 1) for line in spoken)
    return [{"role": role, "text": text, "n_tokens": tokens.count(text)} for role, text in said]


def pairs(*spoken, training=TRAINING, episode_id="e1"):
    return list(pairs_of(turns(*spoken), "porch", episode_id, training))


def texts(*spoken):
    return [(pair.prompt, pair.completion) for pair in pairs(*spoken)]


def test_a_guest_says_and_the_host_answers():
    spoken = "host: Welcome.", "guest: Why a porch?", "host: For the rain.", "guest: I see."
    assert texts(*spoken) == [("Why a porch?", "For the rain.")]


def test_anybody_but_the_host_may_prompt():
    assert texts("other: A caller asks why.", "host: Because.") == [
        ("A caller asks why.", "Because.")
    ]


def test_a_guest_who_answers_a_guest_makes_no_pair():
    assert texts("guest: Why?", "other: Who knows?", "guest: I do.") == []


def test_the_host_alone_makes_no_pair():
    assert texts("host: Welcome.", "host: Goodbye.") == []


def test_a_turn_of_which_cleaning_leaves_nothing_makes_no_pair():
    assert texts("guest: [laughter]", "host:  ", "guest: So?", "host:  ") == []


def test_a_pair_is_measured_as_it_is_kept():
    (pair,) = pairs("guest: Why  a porch?", "host: For the rain.")
    row = pair.row()
    assert row["prompt"] == "Why a porch?"
    assert row["prompt_tokens"] == tokens.count("Why a porch?")
    assert (row["prompt_words"], row["prompt_chars"]) == (3, 12)
    assert (row["completion_words"], row["completion_chars"]) == (3, 13)
    assert set(row) == set(SCHEMAS["pairs"].names)


@pytest.mark.parametrize(
    ("prompt", "completion", "matched"),
    [
        ("Nothing here.", "Nor here.", ()),
        ("What of the PRAIRIE?", "Yes.", (1,)),
        ("What of it?", "Take Chesterton fence, or a prairie.", (0, 1)),
    ],
)
def test_must_have_patterns_are_found_in_either_text_whatever_their_case(
    prompt, completion, matched
):
    (pair,) = pairs(f"guest: {prompt}", f"host: {completion}")
    assert pair.must_have_patterns == matched
    assert pair.row()["must_have"] is bool(matched)


@given(
    st.sampled_from(["fence", "the fence", "don't", "well-known", "a.c", "\\bfen", "İ", "ski"]),
    st.lists(st.sampled_from([*"The FENCE don't ſki abc İ 'well-known' K—"]), max_size=30),
)
def test_a_pattern_is_found_wherever_its_regular_expression_matches(pattern, said):
    text = clean_text("".join(said)).text or "x"
    (pair,) = pairs("guest: Why?", f"host: {text}", training=Training(must_have=(pattern,)))
    assert bool(pair.must_have_patterns) == bool(re.search(pattern, text, re.IGNORECASE))


def test_tokens_are_counted_again_where_cleaning_changes_a_turn():
    (pair,) = pairs("guest: Why -- a porch?", "host: [laughs] For the rain.")
    assert pair.prompt == "Why — a porch?"
    assert pair.prompt_tokens == tokens.count(pair.prompt)
    assert pair.completion_tokens == tokens.count("For the rain.")


def test_no_pattern_matches_across_the_two_texts():
    (pair,) = pairs("guest: I like Chesterton", "host: fence builders.")
    assert pair.must_have_patterns == ()


def test_the_same_words_have_the_same_name_and_other_words_another():
    said = "guest: Why?", "host: Because."
    (pair,) = pairs(*said)
    assert pairs(*said) == [pair]
    assert pairs("guest: Why?", "host: Just because.")[0].pair_id != pair.pair_id
    assert pairs(*said, episode_id="e2")[0].pair_id != pair.pair_id


def test_a_held_out_episode_is_held_out_whole():
    spoken = turns("guest: Why?", "host: Because.", "guest: And?", "host: So.")
    found = pairs_of(spoken, "porch", "e1", TRAINING, "held_out")
    assert [pair.split for pair in found] == ["held_out"] * 2


def test_what_the_sifter_takes_out_is_in_no_pair():
    never = Sifter(never=(re.compile("porch fund", re.IGNORECASE),))
    spoken = turns(
        "guest: Why?",
        "host: Because. This show is brought to you by the Porch Fund. So there.",
        "guest: And?",
        "host: Go to the Porch Fund!",
    )
    found = pairs_of(spoken, "porch", "e1", TRAINING, sifter=never)
    assert [pair.completion for pair in found] == ["Because. So there."]
