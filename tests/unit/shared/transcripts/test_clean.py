"""Cleaning removes what is listed and nothing else."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import EMAIL, PHONE
from shared.transcripts import Host, clean_text, read_transcript
from shared.transcripts.clean import count_replaceable
from tests.places import GIVEN

TALKS = GIVEN / "data" / "founderstalk"
CUE_WORDS = {"unintelligible", "laughter", "laughs", "laugh", "ringing"}


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("The graphite[?] alone.", "The graphite alone."),
        ("I was [inaudible 00:12:34] there", "I was there"),
        ("[Laughter] Okay. [crosstalk 00:01:10]", "Okay."),
        ("so [unintelligible 00:04:01.06] yes [laughs].", "so yes."),
        ("Gummer [probably Gumer--Econlib Ed.].", "Gummer."),
        ("It is [more to come, 44:02]", "It is"),
        ("one[04:10]two", "one two"),
        ("well -- that--is – it", "well — that—is — it"),
        ("a\u00a0b\u200b c\u00ad", "a b c"),
        ("caf\u00c3\u00a9 cafe\u0301", "café café"),
    ],
)
def test_cues_dashes_and_broken_characters_are_put_right(text, cleaned):
    assert clean_text(text).text == cleaned


@pytest.mark.parametrize(
    "text",
    [
        "1,367,440 sparrows and 3.5 of 7:30, on 10–20",
        "He had had it... 'No,' she said. \"Well…\" it’s “so”",
        "[Qt] and [the need] (as it were)",
        "Amazon.com, node.js, 2007-2009, 555-1234, 1-2-3, section 4.4.2",
        "a < b & c > d, AT&amp;T",
        "“CAFÉ” he said, MONTÁS’s “Ü”… €50–€60, £5½",
    ],
)
def test_numbers_quotations_ellipses_and_words_stay_as_they_are(text):
    assert clean_text(text).text == text


@pytest.mark.parametrize(
    ("text", "cleaned", "kind"),
    [
        ("write to me.too@example.org.", "write to <EMAIL>.", "email"),
        ("see https://example.org/a?b=1, or", "see <URL>, or", "url"),
        ("at example.com/deal today", "at <URL> today", "url"),
        ("go to www.example.org.", "go to <URL>.", "url"),
        ("call 415-555-0134 or wait", "call <PHONE> or wait", "phone"),
        ("call (415) 555-0134.", "call <PHONE>.", "phone"),
        ("call +44 20 7946 0018 now", "call <PHONE> now", "phone"),
        ("call +44 20 7946 0018--now", "call <PHONE>—now", "phone"),
        ("write to me--too@example.org", "write to <EMAIL>", "email"),
    ],
)
def test_addresses_are_replaced_and_counted(text, cleaned, kind):
    result = clean_text(text)
    assert result.text == cleaned
    assert {name: n for name, n in result.replaced.items() if n} == {kind: 1}


@pytest.mark.parametrize(
    ("pattern", "kind"),
    [
        (EMAIL, "email"),
        (PHONE, "phone"),
        (re.compile(r"https?://[a-z]{1,9}", re.IGNORECASE | re.ASCII), "url"),
        (re.compile(r"www\.[a-z]{1,9}", re.IGNORECASE | re.ASCII), "url"),
        (re.compile(r"[a-z]{1,9}\.(?:com|org)/[a-z]{0,9}", re.IGNORECASE | re.ASCII), "url"),
    ],
)
@given(data=st.data())
def test_no_address_is_passed_over_however_it_is_written(pattern, kind, data):
    address = data.draw(st.from_regex(pattern, fullmatch=True))
    assert count_replaceable([f"to {address} é"])[kind] == 1
    assert clean_text(f"to {address} é").replaced[kind] == 1


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_ascii_is_cleaned_like_the_same_text_beside_other_characters(text):
    assert f"{clean_text(f'{text} x').text} é" == clean_text(f"{text} x é").text


@given(st.lists(st.from_regex(r"[A-Za-z]{1,9}[,.!?;]?|[0-9]{1,3}(,[0-9]{3})?", fullmatch=True)))
def test_every_ordinary_word_and_number_survives(words):
    assert clean_text(" ".join(words)).text.split() == words


@given(
    st.text(st.sampled_from("abZ09 .,:;!?'\"<>@/+-–—…“”’é\u00a0\u200b\n"))
)  # cues may nest, so no brackets
def test_cleaning_twice_changes_nothing(text):
    once = clean_text(text).text
    assert clean_text(once).text == once
    assert not re.search(r"\s\s|^\s|\s$", once)


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"[\w'’]+", text))


@pytest.mark.skipif(
    not TALKS.is_dir(), reason="the folder of given data is not beside the repository"
)
def test_of_real_turns_only_cues_marks_and_addresses_go():
    """Held against a plain count of words, which knows none of the cleaning's own patterns."""
    host, kept = Host("Adam Stacoviak", ("Adam",)), 0
    for path in sorted(TALKS.glob("*.md")):
        read = read_transcript(path.read_bytes(), content_type=None, host=host, guests=())
        for turn in read.turns:
            cleaned = clean_text(turn.text).text
            addresses = [word for word in turn.text.split() if re.search(r"@|/|www\.|\d-\d", word)]
            marks = re.findall(r"[\[(][^\[\]()]*[\])]", turn.text)
            lost = words(turn.text) - words(cleaned) - words(" ".join(addresses))
            cues = words(" ".join(mark for mark in marks if set(words(mark)) & CUE_WORDS))
            assert not lost - cues - words(" ".join(re.findall(r"\d+", " ".join(marks)))), turn.text
            assert set(words(cleaned) - words(turn.text)) <= {"EMAIL", "URL", "PHONE"}
            kept += words(cleaned).total()
    assert kept > 600_000
