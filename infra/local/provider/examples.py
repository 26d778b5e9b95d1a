"""Training files: what they teach, what is wrong with them, how many tokens they bill."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import tiktoken

from infra.local.provider.behaviours import Counting

_ROLES = frozenset({"system", "developer", "user", "assistant"})
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Example:
    """One training example: what is said to the model, and what it learns to answer."""

    prompt: str
    completion: str


class BadTrainingFile(ValueError):
    """A training file that cannot be used; the message names the line."""


@dataclass(frozen=True, slots=True)
class TrainingData:
    """The lines of a training file that was checked."""

    lines: tuple[Mapping[str, Any], ...]

    def examples(self) -> list[Example]:
        """Return what the lines teach."""
        return [example for line in self.lines for example in _examples(line)]

    def tokens(self, counting: Counting) -> tuple[int, ...]:
        """Return the tokens of each line."""
        return tuple(_tokens(line, counting) for line in self.lines)


def read_training_data(content: bytes) -> TrainingData:
    """Return the lines of chat or prompt/completion JSONL in UTF-8. Raises BadTrainingFile."""
    lines = []
    for number, line in _lines(content):
        try:
            document = json.loads(line)
            _examples(document)
        except ValueError as error:
            raise BadTrainingFile(f"Invalid file format. Line {number}: {error}") from error
        lines.append(document)
    return TrainingData(tuple(lines))


def learnt_chats(data: TrainingData) -> list[list[dict[str, str]]]:
    """Return a chat for each of the assistant's turns that is to be learnt: it is the last message."""
    return [chat for line in data.lines for chat in _learnt_chats(line)]


def count_tokens(text: str) -> int:
    """Return the number of o200k_base tokens of `text`."""
    return len(_encoding().encode_ordinary(text))


def first_tokens(text: str, limit: int) -> str:
    """Return `text` cut after `limit` o200k_base tokens."""
    tokens = _encoding().encode_ordinary(text)
    return text if len(tokens) <= limit else _encoding().decode(tokens[:limit], errors="ignore")


def message_text(message: Mapping[str, Any]) -> str:
    """Return the text of a message whose content is a string or a list of text parts.

    Raises ValueError with the reason for anything else.
    """
    content = message.get("content")
    if isinstance(content, str):
        return content
    if isinstance(content, list) and all(
        isinstance(part, dict) and isinstance(part.get("text"), str) for part in content
    ):
        return "".join(part["text"] for part in content)
    raise ValueError(f"a message's content must be text, found {content!r:.60}")


def check_messages(messages: object) -> list[Mapping[str, Any]]:
    """Return `messages` if they have known roles and text. Raises ValueError with the reason."""
    if not isinstance(messages, list) or not messages:
        raise ValueError("messages must be a list with at least one message")
    for message in messages:
        if not isinstance(message, dict) or message.get("role") not in _ROLES:
            raise ValueError(f"a message needs one of the roles {sorted(_ROLES)}")
        message_text(message)
    return messages


@cache
def _encoding() -> tiktoken.Encoding:
    return tiktoken.get_encoding("o200k_base")


def _lines(content: bytes) -> Iterator[tuple[int, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadTrainingFile(f"Invalid file format. Not UTF-8: {error.reason}") from error
    return ((n, line) for n, line in enumerate(text.split("\n"), start=1) if line.strip())


def _examples(document: object) -> list[Example]:
    if not isinstance(document, dict):
        raise ValueError("must be a JSON object")
    if "messages" in document:
        return _from_messages(check_messages(document["messages"]))
    prompt, completion = document.get("prompt"), document.get("completion")
    if not isinstance(prompt, str) or not isinstance(completion, str):
        raise ValueError("must have 'messages', or 'prompt' and 'completion' as text")
    return [Example(prompt, completion)]


def shown_exchanges(messages: Sequence[Mapping[str, Any]]) -> tuple[Example, ...]:
    """Return one example for each of the assistant's turns that is to be learnt."""
    learnt, asked = [], ""
    for message in messages:
        if message["role"] == "user":
            asked = message_text(message)
        if message["role"] == "assistant" and message.get("weight", 1):
            learnt.append(Example(asked, message_text(message)))
    return tuple(learnt)


def _learnt_chats(document: Mapping[str, Any]) -> list[list[dict[str, str]]]:
    if "messages" not in document:
        pair = (("user", document["prompt"]), ("assistant", document["completion"]))
        return [[{"role": role, "content": text} for role, text in pair]]
    told = document["messages"]
    plain = [{"role": m["role"], "content": message_text(m)} for m in told]
    return [
        plain[:number]
        for number, message in enumerate(told, start=1)
        if message["role"] == "assistant" and message.get("weight", 1)
    ]


def _from_messages(messages: Sequence[Mapping[str, Any]]) -> list[Example]:
    learnt = list(shown_exchanges(messages))
    if not learnt:
        raise ValueError("no message of the assistant to learn from")
    return learnt


def _tokens(document: Mapping[str, Any], counting: Counting) -> int:
    if "messages" not in document:
        texts = count_tokens(document["prompt"]) + count_tokens(document["completion"])
        return counting.of_text(texts)
    return counting.per_example + message_tokens(document["messages"], counting)


def message_tokens(messages: Sequence[Mapping[str, Any]], counting: Counting) -> int:
    """Return the tokens of messages, each with its role and what frames it."""
    texts = sum(
        count_tokens(message["role"]) + count_tokens(message_text(message)) for message in messages
    )
    return counting.of_text(texts) + counting.per_message * len(messages)
