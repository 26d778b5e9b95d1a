"""A page's own title, which names the guests where no feed does."""

from collections.abc import Mapping

from lxml import etree

from shared.transcripts.encodings import decoded
from shared.transcripts.shapes.front_matter import split_front_matter
from shared.transcripts.text import folded

_TITLES = ("h1", "title")


class _Titles:
    """Parser target that keeps the text of the first element of each kind."""

    def __init__(self) -> None:
        self.titles: dict[str, list[str]] = {}
        self._open = ""

    def start(self, tag: str, _: Mapping[str, str]) -> None:
        if tag in _TITLES and tag not in self.titles:
            self.titles[tag] = []
            self._open = tag

    def end(self, tag: str) -> None:
        if tag == self._open:
            self._open = ""

    def data(self, text: str) -> None:
        if self._open:
            self.titles[self._open].append(text)

    def comment(self, text: str) -> None:
        """Comments are no text."""

    def close(self) -> dict[str, list[str]]:
        return self.titles


def heading_of(body: bytes, content_type: str | None) -> str:
    """Return the title in the front matter, else the page's first `h1`, else its `title`, on one line, or "".

    Takes any bytes, in time linear in their number.
    """
    text = decoded(body, content_type)
    title = split_front_matter(text)[0].title
    if title:
        return title
    target = _Titles()
    parser = etree.HTMLParser(encoding="utf-8", target=target, huge_tree=True)
    try:
        parser.feed(text.encode("utf-8", errors="replace"))
        parser.close()
    except etree.LxmlError:
        pass
    texts = (folded("".join(target.titles.get(tag, ()))) for tag in _TITLES)
    return next((text for text in texts if text), "")
