"""Writes docs/reference; `make reference` calls it."""

from pathlib import Path

from infra.reference.commands import commands
from infra.reference.keys import profile, run_input
from infra.reference.states import states
from infra.reference.tables import tables

FOLDER = Path(__file__).parents[2] / "docs" / "reference"


def pages() -> dict[str, str]:
    """Every page's text, by its file's name."""
    return {
        "profile.md": profile(),
        "run-input.md": run_input(),
        "tables.md": tables(),
        "commands.md": commands(),
        "states.md": states(),
    }


if __name__ == "__main__":
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
