"""Podcasting 2.0 transcripts in HTML: `<cite>`, `<time>` and `<p>`."""

from collections import Counter
from collections.abc import Iterator, Sequence

from shared.transcripts.markup import Block, Span
from shared.transcripts.records import Line, Script
from shared.transcripts.speakers.names import tidy_label
from shared.transcripts.text import is_time_mark


def read_cited_html(blocks: Sequence[Block], *, among_others: bool) -> Script | None:
    """Return the script of flat `<cite>Name:</cite> <time>0:00</time> <p>..</p>`, or None without cites
    that begin a block.

    On a page that holds other things too (`among_others`) a cite may be the title of a book: there
    two must be cited, and one of them again.
    """
    cited = Counter(
        tidy_label(block.text[: cite.end]) for block in blocks if (cite := _cite(block))
    )
    if not cited or (among_others and not 1 < len(cited) < cited.total()):
        return None
    return Script("Podcasting 2.0 HTML", tuple(_cited_lines(blocks)))


def _cite(block: Block) -> Span | None:
    return next((span for span in block.spans if span.tag == "cite" and span.start == 0), None)


def _cited_lines(blocks: Sequence[Block]) -> Iterator[Line]:
    for block in blocks:
        cite = _cite(block)
        if cite:
            said = block.text[cite.end :].lstrip(" :")
            label = tidy_label(block.text[: cite.end])
            time = next((span for span in block.spans if span.tag == "time"), None)
            if time and time.start >= cite.end:
                said = block.text[time.end :].strip()
            yield Line(block.text, label, "" if is_time_mark(said) else said, mark="field")
        elif not is_time_mark(block.text):
            yield Line(block.text)
