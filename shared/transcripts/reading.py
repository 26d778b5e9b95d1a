"""Bytes of any shape to a transcript, or to the reason why there is none."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from shared.transcripts.attribution import attribute, labelled_lines, turns_of, warnings
from shared.transcripts.clean import count_replaceable
from shared.transcripts.coverage import covered, no_labels
from shared.transcripts.encodings import without_c1
from shared.transcripts.records import Host, Script, Transcript, TranscriptRefused
from shared.transcripts.shapes.recognition import recognised
from shared.transcripts.speakers.names import name_key
from shared.transcripts.speakers.people import People
from shared.transcripts.text import recording_date, without_lone_surrogates, word_count

PARSER_VERSION = 9
"""Goes up whenever the same bytes may give other turns or another sketch, so that stored pages are read again.

9: labels by one weighing of evidence, names within one cue, text that begins with tags or braces, long stories kept,
credits and titles and hidden copies left out, marks of footnotes, C1 characters, YAML, DOTE, Spotify, `<Name>`,
frames in times, talks on one line.
"""

_ODD = re.compile("[\x80-\x9f\ud800-\udfff]")
_EMPTY: Mapping[str, str] = MappingProxyType({})


def read_transcript(
    body: bytes,
    *,
    content_type: str | None,
    host: Host,
    guests: Sequence[str],
    speakers: Mapping[str, str] = _EMPTY,
    selector: str = "",
) -> Transcript:
    """Return the transcript in a page or file, whatever its shape; the content decides, never a suffix.

    `content_type` (the HTTP header, if any) is believed for the charset alone; `speakers` says
    whom labels such as `SPEAKER_00` mean, `selector` (`#id`, `.class` or `tag.class`) where on a web
    page the transcript stands. Raises `TranscriptRefused`, and nothing else for any
    bytes; time is linear in their number.
    """
    people = People(host, tuple(guest for guest in guests if name_key(guest)), speakers)
    recognition = recognised(body, content_type, people, selector)
    script, people = _well_formed(recognition.script), recognition.people
    lines = labelled_lines(script, people)
    _refuse_without_spaces([line.said for line in lines])
    speech = covered(script, lines)
    attribution = attribute(speech.lines, people)
    turns = tuple(turns_of(speech.lines, attribution))
    if not turns:
        raise no_labels("The labels on the page have no text.")
    return Transcript(
        script.structure,
        turns,
        recording_date("\n".join(line.raw for line in script.lines)) or recognition.day,
        (*script.warnings, *speech.warnings, *warnings(turns, attribution, people)),
        count_replaceable(turn.text for turn in turns),
    )


def _well_formed(script: Script) -> Script:
    """Return the script without what only escapes and references bring in: lone surrogates and C1 characters."""
    lines = script.lines
    if not any(map(_ODD.search, (f"{line.label} {line.raw}" for line in lines))):
        return script
    mended = (
        replace(
            line,
            raw=_mended(line.raw),
            label=line.label and _mended(line.label),
            said=_mended(line.said),
        )
        for line in lines
    )
    return replace(script, lines=tuple(mended))


def _mended(text: str) -> str:
    return without_c1(without_lone_surrogates(text))


def _refuse_without_spaces(texts: Sequence[str]) -> None:
    """Refuse text whose blanks are lost (seen in captions): no word in it can be told."""
    length = sum(map(len, texts)) + len(texts) - 1
    if length <= 200 or sum(map(word_count, texts)) * 20 >= length:
        return
    said = " ".join(texts)
    if sum(map(str.isascii, said)) > length * 0.9:
        raise TranscriptRefused(
            "no_spaces", "The blanks between words are missing all through the transcript."
        )
