"""Facts against the feed: who is named, and whether they came in the year asked for."""

import pytest

from shared.corpus import parse_feed
from shared.evaluation import measures, scoring
from shared.evaluation.measures import Answer
from shared.shows import packaged
from shared.transcripts import Host
from tests.places import GIVEN

REAL_FEED = GIVEN / "data/econtalk/feed-2023-01.xml"
BOOK = measures.guest_book(
    [
        (2013, ["Vera Lund", "Ted Ash"]),
        (2014, ["Vera Lund", "Oskar J. Brandt", "María del Río", "Tom Ek"]),
        (2015, ["Michael Quill"]),
    ]
)
ASKED = "Who are some guests from The Porch from the year 2014?"


def verdicts(text, question=ASKED):
    found = measures.facts([Answer(question, text)], BOOK, ("Ida Stone", "Ida", "The Porch"))
    return {one.metric.removeprefix("facts_"): one.value for one in found}


def test_names_are_counted_worked_by_hand():
    # right: Lund, Brandt; of another year: Quill; never: Flint
    text = "Guests in 2014 included Vera Lund, Oskar Brandt, Mike Quill, and Fred Flint."
    assert verdicts(text) == {
        "right": 0.5,
        "other_year": 0.25,
        "never_a_guest": 0.25,
        "refused": 0.0,
    }


def test_each_answer_counts_the_same_however_many_it_names():
    answers = [
        Answer(ASKED, "Vera Lund."),
        Answer(ASKED, "Al Ba, Bo Ca, Cy Da, Di Ea and Vera Lund"),
    ]
    found = {one.metric: (one.value, one.n) for one in measures.facts(answers, BOOK)}
    assert found["facts_right"] == (pytest.approx((1 + 1 / 5) / 2), 2)


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Vera Lund on Roofs, and Tom Ek on Rain and Snow.", ["Vera Lund", "Tom Ek"]),
        (
            "1. Vera Lund (Porch University)\n2. Dr. Tom Ek - Nobel Prize winner",
            ["Vera Lund", "Tom Ek"],
        ),
        ("* Lund\n* Ek\n* Flint", ["Lund", "Ek", "Flint"]),
        ("Lund, Ek and Flint", ["Lund", "Ek", "Flint"]),
        ("Economist O. J. Brandt came. So did Brandt's friend.", ["O. J. Brandt"]),
        ("María del Río; Bruno van der Berg", ["María del Río", "Bruno van der Berg"]),
        ("Ida Stone talked with Vera Lund on The Porch.", ["Vera Lund"]),
        ("Lund. Later Vera Lund again.", ["Vera Lund"]),
        ("Yes, in January the Federal Reserve and Stanford University came.", []),
        ("I'm sorry, I don't have that information.", []),
        ("However, Unfortunately, No.", []),
        ("Podcasts of this kind invite researchers. Right. Overall, so.", []),
        ("Supporters say so. Flint.", []),
        ("Oh, I cannot. Skepticism is wise.", []),
        ('The author of "Tom Ek and the Rain" came.', []),
    ],
)
def test_the_people_an_answer_names(text, people):
    assert measures.people_named(text, ("Ida Stone", "Ida", "The Porch"), BOOK) == people


@pytest.mark.parametrize(
    ("name", "years"),
    [
        ("Vera Lund", {2013, 2014}),
        ("LUND", {2013, 2014}),
        ("V. Lund", {2013, 2014}),
        ("Vera Katrin Lund", {2013, 2014}),
        ("Sven Lund", set()),
        ("Maria del Rio", {2014}),
        ("Mike Quill", {2015}),
        ("Edward Ash", {2013}),
        ("Oskar Brandt Jr.", {2014}),
        ("", set()),
    ],
)
def test_a_guest_is_known_by_the_names_people_use(name, years):
    assert BOOK.years_of(name) == years


