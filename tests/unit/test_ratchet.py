"""The corpus of invented talks, and how a reading of one is judged."""

from collections import Counter

from tests.ratchet.__main__ import _mark
from tests.talks import GUEST, HOST
from tests.talks.cases import case, refused, verdict
from tests.talks.corpus import corpus

TALK = [(HOST, "Why mud?"), (GUEST, "It floats.")]
TWO = case("two", "", TALK)
EXACT = [[HOST, "host", "Why mud?"], [GUEST, "guest", "It floats."]]


def read(*turns, warnings=()):
    return {"turns": [list(turn) for turn in turns], "warnings": list(warnings)}


def test_every_case_has_a_name_of_its_own():
    names = Counter(one.name for one in corpus())
    assert [name for name, count in names.items() if count > 1] == []


def test_a_reading_is_exact_when_words_speakers_and_host_are():
    assert verdict(TWO, read(*EXACT)) == "exact"


def test_a_word_a_speaker_or_the_host_in_the_wrong_place_is_misread():
    host, guest = EXACT
    for turns in (
        [host],
        [host, [*guest[:2], "It floats"]],
        [host, [HOST, "host", guest[2]]],
        [[HOST, "guest", host[2]], guest],
        [host, [GUEST, "host", guest[2]]],
    ):
        assert verdict(TWO, read(*turns)) == "misread"
        assert verdict(TWO, read(*turns, warnings=["odd"])) == "misread, warned"


def test_a_refusal_is_right_where_nobody_can_be_told_apart():
    assert verdict(TWO, {"refused": "no_labels"}) == "wrongly refused"
    assert verdict(refused("none", "Mud."), {"refused": "no_labels"}) == "rightly refused"
    assert verdict(refused("none", "Mud."), read(*EXACT)) == "misread"


def test_what_was_right_and_is_not_is_lost():
    assert _mark("exact", "misread, warned") == "-"
    assert _mark("rightly refused", "misread") == "-"
    assert _mark("misread", "exact") == "+"
    assert _mark("misread", "wrongly refused") == "~"
    assert _mark("exact", "exact") == " "
