"""Captions: SubRip, WebVTT, SBV and ASS, strict or as found: dots for commas, no counters, stray notes."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from shared.transcripts.records import Line, Script, TranscriptRefused
from shared.transcripts.speakers.candidates import labelled
from shared.transcripts.speakers.labels import established, weak_styles
from shared.transcripts.speakers.names import form_of, name_key, tidy_label
from shared.transcripts.speakers.people import People
from shared.transcripts.text import TIME, folded, unescaped

_TIMING = re.compile(rf"\s{{0,9}}{TIME}\s{{0,9}}-->\s{{0,9}}{TIME}")
_SBV_TIMING = re.compile(rf"\s{{0,9}}{TIME},{TIME}\s*$")
_ASS_DIALOGUE = re.compile(r"Dialogue:\s?((?:[^,\n]*,){9})(.*)")
_VOICE = re.compile(r"(?:[-–—] ?)?<v(?:\.[\w.]{1,40})?[ \t]([^>]{1,80})>")
_TAG = re.compile(r"</?[a-z0-9:.]{0,12}(?: [^<>]{0,80})?>", re.IGNORECASE)
_ASS_TAG = re.compile(r"\{\\[^{}]{0,200}\}|\\[Nnh]")
_CHANGE = re.compile(r">{2,3}\s*")
_SENTENCE_BEGINS = r"(?<=[.?!…\"'”’)\]—–-]\s)"
_NOTE = r"(?:\s?\([^()]{1,40}\)|\s?[\u2600-\u27bf\U0001f300-\U0001faff\ufe0f]{1,4})?"
_CAPITALISED = r"(?:[dl]['’])?[^\W\d_a-z][\w.'’-]{0,30}"
_NAME = rf"{_CAPITALISED}(?: (?:{_CAPITALISED}|[a-z]{{1,3}}|\d{{1,2}})){{0,4}}"
_NAME_INSIDE = re.compile(rf"(?:(?<=\n)|{_SENTENCE_BEGINS})({_NAME}{_NOTE}):(?=\s)")
_ROLLING_SHARE = 0.3
_ROLLING_LINES = 8  # no screen shows more
UNKNOWN = "Unknown"


def read_captions(text: str, people: People) -> Script | None:
    """Return the captions' script, or None when the text has no timing line near its beginning."""
    lines = text.lstrip("\ufeff \t\r\n").splitlines()
    kind, cues = _cues_of(lines)
    if kind is None:
        return None
    texts = [text for cue in _without_repeats(cues) for text in cue]
    script = Script(kind, tuple(cut_at_labels(texts, people)))
    _refuse_changes_without_names(script.lines)
    return script


def _refuse_changes_without_names(lines: Sequence[Line]) -> None:
    changes = sum(line.label == UNKNOWN and line.raw.startswith(">>") for line in lines)
    if changes and changes * 2 > sum(line.label is not None for line in lines):
        raise TranscriptRefused(
            "no_labels",
            f"No speaker is named: {changes} times >> says that somebody else speaks, and not who.",
        )


def _cues_of(lines: list[str]) -> tuple[str | None, list[list[str]]]:
    """Return the kind of captions, and each cue's lines of text."""
    if lines and lines[0].startswith("WEBVTT"):
        return "WebVTT", list(_cues(lines, _TIMING))
    if any(_TIMING.match(line) for line in lines[:20]):
        return "SubRip", list(_cues(lines, _TIMING))
    if any(_SBV_TIMING.match(line) for line in lines[:20]):
        return "SBV", list(_cues(lines, _SBV_TIMING))
    if lines and lines[0].startswith("[Script Info]"):
        return "ASS", [_ass_cue(match) for line in lines if (match := _ASS_DIALOGUE.match(line))]
    return None, []


def _ass_cue(match: re.Match[str]) -> list[str]:
    """Return a line of ASS: its fifth field may name who speaks."""
    name = match[1].split(",")[4].strip()
    said = folded(_ASS_TAG.sub(" ", match[2]))
    return [f"<v {name}>{said}" if name else said]


