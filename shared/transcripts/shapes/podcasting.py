"""Podcasting 2.0 transcripts in HTML: `<cite>`, `<time>` and `<p>`."""

from collections.abc import Iterator, Sequence

from shared.transcripts.names import tidy_label
from shared.transcripts.records import Line, Script
from shared.transcripts.shapes.markup import Block
from shared.transcripts.text import is_time_mark


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
