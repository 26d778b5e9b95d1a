"""Training pairs as a provider's JSONL, and how many tokens the provider will count in it."""

from collections.abc import Iterable

from shared import tokens
from shared.catalogue import DataFormat, Model
from shared.providers import formats
from shared.providers.contract import Message


def prompt_message(prompt: str, prompt_suffix: str) -> Message:
    """Return the user message of a prompt, which ends with the prompt suffix, in training and in evaluation alike."""
    return Message("user", f"{prompt}\n\n{prompt_suffix}")


def messages_of(
    prompt: str,
    completion: str,
    prompt_suffix: str,
    before: Iterable[tuple[str, str]] = (),
    *,
    weighs: bool = False,
) -> tuple[Message, ...]:
    """One training example: the exchanges `before`, each cued like the last, and then the pair.

    With `weighs` the host's earlier words are marked as not to be learnt: each is an example of its own.
    """
    weight = 0 if weighs else None
    earlier = (
        message
        for earlier_prompt, earlier_completion in before
        for message in (
            prompt_message(earlier_prompt, prompt_suffix),
            Message("assistant", earlier_completion, weight),
        )
    )
    return *earlier, prompt_message(prompt, prompt_suffix), Message("assistant", completion)


def encode_line(messages: tuple[Message, ...], data_format: DataFormat = "chat") -> bytes:
    """One JSONL line, ending in a newline."""
    return formats.encoded(messages, data_format)


def count_line(line: bytes, model: Model) -> int:
    """Tokens billed per epoch for one encoded line, counted from its bytes: OpenAI's rule, the model's constants."""
    counted = sum(
        model.tokens_per_message
        + sum(tokens.count(value, model.tokenizer) for value in (message.role, message.content))
        for message in formats.decoded(line)
    )
    return counted + model.tokens_per_example


def example_overhead(prompt_suffix: str, model: Model) -> int:
    """About how many tokens an example costs beyond its two texts; a full stop merges with what follows."""
    prompt, completion = "Why?", "Because."
    whole = count_line(encode_line(messages_of(prompt, completion, prompt_suffix)), model)
    return whole - sum(tokens.count(text, model.tokenizer) for text in (prompt, completion))


def prompt_tokens(model: Model, messages: tuple[Message, ...]) -> int:
    """Tokens of a prompt as we count them."""
    return count_line(encode_line(messages), model)


def prompt_bound(model: Model, messages: tuple[Message, ...]) -> int:
    """Return the most tokens the provider may count in a prompt: ours and the opening of an answer, with the margin."""
    counted = prompt_tokens(model, messages) + model.tokens_per_message
    return -(-counted * (100 + model.margin_percent) // 100)
