"""EconTalk's pages: a table of time marks and dialogue, in two structures and five eras."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, zip_longest

from shared.transcripts.markup import Block, Span
from shared.transcripts.records import Line, Script, TranscriptRefused
from shared.transcripts.speakers.candidates import labelled
from shared.transcripts.speakers.inline import inline_labels, inline_lines
from shared.transcripts.speakers.names import could_be_a_name, tidy_label
from shared.transcripts.speakers.people import People
from shared.transcripts.text import is_time_mark

WATCHED = frozenset({"table.ts2", "#unique", ".audio-highlight", "#audio-highlights"})
_COLON_AFTER = re.compile(r"\s?:(?!/)")
_PLACES = ("table.ts2", "#unique", ".audio-highlight", "#audio-highlights")
_HEADER = ("time", "podcast episode highlights")
_PAGE_FURNITURE = frozenset({"hide highlights", "time", "podcast episode highlights"})


def find_transcript(blocks: Sequence[Block]) -> tuple[str, list[Block]] | None:
    """Return the selector that matched, and the transcript's blocks; None when the page has neither."""
    for place in _PLACES:
        inside = [block for block in blocks if place in block.places]
        if inside:
            return place, _speech(inside)
    table = _table_with_header(blocks)
    if table is None:
        return None
    return "table with header", _speech([block for block in blocks if block.table == table])


def read_econtalk(blocks: Sequence[Block], people: People) -> Script | None:
    """Return the page's script, or None when it is not an EconTalk page.

    Raises `TranscriptRefused` ("no_transcript") when the transcript's place is empty.
    """
    speech_at = find_transcript(blocks)
    if speech_at is None:
        return None
    place, speech = speech_at
    if not speech:
        raise TranscriptRefused(
            "no_transcript", f"The page has a place for a transcript ({place}) with nothing in it."
        )
    labels = inline_labels(people, "\n".join(block.text for block in speech))
    inline = sum(1 for block in speech for _ in labels.found_in(block.text))
    spans = [list(_label_spans(block, _is_label(people))) for block in speech]
    own = sum(map(len, spans))
    if own * 2 >= inline and own:
        marked = zip(speech, spans, strict=True)
        lines = [line for block, cuts in marked for line in _marked_lines(block, cuts, people)]
        return Script(f"{place}, labelled paragraphs", tuple(lines))
    lines = [line for block in speech for line in inline_lines(block.text, labels, block.row)]
    return Script(f"{place}, inline labels", tuple(lines))


def _table_with_header(blocks: Sequence[Block]) -> int | None:
    for first, second in pairwise(blocks):
        same_row = first.row == second.row and first.table == second.table > 0
        if same_row and (first.text.lower(), second.text.lower()) == _HEADER:
            return first.table
    return None


def _speech(blocks: Sequence[Block]) -> list[Block]:
    kept = []
    for block in blocks:
        if block.header or is_time_mark(block.text) or block.text.lower() in _PAGE_FURNITURE:
            continue
        kept.append(block)
    return kept


def _is_label(people: People) -> Callable[[str], bool]:
    def judge(label: str) -> bool:
        return people.identify(label) is not None or could_be_a_name(label)

    return judge


def _label_spans(block: Block, is_label: Callable[[str], bool]) -> Iterator[Span]:
    """Inline elements that end in a colon, or are followed by one, and could be a label."""
    done = 0
    for span in sorted(block.spans, key=lambda span: (span.start, -span.end)):
        if span.start < done:
            continue
        inner = block.text[span.start : span.end]
        after = _COLON_AFTER.match(block.text, span.end)
        if (inner.endswith(":") or after) and is_label(tidy_label(inner)):
            done = after.end() if after else span.end
            yield Span(span.start, done, span.tag)


def _marked_lines(block: Block, spans: Sequence[Span], people: People) -> Iterator[Line]:
    """Yield the block cut at its labels: any at its start, inside it only those of expected people."""
    cuts = [
        span
        for span in spans
        if span.start == 0 or people.identify(tidy_label(block.text[span.start : span.end]))
    ]
    lead = block.text[: cuts[0].start].strip() if cuts else block.text
    if lead:
        yield labelled(lead, people, block.row)
    for span, after in zip_longest(cuts, cuts[1:]):
        end = after.start if after else len(block.text)
        label = tidy_label(block.text[span.start : span.end])
        said = block.text[span.end : end].strip()
        yield Line(block.text[span.start : end].strip(), label, said, "bold", block.row)
