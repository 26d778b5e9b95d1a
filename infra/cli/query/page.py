"""Writes docs/queries.md: every packaged query with what it answers on a demo run; `make queries` calls it."""

import contextlib
import io
import sys
from pathlib import Path

from infra.cli.query.query import of_folder, sql_of
from infra.cli.terminal.screen import print_table
from infra.queries import packaged_names

ROWS, WIDTH = 4, 28
HEAD = """# The packaged queries

`econchatr query NAME` asks them of a folder's lake, `econchatr aws query NAME` of a deployed stack's, where they are
also saved in the workgroup. Below is what each answers on the demo (`make queries` writes this page): the first {rows}
rows, cells cut. The files are in `infra/queries/`.
"""


def page(out: Path) -> str:
    """Return the page, from the lake that a run left in `out`."""
    parts = [HEAD.format(rows=ROWS)]
    for name in packaged_names():
        sql = sql_of(name)
        header, rows = of_folder(sql, out)
        with contextlib.redirect_stdout(io.StringIO()) as table:
            print_table(header, ([cell or "" for cell in row] for row in rows[:ROWS]), widest=WIDTH)
        purpose = sql.splitlines()[0].removeprefix("-- ")
        parts.append(f"## {name}\n\n{purpose}\n\n```text\n{table.getvalue()}```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(page(Path(sys.argv[1])))