def _cues(lines: list[str], timing: re.Pattern[str]) -> Iterator[list[str]]:
    """Yield the text of each cue: what follows a timing line up to a blank line or the next cue."""
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
    """Return the cues of rolling captions without what each repeats of the one before; others as they are."""
    fresh = [_fresh(before, cue) for before, cue in zip([[], *cues], cues, strict=False)]
    repeated = sum(new != cue for new, cue in zip(fresh, cues, strict=True))
    return fresh if repeated > _ROLLING_SHARE * len(cues) else cues


def _fresh(before: Sequence[str], cue: list[str]) -> list[str]:
    """Return what the cue adds: its lines after those that end the cue before, or its words after those."""
    for length in range(min(len(before), len(cue), _ROLLING_LINES), 0, -1):
        if before[-length:] == cue[:length]:
            return cue[length:]
    said, now = " ".join(before), " ".join(cue)
    if said and now.startswith(f"{said} "):
        return [now[len(said) + 1 :]]
    return cue


def cut_at_labels(texts: list[str], people: People) -> Iterator[Line]:
    """Yield the lines or captions as lines that begin at each voice or label.

    A label that the file is known to use is found wherever a sentence may begin, even across two cues;
    a full name with a colon is found anywhere.
    """
    lines = [line for text in texts for line in _cue_lines(text, people)]
    stream = "\n" + "\n".join(_plain(text) for text in texts)
    is_labelled = any(line.mark == "field" for line in lines) or weak_styles(lines, people)
    sure = [] if is_labelled else _sure(lines, stream, people)
    if not sure:
        yield from lines
        return
    full = [label for label in sure if " " in label]
    pattern = re.compile(
        rf"(?:(?<=\n)(?:[-–>\[(]+ ?)?|{_SENTENCE_BEGINS}\[?)(?:{_any_of(sure)}){_NOTE}[\])]?\s?:(?=\s)|^"
        + (rf"|(?<=\s)(?:{_any_of(full)}){_NOTE}\s?:(?=\s)" if full else ""),
        re.MULTILINE,
    )
    cuts = [match.start() for match in pattern.finditer(stream)]
    for start, end in zip_longest(cuts, cuts[1:], fillvalue=len(stream)):
        piece = stream[start:end].strip()
        if piece:
            yield _said(folded(piece), people)


def _sure(lines: Sequence[Line], stream: str, people: People) -> list[str]:
    """Return what the captions surely use as labels, at the beginning of cues or inside them."""
    order = [tidy_label(name) for name in _NAME_INSIDE.findall(stream)]
    begins = established(lines, people)
    inside = Counter(order)
    returning = [label for label, count in inside.most_common(100) if count > 1 and _is_sure(label)]
    labels = {label for label in inside if people.identify(label)} | {
        *begins,
        *(label for label in returning if " " in label),
    }
    parts = {part for label in begins if " " in label for part in label.split()}
    labels |= {
        label
        for label in returning
        if label not in parts and _stands_between_others(label, order, labels)
    }
    labels = {label for label in labels if len(label) > 1 or label in begins}
    return sorted((one for one in labels if not _holds_two(one, labels)), key=len, reverse=True)


def _is_sure(label: str) -> bool:
    return form_of(label) in ("name", "role")


def _stands_between_others(label: str, order: Sequence[str], labels: set[str]) -> bool:
    """Return whether the same other person speaks before and after a word, as around a turn in a dialogue."""
    seen = [one for one in order if one == label or one in labels]
    around = zip(["", *seen], seen, [*seen[1:], ""], strict=False)
    turns = [(before, after) for before, one, after in around if one == label]
    return 3 * sum(before == after != label or "" in (before, after) for before, after in turns) > (
        2 * len(turns)
    )


def _holds_two(label: str, labels: set[str]) -> bool:
    """Return whether this is the end of a turn and a label: `Yeah. Ida Stone`, no initial or title."""
    return any(
        len(label.removesuffix(f". {one}").split()[-1]) > 1 and name_key(label) != name_key(one)
        for one in labels
        if label.endswith(f". {one}")
    )


def _any_of(labels: Sequence[str]) -> str:
    return "|".join(r"\s+".join(map(re.escape, label.split())) for label in labels)


def _cue_lines(text: str, people: People) -> Iterator[Line]:
    """Yield the text cut at its voices; without any, a line that may begin with a plain label."""
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
        return Line(text, UNKNOWN, said, mark="field")
    return line


def _plain(text: str) -> str:
    return folded(unescaped(_TAG.sub("", text)))
