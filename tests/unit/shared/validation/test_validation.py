"""What a person wrote, read: JSON's escapes in a YAML file among it."""

import json

import pytest

from shared.errors import InvalidField
from shared.shows import parse_yaml
from shared.transcripts.shapes.front_matter import split_front_matter
from shared.validation import did_you_mean, read_yaml

SAID = ["🌧", "rain 🌧 falls", "👩‍🌾", "𝄞", "plain", "é", "雨", "🌧🌧", "\u2028", "a\\b", '"']


@pytest.mark.parametrize("text", SAID, ids=range(len(SAID)))
def test_json_is_read_as_yaml_with_its_emoji_whole(text):
    document = {text: [text, {"deep": text}], "n": 1, "none": None}
    assert read_yaml(json.dumps(document)) == document


def test_half_a_pair_is_a_character_that_says_so():
    assert read_yaml('{"a": "x\\ud83dy"}') == {"a": "x\ufffdy"}


def test_a_profile_in_json_may_ask_with_an_emoji():
    profile = {
        "name": "porch",
        "feed": "https://example.org/feed.xml",
        "host": {"name": "Ida Stone"},
        "questions": ["Why rain? 🌧"],
    }
    show = parse_yaml(json.dumps(profile), "porch.json")
    assert show.questions[0].encode().endswith("🌧".encode())


WHOLE = """name: porch
feed: https://example.org/feed.xml
host: {name: Ida Stone}
"""


def refusal(text):
    """What is said of a profile, without its first words."""
    with pytest.raises(InvalidField) as refused:
        parse_yaml(text, "porch.yaml")
    return str(refused.value).split(": ", 1)[1]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("questoins: [a]", "line 4, questoins is no key there; did you mean questions?"),
        ("training: {must_haves: [a]}", "line 4, training.must_haves is no key there; did you mean must_have?"),
        ("fetch: {zzz: 1}", "line 4, fetch.zzz is no key there; its keys are user_agent, delay_seconds,"),
        ("questions: Why?", "line 4, questions is 'Why?'; write a list: `questions: ['Why?']`"),
        ("questions: [7]", "line 4, questions.0 is 7; put it in quotation marks: `'7'`"),
        ("title: no", "line 4, title is False; put it in quotation marks: `title: 'no'`"),
        ("title: 007", "line 4, title is 7; put it in quotation marks: `title: '007'`"),
        ("title: 12:30", "line 4, title is 750; put it in quotation marks: `title: '12:30'`"),
        ("questions: ['Why?', on]", "questions.1 is True; put it in quotation marks: `'on'`"),
        ("title: 2012", "line 4, title is 2012; put it in quotation marks: `title: '2012'`"),
        ("questions:\n- Finish this: Man", "a colon made a key of it; put it in quotation marks: 'Finish this: Man'"),
        ("training: {seed: x}", "line 4, training.seed is 'x'; write a whole number"),
        ("training: {min_pairs: 3}", "line 4, training.min_pairs is 3; write a number from 10 up"),
        ("evaluation: {temperature: hot}", "line 4, evaluation.temperature is 'hot'; write a number"),
        ("evaluation: {temperature: 7}", "write a number of at most 2"),
        ("fetch: {timeout_seconds: 0}", "write a number above 0"),
        ("consent: {scope: s, attested_by: a, date: soon}", "consent.date is 'soon'; write a day such as 2026-01-31"),
        ("consent: {scope: s, date: 2026-01-01}", "line 4, consent.attested_by is missing; write `attested_by: ...`"),
        ("rights: {basis: ''}", "line 4, rights.basis is ''; write something"),
        ("rights: CC0", "line 4, rights is 'CC0'; write `rights: {basis: ...}`"),
        ("speakers: [a]", "line 4, speakers is ['a']; write `speakers: {key: value}`"),
        ("never: ['(']", "line 4, never.0: '(' is not a regular expression"),
        ("evaluation: {judges: [a, b, c, d, e, f]}", "write at most 5"),
        ("transcript_selector: a b", "line 4, transcript_selector is 'a b'; write one such as #transcript"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_with_its_line_and_what_to_write(more, said):
    assert said in refusal(WHOLE + more + "\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WHOLE + "\ttitle: x", "line 4, `title: x`: a tab stands before it; indent with blanks"),
        (WHOLE + "title: Ida: on rain", "line 4, `title: Ida: on rain`: a colon with a blank behind it makes a key"),
        (WHOLE + 'questions:\n  - Finish: "Man\n  - b', 'line 5, `- Finish: "Man`: a quotation mark or bracket opens'),
        (WHOLE + "models: [a\ntitle: x", "indent it like its neighbours"),
        (WHOLE + " title: x", "line 4, `title: x`: it does not fit the lines around it"),
        (WHOLE + "title", "a key has no colon; write `key: value`"),
        (WHOLE + "title: *star", "line 4, `title: *star`: a text may not begin with this mark"),
        (WHOLE + "title: @you", "line 4, `title: @you`: a text may not begin with this mark"),
        (WHOLE + "title: !you x", "line 4, `title: !you x`: a text may not begin with this mark"),
        (WHOLE + "title: '%' \ntitle: b", "the key 'title' stands a second time; keep one"),
        (WHOLE + 'never: ["\\d"]', "a backslash between double quotation marks means something else"),
        (WHOLE + "title: \x07", "a character that no text holds; remove it"),
    ],
)  # fmt: skip
def test_what_is_not_yaml_is_told_in_our_own_words_with_the_line(text, said):
    assert said in refusal(text)


