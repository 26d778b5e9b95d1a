"""HTML as a flat list of blocks.

The parser is libxml2's, driven through events: building its tree takes quadratic time on a tag
with many attributes, and the places that matter here need no tree.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from shared.transcripts.text import folded

_INLINE = frozenset(
    {"a", "abbr", "acronym", "b", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark",
     "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var"}
)  # fmt: skip
_HIDDEN = frozenset(
    {"head", "script", "style", "noscript", "template", "svg", "select", "textarea", "button", "iframe", "object"}
)  # fmt: skip
MAX_LABEL = 80
MAX_PATH = 32
MAX_NAMES = 200
_FOOTNOTE = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡]|[a-z])[\])]?")
_NOTES = re.compile(
    r"(?:^|[ _-])(?:fn|foot-?note|note|ref|reference|citation|cite|endnote)", re.IGNORECASE
)
_UNSEEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_FURNITURE = frozenset({"nav", "aside", "footer", "form", "figure", "dialog", "address"})
_FURNITURE_NAMES = re.compile(
    r"(?:^| )(?:(?:site|main|entry|post|page|jp|wp|primary|secondary|top|global|inline|google)[-_]*)?"
    r"(?:nav|navbar|navigation|menu|sidebar|comment|comments|commentlist|comment-list|respond|related"
    r"|relatedposts|share|sharing|social|footer|widget|breadcrumbs?|newsletter|subscribe|signup|cookie"
    r"|banner|pagination|disqus|reply|recommend(?:ed|ations)?|read-?more|more-posts|author-bio"
    r"|ads?|adsbygoogle|advert(?:isements?|s)?|promos?|sponsors?|cta|block-buttons?|pull-?quote|sharedaddy"
    r"|toc|tags|tweet|click-?to-?tweet|(?:post|entry)[-_]meta|subscription)(?:[-_ ]|$)",
    re.IGNORECASE,
)


def is_furniture(tag: str, names: str) -> bool:
    """Return whether the element with these classes and this id holds no part of a page's main text."""
    if tag in ("html", "body", "main", "article"):
        return False
    return tag in _FURNITURE or (names != " " and _FURNITURE_NAMES.search(names) is not None)


