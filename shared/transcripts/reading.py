"""Bytes of any shape to a transcript, or to the reason why there is none."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from shared.transcripts.casting import cast, labelled_lines, turns_of, warnings
from shared.transcripts.clean import count_replaceable
from shared.transcripts.coverage import covered, no_labels
from shared.transcripts.encodings import decoded
from shared.transcripts.names import name_key
from shared.transcripts.people import People
from shared.transcripts.records import Host, Script, Transcript, TranscriptRefused
from shared.transcripts.shapes.captions import read_captions
from shared.transcripts.shapes.econtalk import WATCHED, read_econtalk
from shared.transcripts.shapes.markdown import read_labelled_text
from shared.transcripts.shapes.markup import read_blocks
from shared.transcripts.shapes.podcasting import read_cited_html, read_json
from shared.transcripts.text import SURROGATE, recording_date, without_lone_surrogates

PARSER_VERSION = 4
"""Goes up whenever the same bytes may give other turns, so that stored pages are read again."""

_PAGE_BEGINS = re.compile(r"\s*<(?:!|[a-uw-z][\w:-]*[\s/>])", re.IGNORECASE)
_CLOSING_TAG = re.compile(r"</(?:p|div|li|dd|td|tr|cite|h[1-6])>", re.IGNORECASE)
_CLOSING_TAGS_OF_A_PAGE = 5
_EMPTY: Mapping[str, str] = MappingProxyType({})


def read_transcript(
    body: bytes,
    *,
    content_type: str | None,
    host: Host,
    guests: Sequence[str],
    speakers: Mapping[str, str] = _EMPTY,
) -> Transcript:
    """The transcript in a page or file, whatever its shape; the content decides, never a suffix.

    `content_type` (the HTTP header, if any) is believed for the charset alone; `speakers` says
    whom labels such as `SPEAKER_00` mean. Raises `TranscriptRefused`, and nothing else for any
    bytes; time is linear in their number.
    """
    people = People(host, tuple(guest for guest in guests if name_key(guest)), speakers)
    text = decoded(body, content_type).replace("\0", "")
    script = _well_formed(_script(text, people))
    lines = labelled_lines(script, people)
    _refuse_without_spaces(" ".join(line.said for line in lines))
    speech = covered(script, lines)
    known = cast(speech.lines, people)
    turns = tuple(turns_of(speech.lines, known))
    if not turns:
        raise no_labels("The labels on the page have no text.")
    said = "\n".join(turn.text for turn in turns)
    return Transcript(
        script.structure,
        turns,
        recording_date("\n".join(line.raw for line in script.lines)),
        (*speech.warnings, *warnings(turns, known, people)),
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
    shapes: tuple[Callable[[str, People], Script | None], ...] = (
        read_captions,
        read_json,
        _read_html,
    )
    for shape in shapes:
        script = shape(text, people)
        if script is not None:
            return script
    return read_labelled_text(text, people)


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
    """The page's script; text with a tag or two in it is no page."""
    head = text[:20_000]
    if not _PAGE_BEGINS.match(head) and len(_CLOSING_TAG.findall(head)) < _CLOSING_TAGS_OF_A_PAGE:
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


def _refuse_without_spaces(said: str) -> None:
    """Refuse text whose blanks are lost (seen in captions): no word in it can be told."""
    is_latin = said.isascii() or sum(map(str.isascii, said)) > len(said) * 0.9
    if is_latin and len(said) > 200 and len(said.split()) * 20 < len(said):
        raise TranscriptRefused(
            "no_spaces", "The blanks between words are missing all through the transcript."
        )
