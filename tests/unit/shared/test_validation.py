"""What a person wrote, read: JSON's escapes in a YAML file among it."""

import json

import pytest

from shared.shows import parse_yaml
from shared.validation import read_yaml

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
