"""At every width of a terminal no digit and no column of a table is lost without a word."""

import io
import re
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from infra.cli.terminal import screen
from infra.cli.terminal.screen import print_table

WORDS = st.lists(
    st.sampled_from(["a", "I", "host", "pairs", "日本語", "interviews", "unfortunately"]),
    max_size=4,
)
CELLS = st.one_of(
    st.integers(-(10**9), 10**12).map("{:,}".format),
    st.decimals(0, 10**6, places=6).map(str),
    WORDS.map(" ".join),
    st.just("demo-20261201T035457-0660"),
)
TABLES = st.integers(1, 12).flatmap(
    lambda n: st.tuples(
        st.lists(st.sampled_from(["model", "epochs", "until", "base_output", "usable"]), min_size=n, max_size=n),
        st.lists(st.lists(CELLS, min_size=n, max_size=n), min_size=1, max_size=4),
    )
)  # fmt: skip


def printed(width, header, rows):
    """What a terminal of that width is sent of a table, without its colours."""
    written = io.StringIO()

    def terminal(*, to_stderr=False):
        return Console(
            file=written, width=width, force_terminal=True, color_system=None, markup=False
        )

    with patch.object(screen, "console", terminal):
        print_table(header, rows)
    return re.sub(r"\x1b\[[0-9;]*m", "", written.getvalue())


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@settings(max_examples=40)
@given(table=TABLES)
def test_every_number_and_every_word_is_whole_at_every_width(width, table):
    header, rows = table
    lines = printed(width, header, rows).splitlines()
    assert max(map(cell_len, lines)) <= width
    found = " ".join(lines).split()
    for cell in (*header, *(cell for row in rows for cell in row)):
        for word in cell.split():
            assert word in found, (word, lines)


def test_where_there_is_room_a_row_is_a_line():
    lines = printed(40, ("a", "n"), [("one", "1,000"), ("two", "2")])
    assert [line.split() for line in lines.splitlines()][2:] == [["one", "1,000"], ["two", "2"]]


def test_where_there_is_none_a_cell_is_a_line():
    header = [f"column{n}" for n in range(9)]
    lines = printed(60, header, [[f"{n},000,000" for n in range(9)]])
    assert lines.splitlines()[:2] == ["column0  0,000,000", "column1  1,000,000"]