@dataclass(frozen=True, slots=True)
class Span:
    """Text in an inline element of its own: `end` is exclusive, in the block's text."""

    start: int
    end: int
    tag: str
    names: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text between block boundaries.

    `places` are the marks of the elements around it (`table.ts2`, `#id`, `.class`), `table`
    and `row` number the innermost table and the table rows of the page, `cell` counts the cells
    of the row, and `header` says that the cell is a `th`. `path` has the elements around it from the
    outside in, each with its number and its tag and classes; `furniture` says that one of them is
    a menu, a comment or the like, `hidden` that one is not shown.
    """

    text: str
    spans: tuple[Span, ...]
    places: frozenset[str]
    table: int
    row: int
    cell: int
    header: bool
    path: tuple[tuple[int, str], ...] = ()
    furniture: bool = False
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class _Element:
    """An open element: where its text begins in the block, and what it is."""

    tag: str
    marks: tuple[str, ...]
    began: int
    names: str
    furniture: bool
    unseen: bool
    is_note: bool


class _Blocks:
    """Parser target that collects blocks; one step an event, whatever the nesting."""

    def __init__(self, watched: frozenset[str]) -> None:
        self.blocks: list[Block] = []
        self._watched = watched
        self._open: list[_Element] = []
        self._path: list[tuple[int, str]] = []
        self._count = self._furniture = self._unseen = self._notes = 0
        self._inside: Counter[str] = Counter()
        self._places: frozenset[str] = frozenset()
        self._hidden = 0
        self._tables: list[int] = []
        self._table_count = self._row = self._cell = 0
        self._header = 0
        self._clear()

    def _clear(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self._blank = False
        self._spans: list[Span] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag not in _INLINE:
            self._flush()
        names, marks = self._called(tag, attributes) if attributes else (" ", ())
        element = _Element(
            *(tag, marks, self._length, names, is_furniture(tag, names)),
            unseen=bool(attributes) and _is_unseen(attributes),
            is_note=tag in ("a", "sup") and _is_note(tag, names, attributes, self._notes),
        )
        self._open.append(element)
        self._furniture += element.furniture
        self._unseen += element.unseen
        self._notes += tag == "sup"
        if tag not in _INLINE:
            self._count += 1
            self._path.append((self._count, f"{tag} {names}"))
        if marks:
            self._inside.update(marks)
            self._places = frozenset(self._inside)
        self._hidden += tag in _HIDDEN
        self._header += tag == "th"
        if tag == "table":
            self._table_count += 1
            self._tables.append(self._table_count)
        elif tag == "tr":
            self._row, self._cell = self._row + 1, 0
        elif tag in ("td", "th"):
            self._cell += 1

    def end(self, tag: str) -> None:
        if tag not in _INLINE:
            self._flush()
        if not self._open:
            return
        element = self._open.pop()
        opened, marks, began = element.tag, element.marks, element.began
        if element.is_note and began < self._length:
            self._take_back(began)
        is_slanted = opened in ("em", "i") and began == 0  # maybe all of the block
        if opened in _INLINE and (0 < self._length - began <= MAX_LABEL or is_slanted):
            self._spans.append(Span(began, self._length, opened, element.names))
        self._furniture -= element.furniture
        self._unseen -= element.unseen
        self._notes -= opened == "sup"
        if opened not in _INLINE and self._path:
            self._path.pop()
        if marks:
            self._inside -= Counter(marks)
            self._places = frozenset(self._inside)
        self._hidden -= opened in _HIDDEN
        self._header -= opened == "th"
        if opened == "table":
            self._tables.pop()

    def data(self, text: str) -> None:
        if self._hidden or not text:
            return
        words = folded(text)
        if words:
            blank = self._length and (self._blank or text[0].isspace())
            self._pieces += (" ", words) if blank else (words,)
            self._length += len(words) + bool(blank)
        self._blank = text[-1].isspace() or (self._blank and not words)

    def _take_back(self, began: int) -> None:
        """Drop the mark of a footnote that was just read, and keep any other text."""
        text = "".join(self._pieces)
        if _FOOTNOTE.fullmatch(text[began:].strip()):
            kept = text[:began].rstrip()
            self._blank = self._blank or len(kept) < began
            self._pieces, self._length = [kept], len(kept)

    def comment(self, text: str) -> None:
        """Comments are no text."""

    def close(self) -> list[Block]:
        self._flush()
        return self.blocks

    def _called(self, tag: str, attributes: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
        """Return the element's classes and id, and those of its marks that are watched."""
        classes, own = attributes.get("class", ""), attributes.get("id")
        marks = [] if own is None else [f"#{own}"]
        for name in classes.split():
            marks += [f".{name}", f"{tag}.{name}"]
        names = f"{classes} {own or ''}"[:MAX_NAMES]
        return names, tuple(mark for mark in marks if mark in self._watched)

    def _flush(self) -> None:
        if self._length:
            self.blocks.append(self._block("".join(self._pieces)))
        self._clear()

    def _block(self, text: str) -> Block:
        return Block(
            text,
            tuple(
                Span(span.start + (text[span.start] == " "), span.end, span.tag, span.names)
                for span in self._spans
            ),
            self._places,
            self._tables[-1] if self._tables else 0,
            self._row,
            self._cell,
            self._header > 0,
            tuple(self._path[:MAX_PATH]),
            self._furniture > 0,
            self._unseen > 0,
        )


def _is_unseen(attributes: Mapping[str, str]) -> bool:
    style = attributes.get("style", "")
    is_hidden = "hidden" in attributes or attributes.get("aria-hidden", "") == "true"
    return is_hidden or (style != "" and _UNSEEN.search(style) is not None)


def _is_note(tag: str, names: str, attributes: Mapping[str, str], raised: int) -> bool:
    """Return whether the element may be the mark of a footnote: a raised link, one to a note, or one called so."""
    if _NOTES.search(names) or (tag == "a" and raised):
        return True
    return tag == "a" and _NOTES.search(attributes.get("href", "")[1:]) is not None


def read_blocks(page: str, watched: frozenset[str]) -> list[Block]:
    """Return the page's visible text as blocks, in order; `watched` are the marks `places` may hold.

    Takes any string, in time linear in its length.
    """
    target = _Blocks(watched)
    parser = etree.HTMLParser(encoding="utf-8", target=target, huge_tree=True)
    try:
        parser.feed(page.encode("utf-8", errors="replace"))
        parser.close()
    except etree.LxmlError:
        target.close()
    return target.blocks
