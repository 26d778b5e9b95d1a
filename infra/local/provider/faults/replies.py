"""Bodies of replies in shapes that services have been seen to give."""

import csv
import io
from collections.abc import Callable
from itertools import cycle
from typing import Any

from infra.local.provider.wire import Json

_NOT_FINITE = ("nan", "inf", "-Infinity", "")


def without_choices(body: Json) -> Json:
    """A chat's answer without its words; the bill stands."""
    return {**body, "choices": []}


def with_text(remade: Callable[[str], Any]) -> Callable[[Json], Json]:
    """A chat's answer with its text remade."""

    def remake(body: Json) -> Json:
        (choice,) = body["choices"]
        message = {**choice["message"], "content": remade(choice["message"]["content"])}
        return {**body, "choices": [{**choice, "message": message}]}

    return remake


def in_parts(text: str) -> list[dict[str, str]]:
    """The text as a list of two parts."""
    half = len(text) // 2
    return [{"type": "text", "text": part} for part in (text[:half], text[half:])]


def half_a_character(text: str) -> str:
    """The text cut in the middle of a character of four bytes, as UTF-16 counts them."""
    return text + "\ud83d"


def with_bad_losses(content: bytes) -> bytes:
    """A result file whose losses are not finite numbers."""
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    for row, bad in zip(rows, cycle(_NOT_FINITE), strict=False):
        row["train_loss"] = bad
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
