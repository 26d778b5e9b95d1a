"""Which shape a page or file has: the content decides, never a suffix."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from shared.transcripts.encodings import decoded
from shared.transcripts.following import second_page
from shared.transcripts.markup import Block, read_blocks
from shared.transcripts.records import Script, TranscriptRefused
from shared.transcripts.shapes.captions import cut_at_labels, read_captions
from shared.transcripts.shapes.econtalk import WATCHED, read_econtalk
from shared.transcripts.shapes.front_matter import split_front_matter
from shared.transcripts.shapes.markdown import read_labelled_text
from shared.transcripts.shapes.office import read_docx
from shared.transcripts.shapes.podcasting import read_cited_html
from shared.transcripts.shapes.rtf import read_rtf
from shared.transcripts.shapes.services import read_json
from shared.transcripts.shapes.tables import read_table
from shared.transcripts.shapes.webpage import is_flat, main_text, read_labelled_page
from shared.transcripts.shapes.xml import read_xml
from shared.transcripts.shapes.yaml_lists import read_yaml
from shared.transcripts.speakers.labels import with_accepted_labels
from shared.transcripts.speakers.names import name_key
from shared.transcripts.speakers.people import People
from shared.transcripts.text import folded

_SHAPES: tuple[Callable[[str, People], Script | None], ...] = (
    *(read_captions, read_rtf, read_json, read_yaml, read_xml, read_table),
)
_PAGE_BEGINS = re.compile(r"\s*(?:<\?xml|<!doctype|<(?:html|head|body)[\s/>])", re.IGNORECASE)
_COMMENT = re.compile(r"<!--(?!\[).*?-->", re.DOTALL)
_TAG_BEGINS = re.compile(r"\s*</?[a-uw-z][a-z0-9]{0,11}[\s/>]", re.IGNORECASE)
_CLOSING_TAG = re.compile(r"</(?:p|div|li|dd|td|tr|cite|h[1-6])>", re.IGNORECASE)
_CLOSING_TAGS_OF_A_PAGE = 5
MOST_LINES_RUN_ON, LEAST_CHARS_RUN_ON = 3, 500
_PDF = b"%PDF-"


@dataclass(frozen=True, slots=True)
class Recognised:
    """A page's script, the people with those whom its front matter names, and its front matter's date."""

    script: Script
    people: People
    day: date | None = None


def recognised(body: bytes, content_type: str | None, people: People, selector: str) -> Recognised:
    """Return the script of the first shape that recognises the bytes; raises `TranscriptRefused`."""
    document = read_docx(body, people)
    if document is not None:
        return Recognised(document, people)
    if body.startswith(_PDF):
        raise TranscriptRefused(
            "not_html",
            "This is a PDF, whose text has no order to rely on; export the transcript as text or DOCX.",
        )
    text = decoded(body, content_type).replace("\0", "")
    if not text.strip():
        raise TranscriptRefused("empty", "The page or file is empty.")
    if _is_binary(text):
        raise TranscriptRefused(
            "not_html",
            "This is no text: neither an HTML page nor a transcript file. Export the transcript as "
            "text, captions, JSON or DOCX.",
        )
    matter, text = split_front_matter(text)
    if matter.speakers:
        named = [name for name in matter.speakers if name_key(name)]
        people = people.joined_by(named)
    return Recognised(_script(text, people, selector), people, matter.day)


def _script(text: str, people: People, selector: str) -> Script:
    for shape in _SHAPES:
        script = shape(text, people)
        if script is not None:
            return script
    return (
        _read_html(text, people, selector)
        or _run_on(text, people)
        or read_labelled_text(text, people)
    )


def _run_on(text: str, people: People) -> Script | None:
    """Return the script of a talk on a line or two, where labels stand in the middle of lines."""
    lines = [folded(line) for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINES_RUN_ON or len(text) < LEAST_CHARS_RUN_ON:
        return None
    return _with_labels(Script("labelled text", tuple(cut_at_labels(lines, people))), people)


def _is_binary(text: str) -> bool:
    sample = text[:4000]
    odd = sum(1 for char in sample if (char < " " and char not in "\t\r\n\f") or char == "\ufffd")
    return odd * 20 > len(sample)


def _read_html(text: str, people: People, selector: str) -> Script | None:
    """Return the page's script; None for text that has a tag or two in it, or labels outside its tags."""
    is_whole, is_fragment = _is_page(text)
    if not is_whole and not is_fragment:
        return None
    blocks = read_blocks(text, WATCHED | {selector})
    if selector:
        chosen = [
            replace(block, furniture=False, hidden=False)
            for block in blocks
            if selector in block.places
        ]
        script = read_labelled_page(chosen, people)
    else:
        script = read_econtalk(blocks, people) or _page_with_speakers(blocks, people)
        if script is None and any(block.hidden for block in blocks):  # behind a button, for one
            shown = [replace(block, hidden=False) for block in blocks]
            script = _page_with_speakers(shown, people)
    if script is None and not is_whole and not selector:
        script = _with_labels(read_labelled_text(text, people), people)
    if script is None:
        raise _no_speakers(selector, chosen if selector else blocks)
    following = second_page(text)
    return replace(script, warnings=(_goes_on(following),)) if following else script


def _goes_on(address: str) -> str:
    return f"the talk may go on at {address}, which is not read: give that page too, or one with all of it"


def _is_page(text: str) -> tuple[bool, bool]:
    """Return whether the text says that it is a page, and whether tags of blocks make up its beginning."""
    head = _COMMENT.sub("", text[:20_000])
    lines = [line for line in head.splitlines() if line.strip()]
    tagged = sum(_TAG_BEGINS.match(line) is not None for line in lines)
    closed = len(_CLOSING_TAG.findall(head))
    return _PAGE_BEGINS.match(head) is not None, (
        closed >= _CLOSING_TAGS_OF_A_PAGE or 2 * tagged > len(lines)
    )


def _with_labels(script: Script, people: People) -> Script | None:
    labels = {line.label for line in with_accepted_labels(script.lines, people) if line.label}
    return script if len(labels) > 1 else None


def _page_with_speakers(blocks: Sequence[Block], people: People) -> Script | None:
    """Cites come first where there is nothing but a transcript, for they are surer than any label."""
    flat = is_flat(blocks)
    cited = partial(read_cited_html, main_text(blocks), among_others=not flat)
    labelled = partial(read_labelled_page, blocks, people)
    readers = (cited, labelled) if flat else (labelled, cited)
    return readers[0]() or readers[1]()


def _no_speakers(selector: str, blocks: Sequence[Block]) -> TranscriptRefused:
    if selector and not blocks:
        return TranscriptRefused(
            "no_transcript",
            f"The page has nothing at {selector!r}, where the profile says that its transcript stands.",
        )
    return TranscriptRefused(
        "no_transcript",
        "The page has no transcript that names its speakers: no two labels such as a name and a colon "
        "return in its text. If it has, name its place in the profile: transcript_selector.",
    )
