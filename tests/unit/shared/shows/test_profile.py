"""A profile means what its author wrote, or says which field does not."""

import pytest

from shared import shows
from shared.errors import InvalidField
from tests.unit.shared.run.porch import SHOW


def test_econtalk_ships_with_the_twelve_questions_and_without_rights():
    show = shows.packaged("econtalk")
    assert len(show.questions) == 12
    assert show.prompt_suffix == "Russ Roberts responds:"
    assert show.rights is None
    assert len(show.training.must_have) == 12


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"feed": None}, "exactly one of feed, urls or transcripts"),
        ({"urls": ["http://127.0.0.1/"]}, "exactly one of feed, urls or transcripts"),
        ({"name": "No Spaces"}, "name"),
        ({"host": {}}, "host.name"),
        ({"hots": 1}, "hots"),
        ({"training": {"must_have": ["("]}}, "not a regular expression"),
        ({"questions": "Why?"}, "questions"),
        ({"key_facts": {"Who?": ["Tom"]}}, "'Who\\?', which is none of the `questions`"),
        ({"key_facts": {SHOW["questions"][0]: [[]]}}, "key_facts"),
        ({"key_facts": {SHOW["questions"][0]: [3]}}, "key_facts"),
    ],
)
def test_a_profile_that_is_not_usable_says_which_field(change, said):
    with pytest.raises(InvalidField, match=said):
        shows.parse({**SHOW, **change}, "mine.yaml")


def test_a_key_fact_is_one_wording_or_several():
    question = SHOW["questions"][0]
    show = shows.parse({**SHOW, "key_facts": {question: ["rain", ["a fence", "fences"]]}}, "test")
    assert show.key_facts == {question: (("rain",), ("a fence", "fences"))}
    assert shows.parse(show.model_dump(mode="json"), "again") == show


def test_the_cue_defaults_to_the_host():
    assert shows.parse(SHOW, "test").prompt_suffix == "Ida Stone responds:"


@pytest.mark.parametrize("entry", ["http://127.0.0.1:1/?a[", "0123abcd", "best of", "(rerun)$"])
def test_episodes_are_excluded_by_address_id_or_pattern(entry):
    assert shows.parse({**SHOW, "exclude": [entry]}, "test").exclude == (entry,)


@pytest.mark.parametrize("entry", ["", "("])
def test_an_exclusion_that_means_nothing_is_refused(entry):
    with pytest.raises(InvalidField, match="exclude"):
        shows.parse({**SHOW, "exclude": [entry]}, "test")
