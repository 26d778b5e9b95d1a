"""What a file says of itself before the talk: YAML or TOML front matter, as Jekyll, Hugo and Obsidian write it."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import yaml

from shared.transcripts.text import folded
from shared.validation import Bounded

MAX_CHARS = 20_000
_FENCED = re.compile(
    r"\s*(?P<fence>---|\+\+\+)[ \t]*\r?\n(?P<matter>.*?)^(?:(?P=fence)|\.\.\.)[ \t]*\r?$",
    re.S | re.M,
)
_PAIR = re.compile(r"^(title|date|speakers?|guests?)\s*[:=]\s*(.+)$", re.IGNORECASE | re.MULTILINE)
_PEOPLE = ("speakers", "speaker", "guests", "guest", "participants", "people")


class _Loader(Bounded, yaml.CSafeLoader):
    """Reads what a stranger wrote."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """`title` is "" and `day` None where nothing is said; `speakers` may name the host too."""

    title: str = ""
    day: date | None = None
    speakers: tuple[str, ...] = ()


def split_front_matter(text: str) -> tuple[FrontMatter, str]:
    """Return what the front matter says, and the text after it; all of the text where there is none."""
    match = _FENCED.match(text.lstrip("\ufeff")[:MAX_CHARS])
    if not match or not re.search(r"^[\w-]+\s*[:=]", match["matter"], re.MULTILINE):
        return FrontMatter(), text
    said = _said(match["matter"], match["fence"])
    matter = FrontMatter(
        folded(str(said.get("title", ""))) if isinstance(said.get("title"), (str, int)) else "",
        _day(said.get("date")),
        tuple(dict.fromkeys(name for key in _PEOPLE for name in _names(said.get(key)))),
    )
    return matter, text.lstrip("\ufeff")[match.end() :]


def _said(matter: str, fence: str) -> Mapping[str, Any]:
    """Return the pairs; where a title with a colon in it makes the YAML invalid, those that can be told."""
    try:
        said = tomllib.loads(matter) if fence == "+++" else yaml.load(matter, _Loader)  # noqa: S506
    except (yaml.YAMLError, ValueError, RecursionError):
        return {key.casefold(): value.strip("\"' ") for key, value in _PAIR.findall(matter)}
    return (
        {str(key).casefold(): value for key, value in said.items()}
        if isinstance(said, dict)
        else {}
    )


def _day(said: Any) -> date | None:
    if isinstance(said, datetime):
        return said.date()
    if isinstance(said, date):
        return said
    try:
        return date.fromisoformat(said.strip("\"' ")[:10]) if isinstance(said, str) else None
    except ValueError:
        return None


def _names(said: Any) -> Iterator[str]:
    """Names in a list, in objects with a name, or between commas."""
    if isinstance(said, str):
        yield from (name.strip() for name in said.strip("[]").split(",") if name.strip("\"' "))
    elif isinstance(said, Mapping):
        yield from _names(said.get("name"))
    elif isinstance(said, Sequence):
        for one in said[:20]:
            if isinstance(one, (str, Mapping)):
                yield from _names(one)
