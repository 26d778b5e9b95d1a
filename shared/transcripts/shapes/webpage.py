"""Any labelled web page: its blocks are read like lines of labelled text.

Extractors of main text lose labelled transcripts; the labels themselves show where one stands.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from shared.transcripts.markup import Block, Span
from shared.transcripts.records import Line, Mark, Script
from shared.transcripts.shapes.markdown import TABLE_HEADER
from shared.transcripts.speakers.candidates import labelled
from shared.transcripts.speakers.credits import without_credits
from shared.transcripts.speakers.labels import with_accepted_labels
from shared.transcripts.speakers.names import form_of, tidy_label
from shared.transcripts.speakers.people import People
from shared.transcripts.speakers.roles import is_nameless
from shared.transcripts.text import CLOCK, is_time_mark

_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_SPEAKING_TAGS = frozenset({"b", "strong", "cite"})
_SPEAKER_NAMES = re.compile(
    r"(?:^|[ _-])(?:speakers?|ts-name|name|who|person|talker|host|guest|interviewer|voice|label)(?:[ _-]|$)",
    re.IGNORECASE,
)
_TIME_FIRST = re.compile(rf"[\[(]?{CLOCK}[\])]?\s*[-–—|]?\s*")
_ENDS = re.compile(
    r"(?:\d* ?comments?|related|you (?:may|might)|more (?:from|episodes|like|posts)|share|subscribe|show ?notes"
    r"|links|resources|about |leave a|sponsors?|credits|discussion|recent|previous|next|references|further)\b",
    re.IGNORECASE,
)
_TRANSCRIPT = re.compile(r"(?:.{0,60}\b)?transcript\b", re.IGNORECASE)
_LABELLED_LINES, _TIMES_OF_A_STRANGER = 3, 3
LABELLED_PAGE = "labelled page"


def read_labelled_page(blocks: Sequence[Block], people: People) -> Script | None:
    """Return the script of the part of the page that labels of speakers mark, or None without one."""
    body = main_text(blocks)
    headers = _header_rows(body)
    found = [Line("") if _row(block) in headers else _line(block, people) for block in body]
    lines = without_credits(_without_titles(body, found), people)
    accepted = with_accepted_labels(lines, people)
    places = [place for place, line in enumerate(accepted) if line.label]
    if not _are_speakers([accepted[place].label or "" for place in places], people):
        return None
    first, last = _bounds(body, places)
    places = [place for place in places if first <= place <= last]
    inside = list(_inside(body, lines, first, last, places))
    if inside[-1] is lines[last] and _names_come_after(body, accepted, places):
        return None
    return Script(LABELLED_PAGE, tuple(inside))


def main_text(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks without menus and comments, and without the cite that ends a quotation: it says who
    said what stands before."""
    return [
        block
        for block in blocks
        if not block.furniture and not block.hidden and not _ends_a_quotation(block)
    ]


def _without_titles(body: Sequence[Block], lines: Sequence[Line]) -> list[Line]:
    """Return the lines with headings as labels only of a level that names somebody twice: others are titles."""
    returning = {
        tag
        for (tag, _), times in Counter(
            (_tag(block), line.label)
            for block, line in zip(body, lines, strict=True)
            if line.label and _tag(block) in _HEADINGS
        ).items()
        if times > 1
    }
    titles = _HEADINGS - returning
    return [
        Line("") if line.label and _tag(block) in titles else line
        for block, line in zip(body, lines, strict=True)
    ]


def _ends_a_quotation(block: Block) -> bool:
    quoted = any(name.startswith("blockquote ") for _, name in block.path)
    return quoted and _is_all(block, "cite")


def _row(block: Block) -> tuple[int, int]:
    return block.table, block.row


def _header_rows(body: Sequence[Block]) -> set[tuple[int, int]]:
    """Return the rows of tables that say what stands below, such as Speaker, Time, Text."""
    cells = [(_row(block), block.text.casefold()) for block in body if block.table]
    named = Counter(row for row, text in cells if text in TABLE_HEADER)
    others = {row for row, text in cells if text not in TABLE_HEADER}
    return {row for row, count in named.items() if count > 1 and row not in others}


def is_flat(blocks: Sequence[Block]) -> bool:
    """Return whether there is nothing but a transcript: no heading, no menu, nothing like them."""
    return not any(block.furniture or _tag(block) in _HEADINGS for block in blocks)


def _are_speakers(labels: Sequence[str], people: People) -> bool:
    """Return whether two or more speak, one of them known, without a name, or with a full name that returns."""
    times = Counter(labels)
    if len(times) < 2 or len(labels) < _LABELLED_LINES or times.most_common(1)[0][1] < 2:
        return False
    strangers = [
        label
        for label, count in times.items()
        if " " in label and form_of(label) == "name" and count >= _TIMES_OF_A_STRANGER
    ]
    is_known = any(people.identify(label) or label.casefold() == "host" for label in times)
    return is_known or len(strangers) > 1 or sum(map(is_nameless, times)) > 1


