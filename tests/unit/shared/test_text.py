"""Text from outside can be written, addresses and numbers of people in it are seen, and a key is in none of it."""

import html
import json
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import NoApiKey
from shared.text import EMAIL, PHONE, cleaned_key, encodable, on_own_machine, without_key

KEY = "sk-proj-Abc_9+/=zz"
WORDS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=60)
KEYS = WORDS.filter(lambda key: sum(map(str.isalnum, key)) > 4 and key == cleaned_key(key, "X"))
ESCAPES = {
    "as it is": str,
    "repr": lambda key: repr(f"Bearer {key}\n"),
    "repr of repr": lambda key: repr(repr(key)),
    "repr of bytes": lambda key: repr(f"{key}\r\n".encode()),
    "json": json.dumps,
    "json in json": lambda key: json.dumps(json.dumps(key)),
    "address": lambda key: urllib.parse.quote(key, safe=""),
    "address twice": lambda key: urllib.parse.quote(urllib.parse.quote(key, safe=""), safe=""),
    "html": html.escape,
    "html by number": lambda key: escaped(key, "&#{};"),
    "unicode": lambda key: escaped(key, "\\u{:04x}"),
    "hexadecimal": lambda key: escaped(key, "\\x{:02X}"),
    "quoted printable": lambda key: escaped(key, "={:02X}"),
}


def escaped(key, form):
    return "".join(one if one.isalnum() else form.format(ord(one)) for one in key)


@pytest.mark.parametrize("escape", ESCAPES.values(), ids=ESCAPES)
@given(key=KEYS)
def test_a_key_is_in_no_text_however_it_was_escaped_there(escape, key):
    told = without_key(f"it said: {escape(key)} and no more", key)
    assert "(the API key)" in told
    assert told.startswith("it said: ")
    assert told.endswith(" and no more")
    assert escape(key) not in told
    assert key not in told


def test_a_long_part_of_a_key_is_the_key_too():
    key = "sk-0123456789abcdefghij-tail"
    assert "0123456789abcdefghij" not in without_key("cut: 0123456789abcdefghij", key)


def test_words_that_are_like_a_key_stay():
    text = "standing in the way of a stand; in."
    assert without_key(text, "stand-in") == text
    assert without_key(text, "") == text


@pytest.mark.parametrize(
    "pasted",
    [
        f"{KEY}\n", f" {KEY}\r\n", f"\ufeff{KEY}", f'"{KEY}"', f"'{KEY}'\n", f"“{KEY}”",
        f"‘{KEY}’ ", f"\t{KEY}\0", f"\u200b{KEY}\u00a0", f"`{KEY}`", f"« {KEY} »",
    ],
)  # fmt: skip
def test_what_pasting_leaves_around_a_key_is_no_part_of_it(pasted):
    assert cleaned_key(pasted, "NEBIUS_API_KEY") == KEY


@pytest.mark.parametrize("empty", ["", " ", "\n", '""', "“”", "\ufeff\0"])
def test_nothing_but_blanks_and_quotes_is_no_key(empty):
    assert cleaned_key(empty, "NEBIUS_API_KEY") == ""


@pytest.mark.parametrize(
    "wrong", ["sk-one sk-two", "sk-sch\u00fcssel", "sk-a\nb", "sk-a\0b", "x" * 5000, "sk-a\u200bb"]
)
def test_what_can_be_no_key_is_refused_by_its_place_and_not_repeated(wrong):
    with pytest.raises(NoApiKey, match=r"^NEBIUS_API_KEY holds no API key") as refused:
        cleaned_key(wrong, "NEBIUS_API_KEY")
    assert wrong[:5] not in str(refused.value)


@given(st.text())
def test_what_can_be_written_stays_as_it_is(text):
    assert encodable(text) == text


@given(st.text(st.characters(categories=["Cs", "L"])))
def test_any_text_can_be_written(text):
    encodable(text).encode()


@pytest.mark.parametrize(
    ("text", "written"),
    [("a\ud83d\ude00b", "a\U0001f600b"), ("a\ud83d", "a\ufffd"), ("\ude00b", "\ufffdb")],
)
def test_a_pair_of_surrogates_is_its_character_and_a_lone_one_is_replaced(text, written):
    assert encodable(text) == written


@pytest.mark.parametrize(
    ("url", "own"),
    [
        ("http://127.0.0.1:8080/v1/", True),
        ("http://[::1]/", True),
        ("http://localhost", True),
        ("http://localhost.example/", False),
        ("http://127.0.0.1@models.example/", False),
        ("no address", False),
    ],
)
def test_this_machine_is_known_by_the_host_of_the_address_alone(url, own):
    assert on_own_machine(url) is own


@pytest.mark.parametrize(
    "text", ["a.b+c@d.example", "<ida@porch.example>", "ida@a.b.porch.example."]
)
def test_an_email_address_is_seen(text):
    assert EMAIL.search(text)


@pytest.mark.parametrize("text", ["@porch", "ida@porch", "ida at porch.example"])
def test_what_is_no_email_address_is_not(text):
    assert not EMAIL.search(text)


@pytest.mark.parametrize(
    "text", ["(555) 555-0100", "555-555-0100", "+1 555 555 0100", "+44 20 7946 0958"]
)
def test_a_telephone_number_is_seen(text):
    assert PHONE.search(f"Call {text} today")


@pytest.mark.parametrize("text", ["$555-555-0100", "1,555 555-0100", "1998-2003", "555-555-0100.5"])
def test_an_amount_or_years_are_no_telephone_number(text):
    assert not PHONE.search(f"It was {text} then")