@pytest.mark.parametrize("text", ["", "# nothing\n", "null"])
def test_an_empty_file_is_told_what_it_needs(text):
    assert refusal(text) == "it is empty; needed are name: ..., host: ..."


@pytest.mark.parametrize(
    "text", [WHOLE.replace("porch", "My Porch"), WHOLE.replace("{name: Ida Stone}", "Ida")]
)
def test_nobody_hears_the_librarys_words(text):
    said = refusal(text)
    for word in ("input should", "pattern '", "valid dictionary", "instance of", "string should"):
        assert word not in said.lower()


def test_a_near_name_is_proposed_and_a_far_one_is_not():
    assert did_you_mean("lama-3.1-8b", ["llama-3.1-8b", "gpt-4o"]) == " did you mean llama-3.1-8b?"
    assert did_you_mean("DEMO", ["demo"]) == " did you mean demo?"
    assert did_you_mean("zzz", ["demo"]) == ""


def doubled(levels, shape="[{0}, {0}]"):
    """A document whose every line names the line before it twice."""
    lines = ["a0: &a0 [x]" if "<<" not in shape else "a0: &a0 {x: 1}"]
    return "\n".join(
        lines + [f"a{n}: &a{n} " + shape.format(f"*a{n - 1}", n) for n in range(1, levels)]
    )


UNFOLDS = {
    "lists": doubled(60),
    "mappings": doubled(60, "{{l{1}: {0}, r{1}: {0}}}"),
    "merges": doubled(60, "{{<<: [{0}, {0}], k{1}: 1}}"),
    "a long text": f"a: &a {'x' * 10_000}\nb: [{', '.join(['*a'] * 1000)}]",
    "itself": "a: &a [*a]",
    "itself through a mapping": "a: &a {b: [{c: *a}]}",
    "too deep": "a: " + "[" * 5000 + "]" * 5000,
}


@pytest.mark.parametrize("text", UNFOLDS.values(), ids=UNFOLDS)
def test_a_document_that_unfolds_without_end_is_refused_before_it_does(text):
    with pytest.raises(InvalidField, match=r"aliases|contains itself|nests too deep"):
        parse_yaml(WHOLE + text, "bomb.yaml")
    _, rest = split_front_matter(f"---\ntitle: x\n{text[:15_000]}\n---\ntalk")
    assert rest.strip() == "talk"


def test_aliases_that_stay_small_are_read_and_a_long_document_without_any_is_too():
    assert read_yaml(doubled(5))["a3"] == [[[["x"]] * 2] * 2] * 2
    long = [f"{n}" * 1_000_000 for n in range(3)]
    assert read_yaml(json.dumps(long)) == long
