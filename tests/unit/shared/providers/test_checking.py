"""A training file is held to its provider's rules before it is sent, and each fault has its line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import catalogue
from shared.catalogue import DataFormat
from shared.providers import Message, checking, formats
from shared.providers.checking import MOST_TOLD, TrainingFileUnusable
from shared.providers.token_counts import count_line

KNOWN = catalogue.packaged()
LIMITS = {"min_examples": 2, "max_tokens_per_example": 100, "max_file_bytes": 10_000}
MODEL = KNOWN.model("gpt-4.1-mini").model_copy(
    update={"limits": KNOWN.model("gpt-4.1-mini").limits.model_copy(update=LIMITS)}
)
FORMATS: tuple[DataFormat, ...] = ("chat", "prompt_completion", "bedrock_conversation")
# Short: of rare characters each byte may be a token, and an example may have a hundred.
SPOKEN = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6).filter(str.strip)


def line(asked: str, said: str, data_format: DataFormat = "chat") -> bytes:
    return formats.encoded((Message("user", asked), Message("assistant", said)), data_format)


def found(body: bytes, data_format: DataFormat = "chat", validation: bytes = b"") -> list[str]:
    count = lambda one: count_line(one, MODEL)  # noqa: E731
    return list(checking.problems(body, MODEL, data_format, count, validation))


@pytest.mark.parametrize("data_format", FORMATS)
@given(pairs=st.lists(st.tuples(SPOKEN, SPOKEN), min_size=2, max_size=4))
def test_what_we_encode_is_never_refused(
    data_format: DataFormat, pairs: list[tuple[str, str]]
) -> None:
    body = b"".join(line(*pair, data_format) for pair in pairs)
    assert found(body, data_format) == []


GOOD = line("Why?", "So.")


def chat(*roles: str) -> bytes:
    messages = [{"role": role, "content": "Why?"} for role in roles]
    return json.dumps({"messages": messages}).encode() + b"\n"


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (b"{\n", "no example"),
        (b"\xff\xfe\n", "no example"),
        (b"[]\n", "no example"),
        (b"3\n", "no example"),
        (b'{"messages": "hello"}\n', "no example"),
        (b'{"messages": [{"role": "user"}]}\n', "no example"),
        (b'{"messages": [{"role": "user", "content": 3}]}\n', "no example"),
        (line("Why?", "So.", "bedrock_conversation"), "no example"),
        (line("Why?", "So.", "prompt_completion"), "no example"),
        (chat("user"), "from the user to the assistant"),
        (chat("assistant", "user"), "from the user to the assistant"),
        (chat("user", "assistant", "user"), "from the user to the assistant"),
        (chat(), "nobody"),
        (line("Why?", " "), "without words"),
        (line("Why? " * 100, "So."), "tokens, more than 100"),
    ],
)
def test_a_bad_line_is_named_with_what_is_wrong(bad: bytes, why: str) -> None:
    (problem,) = found(GOOD + bad + GOOD)
    assert problem.startswith("line 2 ")
    assert why in problem


@pytest.mark.parametrize("said", ["User: why?", "and <image> there", "the [EOS] of it"])
def test_a_reserved_word_is_found_where_it_fails_a_job_and_only_there(said: str) -> None:
    raw = json.loads(line("Why?", "So.", "bedrock_conversation"))
    raw["messages"][0]["content"][0]["text"] = said
    body = (json.dumps(raw) + "\n").encode() * 2
    assert len(found(body, "bedrock_conversation")) == 2
    assert found(line(said, "So.") * 2) == []


def test_a_classic_line_without_its_marks_is_none() -> None:
    body = b'{"prompt": "Why?", "completion": "So."}\n' * 2
    assert len(found(body, "prompt_completion")) == 2


def test_a_classic_answer_without_words_is_found() -> None:
    good = line("Why?", "So.", "prompt_completion")
    (problem,) = found(good + line("Why?", " ", "prompt_completion"), "prompt_completion")
    assert problem == "line 2 has a message without words"


@pytest.mark.parametrize(
    ("prompt", "completion"),
    [
        ("One.\n\n###\n\nTwo.\n\n###\n\n", " So.\n\n---"),
        ("Why?\n\n###\n\n", " One.\n\n---\n\nTwo.\n\n---"),
    ],
)
def test_a_mark_within_a_classic_line_is_found(prompt: str, completion: str) -> None:
    bad = json.dumps({"prompt": prompt, "completion": completion}).encode() + b"\n"
    (problem,) = found(line("Why?", "So.", "prompt_completion") + bad, "prompt_completion")
    assert problem.startswith("line 2 is no example")


@pytest.mark.parametrize(("body", "validation"), [(GOOD, GOOD.rstrip()), (GOOD.rstrip(), GOOD)])
def test_a_line_is_the_same_without_the_newline_at_the_end(body: bytes, validation: bytes) -> None:
    (problem,) = found(line("When?", "Now.") + body, validation=validation)
    assert problem == "line 2 stands in the validation file too"


def test_what_the_model_is_validated_on_does_not_train_it() -> None:
    (problem,) = found(GOOD + line("When?", "Now."), validation=GOOD)
    assert problem == "line 1 stands in the validation file too"


def test_a_file_has_to_be_large_enough_and_not_too_large() -> None:
    assert found(GOOD) == ["it has 1 examples, fewer than 2"]
    assert found(GOOD * 500)[0].startswith("it has ")


def test_the_first_problems_are_told_and_the_others_counted() -> None:
    with pytest.raises(TrainingFileUnusable, match=f"and {30 - MOST_TOLD} more") as refused:
        checking.check(chat("user") * 30, MODEL, "chat", lambda _: 1)
    assert str(refused.value).count("line ") == MOST_TOLD
