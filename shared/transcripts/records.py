"""What a transcript is, once read: turns of named speakers, or a reason why there are none."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.errors import EconChatRError
from shared.ids import digest

Role = Literal["host", "guest", "other"]
Mark = Literal["field", "bold", "timed", "colon", "loose", "bracket", "dash", "alone", "tight"]
WEAK: frozenset[Mark] = frozenset({"loose", "bracket", "dash", "alone", "tight"})
"""Ways of setting a label apart that speech has too: they count on a page that uses them for all."""
RefusalReason = Literal[
    "empty", "not_html", "no_transcript", "no_labels", "notes_only", "no_spaces", "malformed"
]


@dataclass(frozen=True, slots=True)
class Host:
    """The show's host as the profile names them; `aliases` are other labels transcripts use."""

    name: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker says before another speaks. `text` keeps the words and cues as printed,
    without time marks, white space folded to single blanks."""

    speaker: str
    role: Role
    text: str


@dataclass(frozen=True, slots=True)
class Transcript:
    """One episode's turns; two neighbours never have the same speaker.

    `structure` names the shape that matched, `replaced` counts what cleaning would replace
    ("email", "phone", "url"), `warnings` are sentences for a person.
    """

    structure: str
    turns: tuple[Turn, ...]
    recorded: date | None
    warnings: tuple[str, ...]
    replaced: Mapping[str, int]

    @property
    def digest(self) -> str:
        """Names what is said and by whom: two pages with the same talk have the same."""
        return digest([(turn.speaker, turn.text) for turn in self.turns])


class TranscriptRefused(EconChatRError):
    """A finding about one episode: it holds no speech that may become turns, and why."""

    def __init__(self, reason: RefusalReason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph or caption as a shape found it.

    `label` is what stands where a speaker's name would, `said` the text after it, `raw` both as
    printed, for when the label turns out to be no speaker. `mark` says what sets the label apart: a
    field that holds speakers and nothing else, bold or an element of its own, a time, a mere colon,
    or one of the weak ways (`WEAK`). `section` numbers the part of the page the line stands in.
    `otherwise` is the line with another label, for when this one is none.
    """

    raw: str
    label: str | None = None
    said: str = ""
    mark: Mark = "colon"
    section: int = 0
    ends_in_colon: bool = True
    otherwise: "Line | None" = None


@dataclass(frozen=True, slots=True)
class Script:
    """A transcript before its speakers are known: which structure matched, its lines, and what a person should
    know of the page."""

    structure: str
    lines: tuple[Line, ...]
    warnings: tuple[str, ...] = ()
