"""Bytes of any shape to a transcript, or to the reason why there is none."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

from shared.transcripts.casting import cast, labelled_lines, turns_of, warnings
from shared.transcripts.clean import count_replaceable
from shared.transcripts.encodings import decoded
from shared.transcripts.people import People, name_key
from shared.transcripts.records import Host, Line, Script, Transcript, TranscriptRefused
from shared.transcripts.shapes.captions import read_captions
from shared.transcripts.shapes.econtalk import WATCHED, read_econtalk
from shared.transcripts.shapes.markdown import UNMARKED, read_labelled_text
from shared.transcripts.shapes.markup import read_blocks
from shared.transcripts.shapes.podcasting import read_cited_html, read_json
from shared.transcripts.text import (
    SURROGATE,
    recording_date,
    without_lone_surrogates,
    without_recording_date,
)

PARSER_VERSION = 3
"""Goes up whenever the same bytes may give other turns, so that stored pages are read again."""

_TAG = re.compile(
    r"<(?:!doctype|html|head|body|div|p|table|tr|td|cite|time|span|article|section|h[1-6]|br)\b",
    re.IGNORECASE,
)
_FIRST_PERSON = re.compile(r"\b(?:I|I'm|me|my|you|you're|your|we|we're|our)\b", re.IGNORECASE)
_SEMICOLONS_PER_WORD_IN_NOTES = 1 / 60
_FIRST_PERSON_IN_SPEECH = 0.02
_LABELLED_SHARE = 0.5


def read_transcript(
    body: bytes, *, content_type: str | None, host: Host, guests: Sequence[str]
) -> Transcript:
    """The transcript in a page or file, whatever its shape; the content decides, never a suffix.

    `content_type` (the HTTP header, if any) is believed for the charset alone. Raises
    `TranscriptRefused`, and nothing else for any bytes; time is linear in their number.
    """
    people = People(host, tuple(guest for guest in guests if name_key(guest)))
    text = decoded(body, content_type).replace("\0", "")
    script = _well_formed(_script(text, people))
    lines = labelled_lines(script, people)
    _refuse_without_spaces(" ".join(line.said for line in lines))
    _refuse_unlabelled(script, lines)
    known = cast(lines, people)
    turns = tuple(turns_of(lines, known))
    if not turns:
        raise _no_labels("The labels on the page have no text.")
    said = "\n".join(turn.text for turn in turns)
    return Transcript(
        script.structure,
        turns,
        recording_date("\n".join(line.raw for line in script.lines)),
        warnings(turns, known, people),
        count_replaceable(said),
    )


def _script(text: str, people: People) -> Script:
    """The script of the first shape that recognises the text."""
    if not text.strip():
        raise TranscriptRefused("empty", "The page or file is empty.")
    if _is_binary(text):
        raise TranscriptRefused(
            "not_html", "This is no text: neither an HTML page nor a transcript file."
        )
    shapes: tuple[Callable[[str], Script | None], ...] = (
        read_captions,
        read_json,
        lambda page: _read_html(page, people),
    )
    for shape in shapes:
        script = shape(text)
        if script is not None:
            return script
    return read_labelled_text(text)


def _well_formed(script: Script) -> Script:
    """The script without the lone surrogates that JSON's escapes can make, which nothing can store."""
    lines = script.lines
    if not any(map(SURROGATE.search, (f"{line.label} {line.raw}" for line in lines))):
        return script
    mended = (
        replace(
            line,
            raw=without_lone_surrogates(line.raw),
            label=line.label and without_lone_surrogates(line.label),
            said=without_lone_surrogates(line.said),
        )
        for line in lines
    )
    return replace(script, lines=tuple(mended))


def _is_binary(text: str) -> bool:
    sample = text[:4000]
    odd = sum(1 for char in sample if (char < " " and char not in "\t\r\n\f") or char == "\ufffd")
    return odd * 20 > len(sample)


def _read_html(text: str, people: People) -> Script | None:
    if not _TAG.search(text[:20_000]):
        return None
    blocks = read_blocks(text, WATCHED)
    script = read_econtalk(blocks, people) or read_cited_html(blocks)
    if script is None:
        raise TranscriptRefused(
            "no_transcript",
            "The page has no transcript: none of table.ts2, #unique, .audio-highlight, "
            "#audio-highlights, a Time / Podcast Episode Highlights table, or <cite> labels.",
        )
    return script


def _refuse_unlabelled(script: Script, lines: Sequence[Line]) -> None:
    """Refuse a script unless labels cover most of it: notes and unlabelled speech are no turns."""
    words = _words_by_section(lines)
    labelled = {line.section for line in lines if line.label}
    covered = sum(words[section] for section in labelled)
    if labelled and covered >= _LABELLED_SHARE * words.total():
        return
    text = without_recording_date(" ".join(line.said for line in lines))
    if not text:
        raise TranscriptRefused("no_transcript", f"The transcript is empty ({script.structure}).")
    if not labelled and script.structure == UNMARKED:
        raise TranscriptRefused(
            "not_html", "This is neither an HTML page nor a transcript with speakers' labels."
        )
    partly = f"Labels stand over {covered} of {words.total()} words only"
    found = partly if labelled else "No speaker is named"
    if _reads_like_notes(text):
        raise TranscriptRefused("notes_only", f"{found}: these are a note-taker's notes.")
    raise _no_labels(f"{found}, so who said what is unknown.")


def _no_labels(sentence: str) -> TranscriptRefused:
    return TranscriptRefused("no_labels", sentence)


def _words_by_section(lines: Sequence[Line]) -> Counter[int]:
    """Words of speech in each section, those before the very first label in a section of theirs."""
    words = Counter[int]()
    started = False
    for line in lines:
        started = started or line.label is not None
        said = line.said if started else without_recording_date(line.said)
        words[line.section if started else -1] += len(said.split())
    return words


def _reads_like_notes(text: str) -> bool:
    words = len(text.split())
    semicolons = text.count(";") / words
    first_person = len(_FIRST_PERSON.findall(text)) / words
    return semicolons >= _SEMICOLONS_PER_WORD_IN_NOTES or first_person < _FIRST_PERSON_IN_SPEECH


def _refuse_without_spaces(said: str) -> None:
    """Refuse text whose blanks are lost (seen in captions): no word in it can be told."""
    is_latin = said.isascii() or sum(map(str.isascii, said)) > len(said) * 0.9
    if is_latin and len(said) > 200 and len(said.split()) * 20 < len(said):
        raise TranscriptRefused(
            "no_spaces", "The blanks between words are missing all through the transcript."
        )
