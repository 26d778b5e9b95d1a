"""Word's DOCX as labelled text: paragraphs, tables, and bold where a line begins with it.

A DOCX is a zip of XML. Of the libraries, python-docx and docx2python hold whole trees of every part and
bound neither the unpacked size nor the time; what is needed here is the text of one part, in one pass.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping

from lxml import etree

from shared.transcripts.records import Script, TranscriptRefused
from shared.transcripts.shapes.markdown import Paragraphs, read_labelled_text
from shared.transcripts.speakers.people import People

ZIP = b"PK\x03\x04"
MAX_XML_BYTES = 40_000_000
"""Most a document may unpack to: ten hours of talk with every word in a run of its own are half of
it, and a function of 1 GB holds what it makes of it."""
_CHUNK = 1 << 16
_DOCUMENT = "word/document.xml"
_SKIPPED = frozenset({"moveFrom", "Fallback", "txbxContent", "del"})
_OFF = frozenset({"0", "false", "off"})


class _Document:
    """Parser target: the document as labelled Markdown, one step an event."""

    def __init__(self) -> None:
        self.text = Paragraphs()
        self._cells: list[str] = []
        self._bold = self._is_text = False
        self._skipped = self._in_row = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        name = tag.rpartition("}")[2]
        value = next((v for key, v in attributes.items() if key.endswith("}val")), "")
        if name in _SKIPPED:
            self._skipped += 1
        elif name == "tr":
            self._in_row += 1
        elif name == "r":
            self._bold = False
        elif name == "b":
            self._bold = value not in _OFF
        elif name == "rStyle" and value == "Strong":
            self._bold = True
        elif name in ("tab", "br", "cr"):
            self._add("\t" if name == "tab" else "\n")
        self._is_text = name == "t"

    def end(self, tag: str) -> None:
        name = tag.rpartition("}")[2]
        self._is_text = False
        if name in _SKIPPED:
            self._skipped -= 1
        elif name == "p":
            if self._in_row:
                self.text.add(" ")
            else:
                self.text.end()
        elif name == "tc":
            self._cells.append(self.text.taken().replace("|", "\\|"))
        elif name == "tr":
            self._in_row -= 1
            self.text.add(f"| {' | '.join(self._cells)} |" if any(self._cells) else "")
            self.text.end()
            self._cells = []

    def data(self, text: str) -> None:
        if self._is_text:
            self._add(text)

    def _add(self, text: str) -> None:
        if not self._skipped:
            self.text.add(text, self._bold and not self._in_row)

    def close(self) -> None:
        """Nothing is left to be done."""


def read_docx(body: bytes, people: People) -> Script | None:
    """Return the script of a Word document, or None when the bytes are no zip.

    Raises `TranscriptRefused`: "not_html" for other zips, "malformed" for what cannot be unpacked
    within bounds.
    """
    if not body.startswith(ZIP):
        return None
    target = _Document()
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            _feed(archive, target)
    except KeyError:
        raise TranscriptRefused(
            "not_html",
            "This is a zip file and no Word document. An OpenDocument or a book (ODT, EPUB): save it as DOCX or as "
            "text. Else unpack it, and give the transcripts that it holds.",
        ) from None
    except (zipfile.BadZipFile, zlib.error, etree.LxmlError, NotImplementedError, RuntimeError, ValueError,
            EOFError, OSError):  # fmt: skip
        raise _malformed("cannot be read; save it again as DOCX or as text") from None
    return Script("Word document", read_labelled_text(target.text.markdown(), people).lines)


def _feed(archive: zipfile.ZipFile, target: _Document) -> None:
    if archive.getinfo(_DOCUMENT).file_size > MAX_XML_BYTES:
        raise _malformed(f"unpacks to more than {MAX_XML_BYTES:,} bytes")
    parser = etree.XMLParser(target=target, resolve_entities=False, no_network=True, load_dtd=False)
    # A zip member never gives more than the size it declares.
    with archive.open(_DOCUMENT) as part:
        chunk = part.read(_CHUNK)
        if b"<!DOCTYPE" in chunk:
            raise _malformed("declares entities, which no document needs")
        while chunk:
            parser.feed(chunk)
            chunk = part.read(_CHUNK)
    parser.close()


def _malformed(what: str) -> TranscriptRefused:
    return TranscriptRefused("malformed", f"The Word document {what}.")
