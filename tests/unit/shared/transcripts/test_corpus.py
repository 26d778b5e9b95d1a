"""The corpus of invented talks: what is read exactly stays so, and nothing is misread without a word."""

from functools import cache

import pytest

from tests.ratchet.reader import reading
from tests.talks import GUEST, HOST, timed, wrapped
from tests.talks.cases import case, verdict
from tests.talks.corpus import corpus


@cache
def verdicts():
    return {
        one.name: verdict(one, reading(one.body, one.host, one.aliases, one.guests))
        for one in corpus()
    }


def test_everything_is_read_exactly_or_rightly_refused():
    right = ("exact", "rightly refused")
    assert {name: kind for name, kind in verdicts().items() if kind not in right} == {}


@pytest.mark.parametrize("words", [5, 9, 20])
@pytest.mark.parametrize("begun", ["I", "So", "And", "Does", "It's", "The", "We", "Rolf"])
def test_a_name_never_reaches_from_one_cue_into_the_next(words, begun):
    talk = [
        (HOST, f"When you first heard it, what did you think was wrong? {begun}"),
        (GUEST, f"Thought it was the frame. You always blame the frame. {begun}"),
    ] * 4
    cues = [f"{who}: {part}" for who, said in talk for part in wrapped(said, words)]
    one = case("zoom", timed([(3 * at, cue) for at, cue in enumerate(cues)], "vtt"), talk, GUEST)
    assert verdict(one, reading(one.body, one.host, one.aliases, one.guests)) == "exact"


PAGE = "<!doctype html><html><body><h1>Bells</h1>{}{}</body></html>"
TALK = "".join(
    f"<p><b>{who}:</b> We cast it in year {at}.</p>" for at, who in enumerate([HOST, GUEST] * 3)
)


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/bells/2/">2</a>',
        '<a class="page-numbers" href="https://example.org/bells/2/"><span>2</span></a>',
        '<a rel="next" href="?page=2">Older</a>',
        '<a href="/bells?p=1&amp;page=2">Next page</a>',
        '<a href="bells-2.html">Continue to page 2</a>',
    ],
)
def test_a_talk_that_may_go_on_on_another_page_is_told_of(link):
    found = reading(PAGE.format(TALK, link).encode(), HOST, (), ())
    assert any("the talk may go on at" in warning for warning in found["warnings"])


@pytest.mark.parametrize(
    "link",
    [
        '<a href="/bells/comment-page-2/">Next comments</a>',
        '<a href="/bells/3/">3</a>',
        '<a href="/season/2/">All of the second season</a>',
        '<link rel="next" href="/on-mud/">',
    ],
)
def test_other_links_are_no_second_page(link):
    found = reading(PAGE.format(TALK, link).encode(), HOST, (), ())
    assert not any("may go on" in warning for warning in found["warnings"])
