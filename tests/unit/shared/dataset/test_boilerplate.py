"""What recurs goes, what a show is known for stays."""

from hypothesis import given
from hypothesis import strategies as st

from shared import shows
from shared.dataset.boilerplate import recurring_shingles, sifter
from shared.shingles import shingles_in

SPONSOR = (
    "This show is brought to you by the Porch Fund, which lends money for porches. Go there now."
)
SAYING = "A porch is a room that forgives the weather, and so should we."
SHOW = {"name": "porch", "feed": "http://127.0.0.1:1/", "host": {"name": "Ida Stone"}}


def show(**fields):
    return shows.parse({**SHOW, **fields}, "test")


def episodes(*texts):
    return [[f"Talk {at} begins.", text, f"It ends at {at}."] for at, text in enumerate(texts)]


def sifted(text, in_episodes, **fields):
    (left,) = sifter(show(**fields), recurring_shingles(episodes(*in_episodes))).sifted([text])
    return left


def test_a_span_that_stands_in_three_episodes_goes():
    assert sifted(f"Well. {SPONSOR} So, rain.", [SPONSOR] * 3) == "Well. So, rain."


def test_a_span_that_stands_in_two_episodes_or_three_times_in_one_stays():
    text = f"Well. {SPONSOR} So, rain."
    assert sifted(text, [SPONSOR] * 2) == text
    assert sifted(text, [f"{SPONSOR} {SPONSOR} {SPONSOR}"]) == text


def test_a_span_of_seven_words_stays_and_of_eight_goes():
    seven, eight = "One two three four five six seven.", "One two three four five six seven eight."
    assert sifted(seven, [seven] * 3) == seven
    assert sifted(eight, [eight] * 3) == ""


def test_a_sentence_of_which_little_recurs_stays_whole():
    text = "one two three four five six seven eight and then nine other words come after them, all new."
    assert sifted(text, ["One two three four five six seven eight!"] * 3) == text


def test_a_show_keeps_what_it_is_known_for():
    assert sifted(SAYING, [SAYING] * 3) == ""
    assert sifted(SAYING, [SAYING] * 3, quotes=[SAYING]) == SAYING
    asked = ['Finish the following sentence: "A porch is a room']
    assert sifted(SAYING, [SAYING] * 3, questions=asked) == SAYING
    assert sifted(SAYING, [SAYING] * 3, training={"must_have": ["forgives"]}) == SAYING


def test_what_a_show_never_wants_goes_even_where_it_is_known_for_it():
    text = "Rain is wet. Use code PORCH today! And so on."
    assert sifted(text, [], never=["use code \\w+"]) == "Rain is wet. And so on."
    assert sifted(SAYING, [], never=["forgives"], quotes=[SAYING]) == ""


def test_case_and_punctuation_do_not_hide_what_recurs():
    assert sifted(SPONSOR.upper().replace(",", " —"), [SPONSOR] * 3) == ""


@given(st.lists(st.text()))
def test_without_anything_to_take_out_texts_stay_as_they_are(texts):
    assert sifter(show(), []).sifted(texts) == texts


@given(st.lists(st.sampled_from([SPONSOR, SAYING, "Rain.", f"Well, {SPONSOR}", ""]), max_size=5))
def test_texts_are_sifted_each_for_itself(texts):
    sieve = sifter(show(never=["rain"]), recurring_shingles(episodes(*[SPONSOR] * 3)))
    assert sieve.sifted(texts) == [one for text in texts for one in sieve.sifted([text])]


@given(st.lists(st.lists(st.sampled_from("ab"), max_size=12), max_size=6))
def test_a_span_recurs_when_three_episodes_say_it(talks):
    said = [" ".join(letters) for letters in talks]
    shingles = [set(shingles_in([text])[0].tolist()) for text in said]
    often = {
        one for here in shingles for one in here if sum(one in other for other in shingles) >= 3
    }
    assert recurring_shingles([[text] for text in said]) == sorted(often)
