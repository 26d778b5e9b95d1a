"""What the parser sees on one page, for a person."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from shared.transcripts.reading import read_transcript
from shared.transcripts.records import Host, Role, Transcript, TranscriptRefused, Turn
from shared.transcripts.speakers.names import name_key
from shared.transcripts.speakers.roles import is_nameless

FIRST_TURNS = 5
_INTRODUCTION_TURNS = 12
_NAME = r"([A-Z][\w'’-]*(?: (?:[A-Z]\.|[a-z]{2,3}|[A-Z][\w'’-]*)){0,3} [A-Z][\w'’-]*|[A-Z][\w'’-]+)"
_SELF = re.compile(rf"\b(?:I'm|I’m|I am|my name is|My name is|your host,?|Your host,?) {_NAME}")
_OPENING = re.compile(r"\bwelcome (?:back )?to\b|\byour host\b|\bmy guest\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SpeakerCount:
    """One speaker's part in a transcript."""

    name: str
    role: Role
    turns: int
    words: int


@dataclass(frozen=True, slots=True)
class Inspection:
    """Either `transcript` with its speakers by words spoken, or `refusal`, never both."""

    transcript: Transcript | None
    refusal: TranscriptRefused | None
    speakers: tuple[SpeakerCount, ...]
    first_turns: tuple[Turn, ...]


def describe(
    body: bytes,
    *,
    content_type: str | None,
    host: Host,
    guests: Sequence[str],
    speakers: Mapping[str, str] = MappingProxyType({}),
    selector: str = "",
) -> Inspection:
    """Read the page or file as the pipeline would and sum up what was found; never raises."""
    try:
        transcript = read_transcript(
            body,
            content_type=content_type,
            host=host,
            guests=guests,
            speakers=speakers,
            selector=selector,
        )
    except TranscriptRefused as refusal:
        return Inspection(None, refusal, (), ())
    return Inspection(transcript, None, _speakers(transcript.turns), transcript.turns[:FIRST_TURNS])


def _speakers(turns: Sequence[Turn]) -> tuple[SpeakerCount, ...]:
    count, words = Counter[tuple[str, Role]](), Counter[tuple[str, Role]]()
    for turn in turns:
        count[turn.speaker, turn.role] += 1
        words[turn.speaker, turn.role] += len(turn.text.split())
    return tuple(SpeakerCount(*who, count[who], spoken) for who, spoken in words.most_common())


def who_is_who(turns: Sequence[Turn], host: Host, guests: Sequence[str]) -> dict[str, str]:
    """Whom nameless labels may mean, by who introduces the show and who gives their own name.

    A proposal for a person to check: of labels that nothing speaks for it says nothing.
    """
    nameless = list(dict.fromkeys(turn.speaker for turn in turns if is_nameless(turn.speaker)))
    first = [turn for turn in turns[:_INTRODUCTION_TURNS] if turn.speaker in nameless]
    found: dict[str, str] = {}
    for turn in first:
        for name in _SELF.findall(turn.text):
            found.setdefault(turn.speaker, _spelled(name, host, guests))
    if host.name not in found.values():
        opens = next((turn for turn in first if _OPENING.search(turn.text)), None)
        if opens and opens.speaker not in found:
            found[opens.speaker] = host.name
    rest = [label for label in nameless if label not in found]
    missing = [guest for guest in guests if guest not in found.values()]
    if host.name in found.values() and len(rest) == len(missing) == 1:
        found[rest[0]] = missing[0]
    return found


def _spelled(name: str, host: Host, guests: Sequence[str]) -> str:
    """Return the name as the profile or the title has it, where it is one of theirs."""
    key = name_key(name)
    for known in (host.name, *guests):
        full = name_key(known)
        if key == full or key in ((full[:1]), (full[-1:])):
            return known
    return host.name if key in map(name_key, host.aliases) else name
