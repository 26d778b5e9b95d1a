"""What the parser sees on one page, for a person."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from shared.transcripts.reading import read_transcript
from shared.transcripts.records import Host, Role, Transcript, TranscriptRefused, Turn

FIRST_TURNS = 5


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
    body: bytes, *, content_type: str | None, host: Host, guests: Sequence[str]
) -> Inspection:
    """Read the page or file as the pipeline would and sum up what was found; never raises."""
    try:
        transcript = read_transcript(body, content_type=content_type, host=host, guests=guests)
    except TranscriptRefused as refusal:
        return Inspection(None, refusal, (), ())
    return Inspection(transcript, None, _speakers(transcript.turns), transcript.turns[:FIRST_TURNS])


def _speakers(turns: Sequence[Turn]) -> tuple[SpeakerCount, ...]:
    count, words = Counter[tuple[str, Role]](), Counter[tuple[str, Role]]()
    for turn in turns:
        count[turn.speaker, turn.role] += 1
        words[turn.speaker, turn.role] += len(turn.text.split())
    return tuple(SpeakerCount(*who, count[who], spoken) for who, spoken in words.most_common())
