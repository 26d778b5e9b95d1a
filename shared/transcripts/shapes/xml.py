"""XML: TTML captions, with their agents' names, and Podlove's transcripts."""

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from shared.transcripts.records import Line, Script, TranscriptRefused
from shared.transcripts.speakers.candidates import labelled
from shared.transcripts.speakers.names import tidy_label
from shared.transcripts.speakers.people import People
from shared.transcripts.text import folded

_BEGINS = re.compile(r"\s*(?:<\?xml|<(?:\w{1,9}:)?(?:tt|transcripts?)[\s>])")
_LINES = frozenset({"p", "line", "transcript", "segment", "cue"})
_MAX_DEPTH = 100
_CHUNK = 1 << 16


class _Spoken:
    """Parser target: what each line says, by whom, and the agents' names; one step an event."""

    def __init__(self) -> None:
        self.root = ""
        self.lines: list[tuple[str, list[str]]] = []
        self.names: dict[str, str] = {}
        self._speakers: list[str] = []
        self._open: list[str] = []
        self._agent = ""
        self._in_line = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = _local(tag)
        self.root = self.root or name
        if len(self._open) >= _MAX_DEPTH:
            raise etree.LxmlError("too deep")
        known = {_local(key): value for key, value in attributes.items()}
        speaker = known.get("agent") or known.get("speaker") or known.get("voice") or ""
        self._speakers.append(speaker or (self._speakers[-1] if self._speakers else ""))
        if name == "agent":
            self._agent = known.get("id", "")
        if name in _LINES and self._open:
            self._in_line += 1
            self.lines.append((self._speakers[-1], []))
        elif name == "span" and speaker and self._in_line:
            self.lines.append((speaker, []))
        elif name == "br" and self._in_line:
            self.lines.append((self._speakers[-1], []))
        # Apple marks every word with a span and writes no blanks between them.
        if name == "span" and known.get("unit") == "word" and self.lines:
            self.lines[-1][1].append(" ")
        self._open.append(name)

    def end(self, _: str) -> None:
        name = self._open.pop()
        self._speakers.pop()
        if name in _LINES and self._open:
            self._in_line -= 1
        elif name == "span" and self._in_line:
            here = self._speakers[-1]
            if self.lines[-1][0] != here:
                self.lines.append((here, []))

    def data(self, text: str) -> None:
        if self._open and self._open[-1] == "name" and self._agent:
            self.names[self._agent] = self.names.get(self._agent, "") + text
        elif self._in_line:
            self.lines[-1][1].append(text)

    def close(self) -> None:
        """Nothing is left to be done."""


def read_xml(text: str, people: People) -> Script | None:
    """Return the script of TTML or Podlove XML, or None when the text is neither.

    Raises `TranscriptRefused` ("malformed") for XML that cannot be read or declares entities.
    """
    if not _BEGINS.match(text[:2000]):
        return None
    if "<!ENTITY" in text:
        raise TranscriptRefused(
            "malformed", "The XML transcript declares entities, which no transcript needs."
        )
    target = _Spoken()
    parser = etree.XMLParser(target=target, resolve_entities=False, no_network=True, load_dtd=False)
    try:
        _feed(
            parser, re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text).encode("utf-8", errors="replace")
        )
    except (etree.LxmlError, ValueError):
        if target.root not in ("tt", "transcript", "transcripts"):
            return None
        raise TranscriptRefused(
            "malformed", "The XML transcript is not well-formed; export it again."
        ) from None
    if target.root not in ("tt", "transcript", "transcripts"):
        return None
    kind = "TTML" if target.root == "tt" else "Podlove XML"
    return Script(kind, tuple(_lines(target, people)))


def _feed(parser: etree.XMLParser, body: bytes) -> None:
    """In pieces: in one, a body of 10 MB counts as too long a name."""
    for start in range(0, len(body), _CHUNK):
        parser.feed(body[start : start + _CHUNK])
    parser.close()


def _lines(found: _Spoken, people: People) -> Iterator[Line]:
    for speaker, pieces in found.lines:
        said = folded("".join(pieces))
        if not said:
            continue
        label = tidy_label(found.names.get(speaker.lstrip("#"), speaker))
        yield Line(said, label, said, mark="field") if label else labelled(said, people)


def _local(name: str) -> str:
    return name.rpartition("}")[2].rpartition(":")[2]
