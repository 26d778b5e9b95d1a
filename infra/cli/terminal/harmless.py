"""Text of models, feeds and files on its way to a terminal: what would act there is shown as a sign instead.

Standard output and error are replaced for as long as a command runs, so that no command can forget it.
"""

import io
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO, cast

from shared.text import encodable

SIGN = "\N{REPLACEMENT CHARACTER}"
ACTS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but for tabs and ends of lines, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # direction
    "\u2028\u2029\ufff9-\ufffb]"  # ends of lines of another kind, annotations
)


def harmless(text: str) -> str:
    """Return a text with a sign in the place of every character that would act on a terminal."""
    return ACTS.sub(SIGN, encodable(text))


@contextmanager
def harmless_output() -> Iterator[None]:
    """While the block lasts, nothing that is printed acts on a terminal, and nothing is refused for its encoding."""
    before = sys.stdout, sys.stderr
    for stream in before:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.stdout, sys.stderr = map(filtered, before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


def filtered(stream: TextIO) -> TextIO:
    """Return a stream that writes only what is harmless to another."""
    return cast(TextIO, _Filtered(stream))


def unfiltered(stream: TextIO) -> TextIO:
    """Return the stream below a filtered one, for what has been made harmless already; else the stream itself."""
    return stream.stream if isinstance(stream, _Filtered) else stream


class _Filtered:
    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        self.stream.write(harmless(text))
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)
