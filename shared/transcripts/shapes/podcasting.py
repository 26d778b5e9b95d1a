"""Podcasting 2.0 transcripts: JSON segments, and HTML with `<cite>`, `<time>` and `<p>`."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from shared.transcripts.names import tidy_label
from shared.transcripts.people import People
from shared.transcripts.records import Line, Script, TranscriptRefused
from shared.transcripts.shapes.markup import Block
from shared.transcripts.text import folded, is_time_mark


def read_json(text: str, _: People) -> Script | None:
    """The script of `{"segments": [{"speaker", "body"}]}`, or None when the text is not JSON.

    Raises `TranscriptRefused` ("malformed") for JSON that has no segments or cannot be read.
    """
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        if text.lstrip()[:1] == "[":
            return None
        raise _malformed("is not valid JSON") from None
    segments = document.get("segments") if isinstance(document, dict) else document
    if not isinstance(segments, list) or not segments:
        raise _malformed('has no list of "segments"')
    return Script("Podcasting 2.0 JSON", tuple(_segment_lines(segments)))


def _malformed(what: str) -> TranscriptRefused:
    return TranscriptRefused(
        "malformed",
        f'The JSON transcript {what}; expected {{"segments": [{{"speaker": ..., "body": ...}}]}}.',
    )


def _segment_lines(segments: list[Any]) -> Iterator[Line]:
    """One line a speaker's run of segments: a body may be a word or a monologue."""
    speaker, words = "", list[str]()
    for segment in segments:
        if not isinstance(segment, dict):
            continue
        body, named = segment.get("body", segment.get("text")), segment.get("speaker")
        label = tidy_label(named) if isinstance(named, str) else ""
        if label and label != speaker and words:
            yield _spoken(speaker, words)
            words = []
        speaker = label or speaker
        if isinstance(body, str) and body.strip():
            words.append(body)
    if words:
        yield _spoken(speaker, words)


def _spoken(speaker: str, words: list[str]) -> Line:
    said = folded(" ".join(words))
    return Line(said, speaker or None, said, mark="field")


def read_cited_html(blocks: Sequence[Block]) -> Script | None:
    """The script of flat `<cite>Name:</cite> <time>0:00</time> <p>..</p>`, or None without cites
    that begin a block."""
    if not any(_is_cited(block) for block in blocks):
        return None
    return Script("Podcasting 2.0 HTML", tuple(_cited_lines(blocks)))


def _is_cited(block: Block) -> bool:
    return any(span.tag == "cite" and span.start == 0 for span in block.spans)


def _cited_lines(blocks: Sequence[Block]) -> Iterator[Line]:
    for block in blocks:
        cite = next((span for span in block.spans if span.tag == "cite" and span.start == 0), None)
        if cite:
            said = block.text[cite.end :].lstrip(" :")
            label = tidy_label(block.text[: cite.end])
            time = next((span for span in block.spans if span.tag == "time"), None)
            if time and time.start >= cite.end:
                said = block.text[time.end :].strip()
            yield Line(block.text, label, "" if is_time_mark(said) else said, mark="field")
        elif not is_time_mark(block.text):
            yield Line(block.text)
