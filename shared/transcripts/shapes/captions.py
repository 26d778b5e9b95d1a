"""SubRip and WebVTT captions, strict or as found: dots for commas, no counters, stray notes."""

import re
from collections.abc import Iterator
from itertools import zip_longest

from shared.transcripts.labels import plain_line
from shared.transcripts.people import tidy_label
from shared.transcripts.records import Line, Script
from shared.transcripts.text import TIME, folded, unescaped

_TIMING = re.compile(rf"\s{{0,9}}{TIME}\s{{0,9}}-->\s{{0,9}}{TIME}")
_VOICE = re.compile(r"<v(?:\.[\w.]{1,40})?[ \t]([^>]{1,80})>")
_TAG = re.compile(r"</?[a-z0-9:.]{0,12}(?: [^<>]{0,80})?>", re.IGNORECASE)


def read_captions(text: str) -> Script | None:
    """The captions' script, or None when the text has no timing line near its beginning."""
    lines = text.lstrip("\ufeff \t\r\n").splitlines()
    is_vtt = bool(lines) and lines[0].startswith("WEBVTT")
    if not is_vtt and not any(_TIMING.match(line) for line in lines[:20]):
        return None
    cues = [line for cue in _cues(lines) for line in _cue_lines(cue)]
    return Script("WebVTT" if is_vtt else "SubRip", tuple(cues))


def _cues(lines: list[str]) -> Iterator[str]:
    """The text of each cue: what follows a timing line up to a blank line or the next cue."""
    cue: list[str] | None = None
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        is_counter = line.strip().isdigit() and _TIMING.match(following) is not None
        if _TIMING.match(line) or not line.strip() or is_counter:
            if cue:
                yield folded(" ".join(cue))
            cue = [] if _TIMING.match(line) else None
        elif cue is not None:
            cue.append(line)
    if cue:
        yield folded(" ".join(cue))


def _cue_lines(cue: str) -> Iterator[Line]:
    """The cue cut at its voices; without any, a line that may begin with a plain label."""
    voices = list(_VOICE.finditer(cue))
    lead = _plain(cue[: voices[0].start()] if voices else cue)
    if lead:
        yield plain_line(lead)
    for voice, after in zip_longest(voices, voices[1:]):
        said = _plain(cue[voice.end() : after.start() if after else len(cue)])
        label = tidy_label(unescaped(voice[1]))
        yield Line(said, label, said, mark="field")


def _plain(text: str) -> str:
    return folded(unescaped(_TAG.sub("", text)))
