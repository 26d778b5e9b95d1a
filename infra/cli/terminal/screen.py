"""The terminal as rich sees it: as wide as it is, in colour where it has some; a pipe gets neither.

rich is imported when something is printed, so that whoever only might print does not wait for it.
"""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

UNBOUNDED = 10_000  # columns of a pipe or a file, where nothing is wrapped
LONGEST_WHOLE_WORD = 24  # longer ones may be broken, where there is no room
NUMBER = re.compile(r"-?\$?[\d,]+(\.\d+)?\s?%?")


def console(*, to_stderr: bool = False) -> "Console":
    """Return standard output as it is now, or standard error; nothing in what is printed is taken for markup."""
    from rich.console import Console

    plain = partial(Console, stderr=to_stderr, markup=False, highlight=False, emoji=False)
    found = plain()
    return found if found.is_terminal else plain(width=UNBOUNDED)


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]], widest: int = 120) -> None:
    """Print columns of cells, numbers to the right; a cell longer than `widest` is cut."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    lines = [[cut(str(cell), widest) for cell in row] for row in rows]
    table = Table(
        box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold"
    )
    for at, title in enumerate(header):
        cells = [line[at] for line in lines if line[at] not in ("", "-")]
        numbers = bool(cells) and all(map(NUMBER.fullmatch, cells))
        words = [word for text in (title, *cells) for word in text.split()]
        table.add_column(
            Text(cut(title, widest)),
            justify="right" if numbers else "left",
            overflow="fold",
            min_width=min(LONGEST_WHOLE_WORD, max(map(len, words), default=0)),
        )
    for line in lines:
        table.add_row(*map(Text, line))
    screen = console()
    with screen.capture() as captured:
        screen.print(table)
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


def print_wrapped(text: str, *, to_stderr: bool = False) -> None:
    """Print a paragraph, on a terminal broken between words."""
    from rich.text import Text

    screen = console(to_stderr=to_stderr)
    with screen.capture() as captured:
        screen.print(Text(text))
    lines = [line.rstrip() for line in captured.get().splitlines()]
    print("\n".join(lines), file=sys.stderr if to_stderr else sys.stdout, flush=True)


def print_json(document: object) -> None:
    """Print a document as JSON that a person can read, too."""
    print(json.dumps(document, ensure_ascii=False, indent=1))


def cut(cell: str, widest: int) -> str:
    """Return the text on one line, no longer than `widest` characters."""
    line = " ".join(cell.split())
    return line if len(line) <= widest else f"{line[: widest - 1]}…"