def _line(block: Block, people: People) -> Line:
    """Return the block as a line: what sets a label apart is an element at its beginning, or text alone."""
    text, tag = block.text, _tag(block)
    if is_time_mark(text):
        return Line("")
    label = tidy_label(text)
    is_label = len(text) <= 80 and _may_be(label, people)
    if tag in _HEADINGS:
        return Line("", label, "", "alone", 0, False) if is_label else Line("")
    if is_label and (
        tag == "dt"
        or _SPEAKER_NAMES.search(block.path[-1][1].partition(" ")[2] if block.path else "")
    ):
        return Line(text, label, "", "bold")
    time = _TIME_FIRST.match(text)
    start = time.end() if time else 0
    span = next((span for span in _spans_at(block, start) if _sets_apart(span, text, people)), None)
    if span is None:
        return labelled(text, people)
    said = text[span.end :].lstrip(" :：")
    has_colon = _ends_in_colon(span, text) or bool(_SPEAKER_NAMES.search(span.names))
    return Line(text, tidy_label(text[span.start : span.end]), said, _mark(span), 0, has_colon)


def _spans_at(block: Block, start: int) -> list[Span]:
    """Return the elements that begin the block's text, or what follows a time, the widest first."""
    found = [span for span in _merged(block) if span.start in (0, start) and span.end > start]
    return sorted(found, key=lambda span: (span.start == 0 < start, -span.end))


def _merged(block: Block) -> list[Span]:
    """Return the elements, those of one kind that follow each other as one: word processors cut them up."""
    merged: list[Span] = []
    for span in sorted(block.spans, key=lambda span: (span.start, -span.end)):
        before = merged[-1] if merged else span
        if (
            (before.tag, before.names) == (span.tag, span.names)
            and not block.text[before.end : span.start].strip()
            and (before.end <= span.start)
        ):
            merged.append(replace(before, end=span.end))
        merged.append(span)
    return merged


def _sets_apart(span: Span, text: str, people: People) -> bool:
    is_marked = (
        span.tag in _SPEAKING_TAGS
        or _ends_in_colon(span, text)
        or _SPEAKER_NAMES.search(span.names)
    )
    return (
        bool(is_marked)
        and span.tag != "time"
        and _may_be(tidy_label(text[span.start : span.end]), people)
    )


def _mark(span: Span) -> Mark:
    return "field" if span.tag == "cite" else "bold"


def _ends_in_colon(span: Span, text: str) -> bool:
    return text[: span.end].rstrip().endswith((":", "：")) or text[
        span.end : span.end + 2
    ].lstrip()[:1] in (*":：",)


def _may_be(label: str, people: People) -> bool:
    return form_of(label) in ("name", "role", "handle") or people.identify(label) is not None


def _tag(block: Block) -> str:
    return block.path[-1][1].partition(" ")[0] if block.path else ""


def _bounds(body: Sequence[Block], places: Sequence[int]) -> tuple[int, int]:
    """Return the first and last line of the talk: after a heading that says Transcript, before one that ends it."""
    headings = [place for place, block in enumerate(body) if _tag(block) in _HEADINGS]
    starts = [place for place in headings if _TRANSCRIPT.match(body[place].text)]
    half = len(places) // 2
    first = max((place for place in starts if place < places[half]), default=-1)
    ends = [place for place in headings if _ENDS.match(body[place].text) and place > places[half]]
    end = min(ends, default=len(body))
    held = [place for place in places if first < place < end]
    return held[0], held[-1]


def _inside(
    body: Sequence[Block], lines: Sequence[Line], first: int, last: int, places: Sequence[int]
) -> Iterator[Line]:
    """Yield the lines between the first label and the end of the last turn, within the talk's own element."""
    around = body[first].path
    for place in places:
        around = _shared(around, body[place].path)
    depth = len(around)
    if any(len(body[place].path) == depth for place in places):
        depth -= 1  # a block that is itself the common element
    around = around[:depth]
    shapes = set()
    for place in range(first, len(body)):
        block = body[place]
        if block.path[:depth] != around:
            if place > last:
                return
            continue
        shape = _shape(block)[depth:]
        if place <= last:
            shapes.add(shape)
        elif shape not in shapes or _tag(block) in _HEADINGS or _is_all(block, "a", "em", "i"):
            return
        yield lines[place]


def _names_come_after(
    body: Sequence[Block], accepted: Sequence[Line], places: Sequence[int]
) -> bool:
    """Return whether every name stands alone, below a block of the same shape."""
    shapes = {_shape(body[place - 1]) if place else None for place in places}
    return len(shapes) == 1 and not any(
        accepted[place].said or accepted[place].raw.endswith((":", "：")) for place in places
    )


def _shape(block: Block) -> tuple[str, ...]:
    return tuple(name for _, name in block.path)


def _shared(
    one: tuple[tuple[int, str], ...], other: tuple[tuple[int, str], ...]
) -> tuple[tuple[int, str], ...]:
    length = 0
    for ours, theirs in zip(one, other, strict=False):
        if ours != theirs:
            break
        length += 1
    return one[:length]


def _is_all(block: Block, *tags: str) -> bool:
    """Return whether the block is one such element and nothing else: a link, or a remark in italics."""
    return any(
        span.tag in tags and span.end - span.start >= len(block.text) - 2 for span in block.spans
    )
