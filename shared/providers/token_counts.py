"""How many tokens a provider will count in training lines and prompts."""

from shared import tokens
from shared.catalogue import Model
from shared.providers import examples, formats
from shared.providers.contract import Message


def count_line(line: bytes, model: Model) -> int:
    """Return the tokens billed per epoch for one encoded line, counted from its bytes by OpenAI's rule."""
    counted = sum(
        model.tokens_per_message
        + sum(tokens.count(value, model.tokenizer) for value in (message.role, message.content))
        for message in formats.decoded(line)
    )
    return counted + model.tokens_per_example


def example_overhead(prompt_suffix: str, model: Model) -> int:
    """Return about how many tokens an example costs beyond its two texts; a full stop merges with what follows."""
    prompt, completion = "Why?", "Because."
    whole = count_line(
        examples.encode_line(examples.messages_of(prompt, completion, prompt_suffix)), model
    )
    return whole - sum(tokens.count(text, model.tokenizer) for text in (prompt, completion))


def prompt_tokens(model: Model, messages: tuple[Message, ...]) -> int:
    """Return the tokens of a prompt as we count them."""
    return count_line(examples.encode_line(messages), model)


def prompt_bound(model: Model, messages: tuple[Message, ...]) -> int:
    """Return the most tokens the provider may count in a prompt: ours and the opening of an answer, with the margin."""
    counted = prompt_tokens(model, messages) + model.tokens_per_message
    return -(-counted * (100 + model.margin_percent) // 100)
