"""What the models of every show are asked."""

from shared.dataset.eval_set import Appearance, probes, who_talked
from shared.shows import parse
from tests.unit.shared.run.porch import SHOW


def show(**changes):
    return parse({**SHOW, **changes}, "a test")


def came(*years_and_guests):
    return [Appearance(year, "An Evening", guests) for year, guests in years_and_guests]


CAME = came((2013, ["Tom Ash"]), (2014, ["Lea Roe"]), (2014, ["Bo Lind", "Uma Ray"]), (2015, []))


def test_the_model_is_asked_who_it_is_and_for_what_is_nobodys_business():
    host = show().host.name
    who, where, *_ = probes(show(), ())
    assert who == f"Are you really {host}?"
    assert "address" in where
    assert host in where


def test_who_came_most_often_and_last_is_to_be_quoted():
    assert probes(show(), CAME)[2].startswith(f"What did Uma Ray say on {show().display_title}?")
    again = [*CAME, *came((2011, ["Tom Ash"]))]
    assert probes(show(), again)[2].startswith("What did Tom Ash say")
    assert len(probes(show(questions=["Name a Guest."]), came((2015, [])))) == 2


def test_guests_are_asked_for_of_the_year_with_the_most_episodes_that_had_any():
    assert probes(show(questions=["Why?"]), CAME)[3:] == (
        f"Who were the guests of {show().display_title} in 2014?",
    )


def test_a_show_that_asks_for_guests_itself_or_has_none_is_not_asked_again():
    assert len(probes(show(questions=["Name a Guest."]), CAME)) == 3
    assert len(probes(show(questions=["Why?"]), came((2015, [])))) == 2


def talks(*titles_and_guests):
    said = [Appearance(2014, title, guests) for title, guests in titles_and_guests]
    return who_talked(show(), said)


def test_who_talked_about_what_is_asked_of_the_latest_titles_that_say_so():
    titles = [(f"Guest{at} Roe on Topic {at}", [f"Guest{at} Roe"]) for at in range(5)]
    asked = talks(*titles, ("A Panel on Rain", ["Lea Roe", "Tom Ash"]), ("On Rain", ["Lea Roe"]))
    assert asked == {
        f"Who talked about Topic {at} with Ida Stone?": ((f"Guest{at} Roe", "Roe"),)
        for at in (2, 3, 4)
    }


def test_a_name_within_a_topic_is_no_guest_and_a_topic_of_two_guests_is_not_asked_about():
    assert list(talks(("Lea Roe on Ash on Rain", ["Lea Roe"]))) == [
        "Who talked about Ash on Rain with Ida Stone?"
    ]
    assert talks(("Lea Roe on Rain", ["Lea Roe"]), ("Tom Ash on Rain", ["Tom Ash"])) == {}
    assert talks(("Ronson on Rain", ["Lea Roe"]), ("Rain", ["Lea Roe"])) == {}
    assert len(talks(("Lea Roe on Rain", ["Lea Roe"]), ("Lea Roe ON Rain", ["Lea Roe"]))) == 1


def test_every_such_probe_is_among_the_prompts():
    said = [Appearance(2014, "Lea Roe on Rain", ["Lea Roe"])]
    assert set(who_talked(show(), said)) <= set(probes(show(), said))
