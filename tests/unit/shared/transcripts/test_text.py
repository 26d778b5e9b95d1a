"""White space and words: short cuts say what the long way says."""

import re

from hypothesis import given
from hypothesis import strategies as st

from shared.transcripts.records import Host
from shared.transcripts.speakers.inline import inline_labels
from shared.transcripts.speakers.people import People
from shared.transcripts.text import folded, word_count

BLANKS = st.text(st.sampled_from("ab \t\n\x1c\x85\xa0\u2003\u200b"))
PEOPLE = People(Host("Ida Stone", ("Ida",)), ("Rolf Quill",))
PIECES = [
    "Ida",
    " Stone",
    "Rolf",
    "Guest",
    "Guest A",
    ":",
    " :",
    "://",
    " ",
    ".",
    "'",
    "”",
    "--",
    "x",
]


@given(BLANKS)
def test_folded_text_has_single_blanks_and_none_at_its_ends(text):
    assert folded(text) == " ".join(text.split())


@given(BLANKS)
def test_words_of_folded_text_are_what_stands_between_blanks(text):
    assert word_count(folded(text)) == len(text.split())


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_inline_labels_are_found_where_trying_every_place_finds_them(text):
    labels = inline_labels(PEOPLE, text)
    found = [(one.span(), one["label"]) for one in labels.found_in(text)]
    assert found == [(one.span(), one["label"]) for one in re.finditer(labels.pattern, text)]
