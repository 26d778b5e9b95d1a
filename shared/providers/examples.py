"""Training pairs as a provider's JSONL, and how many tokens the provider will count in it."""

import json

from shared import tokens
from shared.catalogue import Model
from shared.providers.contract import Message

# OpenAI's counting rule for a chat example, as published in its cookbook.
TOKENS_PER_MESSAGE = 3
TOKENS_PER_EXAMPLE = 3


def prompt_message(prompt: str, cue: str) -> Message:
    """What the model is asked: the prompt, then the line that cues the host. Training and evaluation share it."""
    return Message("user", f"{prompt}\n\n{cue}")


def messages_of(prompt: str, completion: str, cue: str) -> tuple[Message, Message]:
    """One training example."""
    return prompt_message(prompt, cue), Message("assistant", completion)


def encode_line(messages: tuple[Message, ...]) -> bytes:
    """One JSONL line, ending in a newline."""
    body = {
        "messages": [{"role": message.role, "content": message.content} for message in messages]
    }
    return json.dumps(body, ensure_ascii=False).encode() + b"\n"


def count_line(line: bytes, encoding: str) -> int:
    """Tokens billed per epoch for one encoded line, counted from its bytes."""
    messages = json.loads(line)["messages"]
    counted = sum(
        TOKENS_PER_MESSAGE + sum(tokens.count(value, encoding) for value in message.values())
        for message in messages
    )
    return counted + TOKENS_PER_EXAMPLE


def example_overhead(cue: str, encoding: str) -> int:
    """About how many tokens an example costs beyond its two texts; a full stop merges with what follows."""
    prompt, completion = "Why?", "Because."
    whole = count_line(encode_line(messages_of(prompt, completion, cue)), encoding)
    return whole - tokens.count(prompt, encoding) - tokens.count(completion, encoding)


def prompt_tokens(model: Model, messages: tuple[Message, ...]) -> int:
    """Tokens of a prompt as we count them."""
    return count_line(encode_line(messages), model.tokenizer)


def prompt_bound(model: Model, messages: tuple[Message, ...]) -> int:
    """The most tokens the provider may count in a prompt: ours, with the model's margin."""
    return -(-prompt_tokens(model, messages) * (100 + model.margin_percent) // 100)
