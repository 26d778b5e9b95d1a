"""The demo show's episodes as they were written: front matter and labelled Markdown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from shared.errors import BadInput

FOLDER = Path(__file__).with_name("episodes")

Style = Literal["full", "inline", "notes", "none"]

_FRONT_MATTER = re.compile(r"---\n(?P<front>.*?\n)---\n(?P<body>.*)", re.DOTALL)
_LABELLED = re.compile(r"\*\*(?P<speaker>[^*:]+):\*\* (?P<text>.+)")
_QUOTED = "> "


class InvalidEpisode(BadInput):
    """An episode's source file does not have the expected form."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`quoted` marks what the speaker reads aloud."""

    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says, under their full name."""

    speaker: str
    paragraphs: tuple[Paragraph, ...]

    @property
    def text(self) -> str:
        """The paragraphs as running prose."""
        return " ".join(paragraph.text for paragraph in self.paragraphs)


@dataclass(frozen=True, slots=True)
class Comment:
    """What a listener wrote below an episode."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode. `turns` is filled for the styles full and inline, `notes` for notes."""

    number: int
    slug: str
    title: str
    guests: tuple[str, ...]
    published: date
    recorded: date
    style: Style
    description: str
    comments: tuple[Comment, ...]
    turns: tuple[Turn, ...]
    notes: tuple[str, ...]


def load_episodes(folder: Path = FOLDER) -> tuple[Episode, ...]:
    """Every `NN-slug.md` of `folder`, in the order of its number; raises InvalidEpisode."""
    return tuple(_read(path) for path in sorted(folder.glob("[0-9][0-9]-*.md")))


def _read(path: Path) -> Episode:
    found = _FRONT_MATTER.fullmatch(path.read_text(encoding="utf-8"))
    if found is None:
        raise InvalidEpisode(f"{path.name} has no front matter; begin it with a block between ---")
    try:
        return _episode(path.stem, yaml.safe_load(found["front"]), found["body"])
    except (KeyError, TypeError, ValueError, yaml.YAMLError) as error:
        raise InvalidEpisode(f"{path.name} cannot be read: {error!r}") from error


def _episode(stem: str, front: dict[str, Any], body: str) -> Episode:
    number, slug = stem.split("-", maxsplit=1)
    style: Style = front["style"]
    if style not in get_args(Style):
        raise ValueError(f"style {style!r} is none of {', '.join(get_args(Style))}")
    blocks = [" ".join(block.split()) for block in re.split(r"\n\s*\n", body) if block.strip()]
    return Episode(
        number=int(number),
        slug=slug,
        title=front["title"],
        guests=tuple(front["guests"]),
        published=front["date"],
        recorded=front["recorded"],
        style=style,
        description=front["description"],
        comments=tuple(Comment(name, text) for name, text in front["comments"]),
        turns=_turns(blocks) if style in ("full", "inline") else (),
        notes=tuple(blocks) if style == "notes" else (),
    )


def _turns(blocks: Sequence[str]) -> tuple[Turn, ...]:
    turns: list[Turn] = []
    for block in blocks:
        if found := _LABELLED.fullmatch(block):
            turns.append(Turn(found["speaker"], (Paragraph(found["text"]),)))
        elif turns:
            said = Paragraph(block.removeprefix(_QUOTED), block.startswith(_QUOTED))
            turns[-1] = Turn(turns[-1].speaker, (*turns[-1].paragraphs, said))
        else:
            raise ValueError(f"the first paragraph names no speaker: {block[:40]!r}")
    return tuple(turns)
