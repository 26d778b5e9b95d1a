"""A feed's text as its tags cut it: whatever tag is left open, what stands in an item is that item's."""

import re
from collections.abc import Iterator, Sequence
from html import unescape

_ITEM = re.compile(r"<(/?)(?:[\w.-]{1,40}:)?(?:item|entry)(?=[\s/>])", re.IGNORECASE)
_TRANSCRIPT = re.compile(r"<(?:[\w.-]{1,40}:)?transcript\s([^<>]{0,4000})>")
_ATTRIBUTE = re.compile(r"([\w:.-]{1,40})\s{0,9}=\s{0,9}(?:\"([^\"]*)\"|'([^']*)')")
_NAMES = ("guid", "id", "link")
_NO_MARKUP = (("<!--", "-->"), ("<![CDATA[", "]]>"))
_DECLARATION = re.compile(r"\s*<\?xml[^>]{0,400}\?>")
_EMPTY_LINK = re.compile(r"<link\s{0,9}/>|<link>\s{0,99}</link>", re.IGNORECASE)
_REFERENCE = re.compile(r"&#(?:x([0-9a-fA-F]{1,20})|(\d{1,20}));")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def well_formed(text: str) -> str:
    """Return the feed's text without what one parser or another gives up over.

    Those are characters that XML forbids, also as references, an encoding that was declared before the text was
    decoded, and links without an address.
    """
    plain = _FORBIDDEN.sub("", _DECLARATION.sub("", text, count=1))
    return _REFERENCE.sub(_allowed, _EMPTY_LINK.sub("", plain))


def _allowed(reference: re.Match[str]) -> str:
    code = int(reference[1], 16) if reference[1] else int(reference[2])
    is_char = code < 0x110000 and not _FORBIDDEN.match(chr(code))
    return reference[0] if is_char else "\ufffd"


def items_in(text: str) -> Sequence[tuple[str, str]]:
    """Return each item as it stands in the text, and the same with comments and CDATA blanked out."""
    markup = _only_markup(text)
    cuts = list(_ITEM.finditer(markup))
    ends = [*(cut.start() for cut in cuts[1:]), len(text)]
    places = ((cut.start(), end) for cut, end in zip(cuts, ends, strict=False) if not cut[1])
    return [(text[start:end], markup[start:end]) for start, end in places]


def _only_markup(text: str) -> str:
    """Return the text with what may look like tags and is none as blanks, all else where it was."""
    pieces, done = list[str](), 0
    while (start := _next(text, done)) is not None:
        place, mark, close = start
        end = text.find(close, place + len(mark))
        if end < 0:
            break
        pieces += (text[done:place], " " * (end + len(close) - place))
        done = end + len(close)
    return "".join((*pieces, text[done:]))


def _next(text: str, at: int) -> tuple[int, str, str] | None:
    place = text.find("<!", at)
    while place >= 0:
        for mark, close in _NO_MARKUP:
            if text.startswith(mark, place):
                return place, mark, close
        place = text.find("<!", place + 2)
    return None


def transcripts_in(markup: str) -> Iterator[dict[str, str]]:
    """Yield the attributes of each `<podcast:transcript>` in an item, whatever its prefix."""
    for tag in _TRANSCRIPT.finditer(markup):
        found = _ATTRIBUTE.findall(tag[1])
        yield {name.lower(): unescape(one or other) for name, one, other in found}


def name_of(item: str) -> str:
    """Return what names an item: its guid, else its id or link, or "" without any."""
    for name in _NAMES:
        found = re.search(rf"<{name}(?:\s[^<>]{{0,400}})?>\s*(?:<!\[CDATA\[)?([^<\]]*)", item, re.I)
        if found and found[1].strip():
            return unescape(found[1].strip())
    return ""
