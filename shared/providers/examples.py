"""Training pairs and questions as the messages of a chat, and as lines of a provider's JSONL."""

from collections.abc import Iterable

from shared.catalogue import DataFormat
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
