"""Bodies of replies in shapes that services have been seen to give."""

import csv
import io
from collections.abc import Callable
from itertools import cycle
from typing import Any

from infra.local.provider.wire import Json

_NOT_FINITE = ("nan", "inf", "-Infinity", "")


def without_choices(body: Json) -> Json:
    """Return a chat's answer without its words; the bill stands."""
    return {**body, "choices": []}


def with_text(remade: Callable[[str], Any]) -> Callable[[Json], Json]:
    """Return a function that remakes the text of a chat's answer."""

    def remake(body: Json) -> Json:
        (choice,) = body["choices"]
        message = {**choice["message"], "content": remade(choice["message"]["content"])}
        return {**body, "choices": [{**choice, "message": message}]}

    return remake


def in_parts(text: str) -> list[dict[str, str]]:
    """Return the text as a list of two parts."""
    half = len(text) // 2
    return [{"type": "text", "text": part} for part in (text[:half], text[half:])]


def half_a_character(text: str) -> str:
    """Return the text cut in the middle of a character of four bytes, as UTF-16 counts them."""
    return text + "\ud83d"


def with_bad_losses(content: bytes) -> bytes:
    """Return a result file whose losses are not finite numbers."""
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    for row, bad in zip(rows, cycle(_NOT_FINITE), strict=False):
        row["train_loss"] = bad
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