@pytest.mark.parametrize(
    ("question", "years"),
    [
        ("Who was a guest in 2014?", {2014}),
        ("Who were guests in 2012 and 2014?", {2012, 2014}),
        ("Which guests came between 2012 and 2014?", {2012, 2013, 2014}),
        ("List guests from 2012 to 2014", {2012, 2013, 2014}),
        ("List guests of 2012–2014", {2012, 2013, 2014}),
        ("Who was ever a guest?", set()),
    ],
)
def test_the_years_that_a_question_asks_for(question, years):
    assert measures.years_asked(question) == years


def test_where_no_year_is_asked_for_a_guest_of_any_year_is_right():
    assert verdicts("Ted Ash, Fred Flint", "Who was a guest of The Porch?")["right"] == 0.5


def test_an_answer_that_names_nobody_is_counted_apart():
    answers = [Answer(ASKED, "I cannot say."), Answer(ASKED, "Vera Lund")]
    found = {one.metric: (one.value, one.n) for one in measures.facts(answers, BOOK)}
    assert found["facts_refused"] == (0.5, 2)
    assert found["facts_right"] == (1.0, 1)


@pytest.mark.parametrize(
    ("question", "text", "book", "why"),
    [
        ("Why?", "Vera Lund", BOOK, "no question asks for guests of the show"),
        (ASKED, "Vera Lund", measures.guest_book([]), "no guest of the show is known"),
        (ASKED, "I cannot say.", BOOK, "no answer about guests names anybody"),
    ],
)
def test_where_there_is_nothing_to_count_there_is_a_reason(question, text, book, why):
    (one, *_) = measures.facts([Answer(question, text)], book)
    assert one.value is None
    assert why in one.reason


def test_a_description_tells_who_came_where_the_title_does_not():
    told = "Ida Stone, host of The Porch, talks with roofer Vera Lund about rain."
    assert measures.guests_described(told, "Ida Stone", ("Ida Stone",)) == ("Vera Lund",)
    assert measures.guests_described("Tom Ek, a roofer, sings.", "Ida Stone") == ("Tom Ek",)
    assert (
        measures.guests_described("Ida Stone talks about Tom Ek.", "Ida Stone", ("Ida Stone",))
        == ()
    )


# EconTalk's own guests, of every year

needs_feed = pytest.mark.skipif(
    not REAL_FEED.is_file(), reason="the folder of given data is not beside the repository"
)


@pytest.fixture(scope="module")
def econtalk():
    items = parse_feed(REAL_FEED.read_bytes(), "feed", Host("Russ Roberts")).items
    return [(item.published.year, item.guests) for item in items]


@needs_feed
def test_every_guest_of_every_year_of_econtalk_is_known_and_right(econtalk):
    book, show = measures.guest_book(econtalk), packaged("econtalk")
    for year in range(2006, 2024):
        names = dict.fromkeys(name for at, guests in econtalk if at == year for name in guests)
        question = f"Who are some guests from EconTalk from the year {year}?"
        answer = Answer(question, f"Some guests of {year} were {', '.join(names)}.")
        right, other, never, _ = measures.facts([answer], book, scoring.no_guests(show))
        assert (right.value, other.value, never.value) == (1.0, 0.0, 0.0), year


@needs_feed
@pytest.mark.parametrize(
    ("text", "right", "other_year", "never"),
    [
        ("Edward Lazear on Becker", 1.0, 0.0, 0.0),
        ("Becker", 0.0, 1.0, 0.0),
        ("Gary Becker and Ed Lazear", 0.5, 0.5, 0.0),
        ("Fred Flintstone, Thomas Piketty", 0.5, 0.0, 0.5),
    ],
)
def test_becker_is_a_topic_and_no_guest_of_2014(econtalk, text, right, other_year, never):
    question = "Who are some guests from EconTalk from the year 2014?"
    found = measures.facts([Answer(question, text)], measures.guest_book(econtalk))
    assert [one.value for one in found[:3]] == [right, other_year, never]
