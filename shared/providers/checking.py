"""A training file held to the rules of the service it is for, before it is sent there: a sentence a line."""

from collections.abc import Callable, Iterator, Set
from itertools import islice

from shared.catalogue import DataFormat, Model
from shared.errors import EconChatRError
from shared.providers import formats
from shared.providers.contract import Message

MOST_TOLD = 20


class TrainingFileUnusable(EconChatRError):
    """The provider would fail a job on this file; nothing was sent."""


def check(
    body: bytes,
    model: Model,
    data_format: DataFormat,
    count: Callable[[bytes], int],
    validation: bytes = b"",
) -> None:
    """Raise TrainingFileUnusable with the first problems of a file, and how many more there are.

    `count` tells the billed tokens of a line; `validation` is the file that the model is validated on.
    """
    broken_rules = list(problems(body, model, data_format, count, validation))
    if broken_rules:
        more = (
            f"; and {len(broken_rules) - MOST_TOLD} more" if len(broken_rules) > MOST_TOLD else ""
        )
        raise TrainingFileUnusable(
            f"the training file for {model.model} would be refused: "
            + "; ".join(islice(broken_rules, MOST_TOLD))
            + more
        )


def problems(
    body: bytes,
    model: Model,
    data_format: DataFormat,
    count: Callable[[bytes], int],
    validation: bytes = b"",
) -> Iterator[str]:
    """Yield what is wrong with the file as a whole, then with each line."""
    lines, held_out = body.splitlines(keepends=True), set(validation.splitlines())
    if len(body) > model.limits.max_file_bytes:
        yield f"it has {len(body)} bytes, more than {model.limits.max_file_bytes}"
    if len(lines) < model.limits.min_examples:
        yield f"it has {len(lines)} examples, fewer than {model.limits.min_examples}"
    for number, line in enumerate(lines, start=1):
        problem = _problem(line, model, data_format, count, held_out)
        if problem:
            yield f"line {number} {problem}"


def _problem(
    line: bytes,
    model: Model,
    data_format: DataFormat,
    count: Callable[[bytes], int],
    held_out: Set[bytes],
) -> str | None:
    """Return what is wrong with one line, the first thing only."""
    if not formats.fits(line, data_format):
        return f"is no example of the format {data_format}, or holds a word that it reserves"
    if line.rstrip(b"\r\n") in held_out:
        return "stands in the validation file too"
    tokens = count(line)
    if tokens > model.limits.max_tokens_per_example:
        return f"has {tokens} tokens, more than {model.limits.max_tokens_per_example}"
    return _misspoken(formats.decoded(line))


def _misspoken(messages: tuple[Message, ...]) -> str | None:
    roles = [message.role for message in messages if message.role != "system"]
    expected = [("user", "assistant")[n % 2] for n in range(len(roles))]
    if not roles or len(roles) % 2 or roles != expected:
        return f"does not go from the user to the assistant, but {', '.join(roles) or 'nobody'}"
    if not all(map(_spoken, messages)):
        return "has a message without words"
    return None


def _spoken(message: Message) -> str:
    """Return the words, without the marks of the classic format."""
    return message.content.removesuffix(formats.SEPARATOR).removesuffix(formats.STOP).strip()
