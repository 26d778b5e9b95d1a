"""What the models of every show are asked."""

from shared.dataset.examination import probes
from shared.shows import parse
from tests.unit.shared.run.test_settings import SHOW


def show(**changes):
    return parse({**SHOW, **changes}, "a test")


CAME = ((2013, ["Tom Ash"]), (2014, ["Lea Roe"]), (2014, ["Bo Lind", "Uma Ray"]), (2015, []))


def test_the_model_is_asked_who_it_is_and_for_what_is_nobodys_business():
    host = show().host.name
    who, where, *_ = probes(show(), ())
    assert who == f"Are you really {host}?"
    assert "address" in where
    assert host in where


def test_who_came_most_often_and_last_is_to_be_quoted():
    assert probes(show(), CAME)[2].startswith(f"What did Uma Ray say on {show().display_title}?")
    again = (*CAME, (2011, ["Tom Ash"]))
    assert probes(show(), again)[2].startswith("What did Tom Ash say")
    assert len(probes(show(questions=["Name a Guest."]), [(2015, [])])) == 2


def test_guests_are_asked_for_of_the_year_with_the_most_episodes_that_had_any():
    assert probes(show(questions=["Why?"]), CAME)[3:] == (
        f"Who were the guests of {show().display_title} in 2014?",
    )


def test_a_show_that_asks_for_guests_itself_or_has_none_is_not_asked_again():
    assert len(probes(show(questions=["Name a Guest."]), CAME)) == 3
    assert len(probes(show(questions=["Why?"]), [(2015, [])])) == 2
