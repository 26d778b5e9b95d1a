from decimal import Decimal

import pytest

from shared.report import text


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        ("5", "$5.00"),
        ("0.013245", "$0.013245"),
        ("0.0132450001", "$0.013246"),
        ("1234.5", "$1,234.50"),
        ("0", "$0.00"),
        ("0.000000000001", "$0.000001"),
    ],
)
def test_dollars_are_never_shown_as_less_than_they_are(amount, written):
    assert text.dollars(Decimal(amount)) == written


@pytest.mark.parametrize(
    ("share", "written"),
    [(0, "0%"), (0.0004, "<0.1%"), (0.7077, "70.8%"), (0.9999, ">99.9%"), (1, "100%")],
)
def test_a_share_is_whole_or_nothing_only_when_it_is(share, written):
    assert text.percent(share) == written


def test_numbers_agree_with_their_nouns():
    assert text.counted(1, "episode") == "1 episode"
    assert text.counted(1200, "pair") == "1,200 pairs"


def test_parts_are_listed_as_in_a_sentence():
    assert text.listed(["a"]) == "a"
    assert text.listed(["a", "b", "c"]) == "a, b and c"


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "ftp://host/x", "", None, "//host/x"]
)
def test_only_http_and_https_are_web_addresses(url):
    assert text.web_address(url) is None


def test_a_web_address_is_kept_as_it_is():
    assert text.web_address("https://example.org/a?b=1") == "https://example.org/a?b=1"


@pytest.mark.parametrize("host", ["127.0.0.1:8080", "localhost", "[::1]", "[bad"])
def test_what_only_this_machine_serves_is_no_address_to_link(host):
    assert text.web_address(f"http://{host}/1") is None
