"""One training example as a line of JSON in each format that a service takes, and back."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from shared.catalogue import DataFormat
from shared.providers.contract import Message

SEPARATOR = "\n\n###\n\n"
"""Ends every prompt of the classic format, as OpenAI's guide to it asks: never found within one."""
STOP = "\n\n---"
"""Ends every completion of the classic format; whoever asks such a model stops there."""
# Lines that the two marks are made of: a rule across a transcript is one.
_SEPARATING_LINE = re.compile(r"^###$", re.MULTILINE)
_STOPPING_LINE = re.compile(r"^---", re.MULTILINE)
SCHEMA = "bedrock-conversation-2024"
# Anywhere in a record they fail a job on Amazon Nova (its user guide); all are the marks of a transcript
# or of a template, none is speech.
_ROLE_MARK = re.compile(r"(User|Bot|Assistant|System):")
_MEDIA_MARK = re.compile(r"<(image|video)>")
_END_MARK = "[EOS]"


def encoded(messages: tuple[Message, ...], data_format: DataFormat) -> bytes:
    """One JSONL line, ending in a newline."""
    body = _WRITERS[data_format](messages)
    return json.dumps(body, ensure_ascii=False).encode() + b"\n"


def decoded(line: bytes) -> tuple[Message, ...]:
    """Return the example that a line of any format holds; its texts are as they are sent."""
    body = json.loads(line)
    if "prompt" in body:
        return Message("user", body["prompt"]), Message("assistant", body["completion"])
    system = tuple(Message("system", part["text"]) for part in body.get("system", ()))
    return *system, *(_message(sent) for sent in body["messages"])


def fits(line: bytes, data_format: DataFormat) -> bool:
    """Return whether a line, which may be anything, is an example as `encoded` writes one."""
    try:
        body, read = json.loads(line), decoded(line)
        if data_format != "prompt_completion":
            return bool(body == json.loads(encoded(read, data_format)))
        prompt, completion = body["prompt"], body["completion"]
        marked = _only_ends_with(prompt, SEPARATOR) and _only_ends_with(completion, STOP)
        return set(body) == {"prompt", "completion"} and completion.startswith(" ") and marked
    except (AttributeError, LookupError, TypeError, ValueError):
        return False


def without_reserved_words(text: str) -> str:
    """Return the text as it is spoken, but for the marks that Nova takes for its own."""
    text = _ROLE_MARK.sub(r"\1 -", text)
    return _MEDIA_MARK.sub(r"(\1)", text).replace(_END_MARK, "(EOS)")


def _chat(messages: tuple[Message, ...]) -> dict[str, Any]:
    return {"messages": [_told(message) for message in messages]}


def _told(message: Message) -> dict[str, Any]:
    weight = {} if message.weight is None else {"weight": message.weight}
    return {"role": message.role, "content": message.content, **weight}


def _prompt_completion(messages: tuple[Message, ...]) -> dict[str, Any]:
    *before, answer = messages
    prompt = _SEPARATING_LINE.sub("# # #", "\n\n".join(message.content for message in before))
    completion = _STOPPING_LINE.sub("- - -", answer.content)
    return {"prompt": prompt + SEPARATOR, "completion": f" {completion}{STOP}"}


def _only_ends_with(text: str, mark: str) -> bool:
    return 0 <= text.find(mark) == len(text) - len(mark)


def _bedrock(messages: tuple[Message, ...]) -> dict[str, Any]:
    system = [_part(message) for message in messages if message.role == "system"]
    turns = [
        {"role": message.role, "content": [_part(message)]}
        for message in messages
        if message.role != "system"
    ]
    return {"schemaVersion": SCHEMA, **({"system": system} if system else {}), "messages": turns}


def _part(message: Message) -> dict[str, str]:
    return {"text": without_reserved_words(message.content)}


def _message(sent: Mapping[str, Any]) -> Message:
    content = sent["content"]
    if not isinstance(content, str):
        content = "".join(part["text"] for part in content)
    return Message(sent["role"], content, sent.get("weight"))


_WRITERS: Mapping[DataFormat, Callable[[tuple[Message, ...]], dict[str, Any]]] = {
    "chat": _chat,
    "prompt_completion": _prompt_completion,
    "bedrock_conversation": _bedrock,
}
