"""Whether a page says that it is the first of several."""

import re
from html import unescape

_LINK = re.compile(r"<a\s([^<>]{1,800})>((?:\s*<(?!/a)[^<>]{1,100}>)*[^<]{0,60})", re.IGNORECASE)
_TO_THE_SECOND = re.compile(
    r"href\s?=\s?[\"']([^\"'<>\s]{0,300}(?:/2/?|[?&;](?:page|paged|pg|p|seite)=2|[_-]2\.html?))[\"']",
    re.IGNORECASE,
)
_IS_NEXT = re.compile(r"rel\s?=\s?[\"']?next\b", re.IGNORECASE)
_SAYS_NEXT = re.compile(
    r"(?:go to |continue(?: to)? |transcript,? )?(?:next|page|part|seite|weiter)\b|2\s*$",
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^<>]*>")


def second_page(page: str) -> str:
    """Return the address of a page's second part as a link gives it, or "" where none leads there."""
    for attributes, inside in _LINK.findall(page):
        found = _TO_THE_SECOND.search(attributes)
        if found and "comment" not in found[1]:
            words = _TAG.sub("", inside).strip()
            if _IS_NEXT.search(attributes) or _SAYS_NEXT.match(words):
                return unescape(found[1])
    return ""
