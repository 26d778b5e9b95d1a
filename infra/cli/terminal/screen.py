"""The terminal as rich sees it: as wide as it is, in colour where it has some; a pipe gets neither.

What is printed may hold words of models, feeds and files; none of these can drive the terminal. rich is imported when
something is printed, so that whoever only might print does not wait for it.
"""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from infra.cli.terminal.harmless import ACTS, harmless, unfiltered

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

UNBOUNDED = 10_000  # columns of a pipe or a file, where nothing is wrapped
LONGEST_WHOLE_WORD = 40  # longer ones may be broken, where there is no room
GAP = 2  # between columns
NUMBER = re.compile(r"-?\$?[\d,]+(\.\d+)?\s?%?")


def console(*, to_stderr: bool = False) -> "Console":
    """Return standard output as it is now, or standard error; nothing in what is printed is taken for markup."""
    from rich.console import Console

    file = unfiltered(sys.stderr if to_stderr else sys.stdout)
    plain = partial(Console, file=file, markup=False, highlight=False, emoji=False)
    found = plain()
    return found if found.is_terminal else plain(width=UNBOUNDED)


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]], widest: int = 120) -> None:
    """Print columns of cells, numbers to the right; a cell longer than `widest` is cut with a sign.

    Where the terminal has no room for all columns each row is a block of lines, a cell a line.
    """
    titles = [cut(title, widest) for title in header]
    lines = [[cut(str(cell), widest) for cell in row] for row in rows]
    screen = console()
    columns = [_Column(title, [line[at] for line in lines]) for at, title in enumerate(titles)]
    room = screen.width - GAP * (len(columns) - 1)
    with screen.capture() as captured:
        if sum(column.narrowest for column in columns) <= room or not lines:
            screen.print(_in_columns(columns, lines, room))
        else:
            for at, line in enumerate(lines):
                screen.print(*[""] * bool(at), _in_lines(titles, line), sep="\n")
    print(*(line.rstrip() for line in captured.get().splitlines()), sep="\n", file=screen.file)


class _Column:
    """A column's title, and how its cells want to stand."""

    def __init__(self, title: str, cells: Sequence[str]) -> None:
        from rich.cells import cell_len

        told = [cell for cell in cells if cell not in ("", "-")]
        words = [word for text in (title, *told) for word in text.split()]
        self.title = title
        self.numbers = bool(told) and all(map(NUMBER.fullmatch, told))
        self.narrowest = min(LONGEST_WHOLE_WORD, max(map(cell_len, words), default=0))
        self.widest = max(map(cell_len, (title, *cells)))


def _in_columns(columns: Sequence[_Column], lines: Iterable[Sequence[str]], room: int) -> "Table":
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold"
    )
    for column, width in zip(columns, _widths(columns, room), strict=True):
        table.add_column(
            Text(column.title),
            justify="right" if column.numbers else "left",
            overflow="fold",
            width=width,
        )
    for line in lines:
        table.add_row(*map(Text, line))
    return table


def _widths(columns: Sequence[_Column], room: int) -> list[int]:
    """As many characters for each column as it needs, and what is left of the room to those that want more."""
    widths = [column.narrowest for column in columns]
    left = room - sum(widths)
    while left > 0:
        wanting = [at for at, column in enumerate(columns) if widths[at] < column.widest][:left]
        if not wanting:
            break
        for at in wanting:
            widths[at] += 1
        left -= len(wanting)
    return widths


def _in_lines(titles: Sequence[str], line: Sequence[str]) -> "Table":
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, GAP, 0, 0))
    table.add_column(overflow="fold", style="bold")
    table.add_column(overflow="fold")
    for title, cell in zip(titles, line, strict=True):
        table.add_row(Text(title), Text(cell))
    return table


def print_wrapped(text: str, *, to_stderr: bool = False) -> None:
    """Print a paragraph, on a terminal broken between words."""
    from rich.text import Text

    screen = console(to_stderr=to_stderr)
    with screen.capture() as captured:
        screen.print(Text(harmless(text)))
    lines = [line.rstrip() for line in captured.get().splitlines()]
    print("\n".join(lines), file=screen.file, flush=True)


def print_starting() -> None:
    """Say that the cloud on this machine starts, which takes some seconds."""
    print("Starting the cloud on this machine", flush=True)


def print_json(document: object) -> None:
    """Print a document as JSON that a person can read, too; characters that act on a terminal are escaped."""
    text = json.dumps(document, ensure_ascii=False, indent=1)
    print(ACTS.sub(lambda found: json.dumps(found[0])[1:-1] if found[0] != "\n" else "\n", text))


def cut(cell: str, widest: int) -> str:
    """Return the text on one line, no longer than `widest` characters, with nothing that acts on a terminal."""
    line = harmless(" ".join(cell.split()))
    return line if len(line) <= widest else f"{line[: widest - 1]}…"
