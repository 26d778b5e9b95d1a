"""Text from outside can be written, and the addresses and numbers of people in it are seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text import EMAIL, PHONE, encodable, on_own_machine


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
