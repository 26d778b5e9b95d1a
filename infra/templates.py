"""Templates in files: everything that they are given must be there, and lines of their own logic leave no trace."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def templates(*folders: Path, markup: bool) -> Environment:
    """Return the templates of some folders; where they write `markup`, whatever they are given is escaped."""
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=markup,  # noqa: S701 - off for text that no browser reads
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=not markup,
    )
