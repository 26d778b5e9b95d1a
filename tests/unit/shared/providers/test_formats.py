"""Training examples in every format: what is sent can be read back, and holds no mark that is not speech."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import catalogue
from shared.catalogue import DataFormat
from shared.providers import Message, examples, formats, token_counts

FORMATS: tuple[DataFormat, ...] = ("chat", "prompt_completion", "bedrock_conversation")
RESERVED = ("User:", "Bot:", "Assistant:", "System:", "<image>", "<video>", "[EOS]")
SPOKEN = st.lists(
    st.sampled_from([*RESERVED, "so", " ", "<", ">", "[", ":", "User", "é", "\n"])
).map("".join)
NOVA = catalogue.packaged().model("nova-micro")


def example(asked: str, answered: str) -> tuple[Message, ...]:
    return Message("system", "You are Ida."), Message("user", asked), Message("assistant", answered)


@given(SPOKEN)
def test_no_reserved_word_is_left_and_nothing_is_done_twice(text: str) -> None:
    clean = formats.without_reserved_words(text)
    assert not [word for word in RESERVED if word in clean]
    assert formats.without_reserved_words(clean) == clean


@given(SPOKEN)
def test_every_word_that_was_spoken_is_kept(text: str) -> None:
    clean = formats.without_reserved_words(text)
    assert re.findall(r"\w+", clean) == re.findall(r"\w+", text)


@pytest.mark.parametrize(
    "said", ["The user: a novel", "Image of a bot", "ends [EOS", "a < image > b"]
)
def test_speech_that_holds_no_mark_stays_as_it_is(said: str) -> None:
    assert formats.without_reserved_words(said) == said


@pytest.mark.parametrize("data_format", FORMATS)
@given(asked=st.text(min_size=1), answered=st.text(min_size=1))
def test_a_line_is_one_line_and_read_back_as_it_is_sent(
    data_format: DataFormat, asked: str, answered: str
) -> None:
    line = formats.encoded(example(asked, answered), data_format)
    assert line.count(b"\n") == 1
    read = formats.decoded(line)
    assert read[-1].role == "assistant"
    assert {message.role for message in read} <= {"system", "user", "assistant"}
    if data_format == "chat":
        assert read == example(asked, answered)


def test_bedrock_has_the_system_text_beside_the_messages_and_all_content_in_parts() -> None:
    assert json.loads(formats.encoded(example("Why?", "So."), "bedrock_conversation")) == {
        "schemaVersion": "bedrock-conversation-2024",
        "system": [{"text": "You are Ida."}],
        "messages": [
            {"role": "user", "content": [{"text": "Why?"}]},
            {"role": "assistant", "content": [{"text": "So."}]},
        ],
    }


def test_the_classic_format_marks_where_a_prompt_ends_and_where_to_stop() -> None:
    line = json.loads(formats.encoded(example("Why?", "So.")[1:], "prompt_completion"))
    assert line == {"prompt": "Why?\n\n###\n\n", "completion": " So.\n\n---"}


RULED = st.lists(st.sampled_from(["so", "#", "###", "-", "---", "\n", "\n\n", " "]), max_size=12)


@given(asked=RULED.map("".join), answered=RULED.map("".join))
def test_a_mark_of_the_classic_format_is_only_at_the_end(asked: str, answered: str) -> None:
    line = json.loads(formats.encoded(example(asked, answered)[1:], "prompt_completion"))
    assert line["prompt"].find(formats.SEPARATOR) == len(line["prompt"]) - len(formats.SEPARATOR)
    assert line["completion"].find(formats.STOP) == len(line["completion"]) - len(formats.STOP)
    for text, said in ((line["prompt"], asked), (line["completion"], answered)):
        assert re.findall(r"\w+", text) == re.findall(r"\w+", said)


@pytest.mark.parametrize("data_format", FORMATS)
def test_every_format_is_counted_from_what_is_sent(data_format: DataFormat) -> None:
    pair = examples.messages_of("Who makes a prairie?", "Nobody.", "Vera responds:")
    counted = token_counts.count_line(examples.encode_line(pair, data_format), NOVA)
    assert counted >= token_counts.count_line(examples.encode_line(pair), NOVA)
