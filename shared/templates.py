"""Jinja templates, made ready in one way for every page and every file that is written from one."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


def environment(*folders: Path, html: bool = True) -> Environment:
    """Return a Jinja environment over the templates in `folders`, the first of which goes first.

    In HTML every value is escaped; in a text (`html=False`) none is, so whoever writes one quotes what
    comes from outside. Rendering raises UndefinedError where a template names what it was not given.
    """
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=html,  # noqa: S701 - a text that is no page
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=html,
        keep_trailing_newline=not html,
    )
