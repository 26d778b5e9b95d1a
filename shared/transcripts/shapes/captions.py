"""Captions: SubRip, WebVTT, SBV and ASS, strict or as found: dots for commas, no counters, stray notes."""

import re
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from shared.transcripts.candidates import labelled
from shared.transcripts.labels import established
from shared.transcripts.names import tidy_label
from shared.transcripts.people import People
from shared.transcripts.records import Line, Script
from shared.transcripts.text import TIME, folded, unescaped

_TIMING = re.compile(rf"\s{{0,9}}{TIME}\s{{0,9}}-->\s{{0,9}}{TIME}")
_SBV_TIMING = re.compile(rf"\s{{0,9}}{TIME},{TIME}\s*$")
_ASS_DIALOGUE = re.compile(r"Dialogue:\s?((?:[^,\n]*,){9})(.*)")
_VOICE = re.compile(r"(?:[-–—] ?)?<v(?:\.[\w.]{1,40})?[ \t]([^>]{1,80})>")
_TAG = re.compile(r"</?[a-z0-9:.]{0,12}(?: [^<>]{0,80})?>", re.IGNORECASE)
_ASS_TAG = re.compile(r"\{\\[^{}]{0,200}\}|\\[Nnh]")
_CHANGE = re.compile(r">{2,3}\s*")
_ROLLING_SHARE = 0.3
UNKNOWN = "Unknown"


def read_captions(text: str, people: People) -> Script | None:
    """The captions' script, or None when the text has no timing line near its beginning."""
    lines = text.lstrip("\ufeff \t\r\n").splitlines()
    kind, cues = _cues_of(lines)
    if kind is None:
        return None
    texts = [text for cue in _without_repeats(cues) for text in cue]
    return Script(kind, tuple(_reread(texts, people)))


def _cues_of(lines: list[str]) -> tuple[str | None, list[list[str]]]:
    """The kind of captions, and each cue's lines of text."""
    if lines and lines[0].startswith("WEBVTT"):
        return "WebVTT", list(_cues(lines, _TIMING))
    if any(_TIMING.match(line) for line in lines[:20]):
        return "SubRip", list(_cues(lines, _TIMING))
    if any(_SBV_TIMING.match(line) for line in lines[:20]):
        return "SBV", list(_cues(lines, _SBV_TIMING))
    if lines and lines[0].startswith("[Script Info]"):
        return "ASS", [_ass_cue(found) for line in lines if (found := _ASS_DIALOGUE.match(line))]
    return None, []


def _ass_cue(found: re.Match[str]) -> list[str]:
    """A line of ASS: its fifth field may name who speaks."""
    name = found[1].split(",")[4].strip()
    said = folded(_ASS_TAG.sub(" ", found[2]))
    return [f"<v {name}>{said}" if name else said]


def _cues(lines: list[str], timing: re.Pattern[str]) -> Iterator[list[str]]:
    """The text of each cue: what follows a timing line up to a blank line or the next cue."""
    cue: list[str] | None = None
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        is_counter = line.strip().isdigit() and timing.match(following) is not None
        if timing.match(line) or not line.strip() or is_counter:
            if cue:
                yield cue
            cue = [] if timing.match(line) else None
        elif cue is not None:
            cue.append(folded(line))
    if cue:
        yield cue


def _without_repeats(cues: list[list[str]]) -> list[list[str]]:
    """The cues of rolling captions without what each repeats of the one before; others as they are."""
    fresh = [_fresh(before, cue) for before, cue in zip([[], *cues], cues, strict=False)]
    repeated = sum(new != cue for new, cue in zip(fresh, cues, strict=True))
    return fresh if repeated > _ROLLING_SHARE * len(cues) else cues


def _fresh(before: Sequence[str], cue: list[str]) -> list[str]:
    """What the cue adds: its lines after those that end the cue before, or its words after those."""
    for length in range(min(len(before), len(cue)), 0, -1):
        if before[-length:] == cue[:length]:
            return cue[length:]
    said, now = " ".join(before), " ".join(cue)
    if said and now.startswith(f"{said} "):
        return [now[len(said) + 1 :]]
    return cue


def _reread(texts: list[str], people: People) -> Iterator[Line]:
    """The lines cut at their voices and labels; what the page surely uses as a label counts
    wherever a sentence may begin, even across two cues."""
    lines = [line for text in texts for line in _cue_lines(text, people)]
    sure = [label for label in established(lines, people) if len(label) > 1]
    if not sure or any(line.mark == "field" for line in lines):
        yield from lines
        return
    known = "|".join(r"\s+".join(map(re.escape, label.split())) for label in sure)
    pattern = re.compile(
        rf"(?:(?<=\n)(?:[-–>\[(]+ ?)?|(?<=[.?!…\"'”’)\]—–-]\s)\[?)(?:{known})"
        rf"(?:\s?\([^()\n]{{1,40}}\))?[\])]?\s?:(?=\s)|^",
        re.MULTILINE,
    )
    stream = "\n" + "\n".join(_plain(text) for text in texts)
    cuts = [found.start() for found in pattern.finditer(stream)]
    for start, end in zip_longest(cuts, cuts[1:], fillvalue=len(stream)):
        piece = stream[start:end].strip()
        if piece:
            yield _said(folded(piece), people)


def _cue_lines(text: str, people: People) -> Iterator[Line]:
    """The text cut at its voices; without any, a line that may begin with a plain label."""
    voices = list(_VOICE.finditer(text))
    lead = _plain(text[: voices[0].start()] if voices else text)
    if lead:
        yield _said(lead, people)
    for voice, after in zip_longest(voices, voices[1:]):
        said = _plain(text[voice.end() : after.start() if after else len(text)])
        label = tidy_label(unescaped(voice[1]))
        yield Line(said, label, said, mark="field")


def _said(text: str, people: People) -> Line:
    """One line of a cue. `>>` without a name says that somebody else speaks, and not who."""
    line = labelled(text, people)
    change = _CHANGE.match(text)
    if change and not line.label:
        said = text[change.end() :]
        return Line(said, UNKNOWN, said, mark="field")
    return line


def _plain(text: str) -> str:
    return folded(unescaped(_TAG.sub("", text)))
