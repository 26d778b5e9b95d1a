"""RTF as labelled text, in one pass: striprtf needs quadratic time on some files and loses what is bold."""

import codecs
import re
from dataclasses import dataclass, replace

from shared.transcripts.records import Script
from shared.transcripts.shapes.markdown import Paragraphs, read_labelled_text
from shared.transcripts.speakers.people import People

_BEGINS = "{\\rtf"
_TOKEN = re.compile(
    r"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,9})? ?|\\'(?P<byte>[0-9a-fA-F]{2})|\\(?P<sign>[^a-zA-Z])"
    r"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]{1,1000})|[\r\n]+|\\"
)
_SILENT = frozenset(
    {
        *(
            "fonttbl",
            "colortbl",
            "stylesheet",
            "info",
            "pict",
            "header",
            "footer",
            "headerl",
            "headerr",
        ),
        *(
            "headerf",
            "footerl",
            "footerr",
            "footerf",
            "footnote",
            "annotation",
            "fldinst",
            "object",
        ),
        *(
            "listtable",
            "listoverridetable",
            "themedata",
            "datastore",
            "generator",
            "xmlnstbl",
            "rsidtbl",
        ),
    }
)
_MARKS = {
    "tab": "\t",
    "line": "\n",
    "cell": " ",
    "emdash": "—",
    "endash": "–",
    "lquote": "‘",
    "rquote": "’",
    "ldblquote": "“",
    "rdblquote": "”",
    "bullet": "•",
}
_ENDS = frozenset({"par", "sect", "row", "page"})
_SIGNS = {"~": "\u00a0", "_": "-", "{": "{", "}": "}", "\\": "\\"}
_MAX_DEPTH = 10_000


@dataclass(frozen=True, slots=True)
class _Group:
    """What holds within braces; `skip` characters stand in for each Unicode character."""

    silent: bool = False
    bold: bool = False
    skip: int = 1


class _Reader:
    def __init__(self) -> None:
        self.text = Paragraphs()
        self._group = _Group()
        self._outer: list[_Group] = []
        self._encoding = "cp1252"
        self._bytes = bytearray()
        self._to_skip = 0

    def take(self, token: re.Match[str]) -> None:
        if token["byte"]:
            self._take_byte(int(token["byte"], 16))
            return
        self._decode()
        if token["brace"]:
            self._take_brace(token["brace"])
        elif token["word"]:
            self._take_word(token["word"], token["number"])
        elif token["sign"] == "*":
            self._group = replace(self._group, silent=True)
        elif token["sign"] or token["text"]:
            self._add(token["text"] or _SIGNS.get(token["sign"], ""))

    def _take_byte(self, byte: int) -> None:
        if self._to_skip:
            self._to_skip -= 1
        elif not self._group.silent:
            self._bytes.append(byte)

    def _decode(self) -> None:
        """Bytes are read together: two of them may be one character."""
        if self._bytes:
            self.text.add(self._bytes.decode(self._encoding, errors="replace"), self._group.bold)
            self._bytes.clear()

    def _take_brace(self, brace: str) -> None:
        self._to_skip = 0
        if brace == "{" and len(self._outer) < _MAX_DEPTH:
            self._outer.append(self._group)
        elif brace == "}" and self._outer:
            self._group = self._outer.pop()

    def _take_word(self, word: str, number: str | None) -> None:
        if word in _SILENT:
            self._group = replace(self._group, silent=True)
        elif word == "b":
            self._group = replace(self._group, bold=number != "0")
        elif word == "plain":
            self._group = replace(self._group, bold=False)
        elif word == "uc" and number:
            self._group = replace(self._group, skip=max(0, int(number)))
        elif word == "ansicpg" and number:
            self._encoding = _known(f"cp{number}")
        elif word == "u" and number:
            self._add(chr(int(number) % 0x10000))
            self._to_skip = self._group.skip
        elif word in _ENDS and not self._group.silent:
            self.text.end()
        elif word in _MARKS:
            self._add(_MARKS[word])

    def _add(self, text: str) -> None:
        said = text[self._to_skip :]
        self._to_skip = max(0, self._to_skip - len(text))
        if not self._group.silent:
            self.text.add(said, self._group.bold)

    def close(self) -> str:
        self._decode()
        return self.text.markdown()


def _known(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        return "cp1252"


def read_rtf(text: str, people: People) -> Script | None:
    """Return the script of an RTF file, or None when the text is none; time is linear in its length."""
    if not text.lstrip("\ufeff \r\n").startswith(_BEGINS):
        return None
    reader = _Reader()
    for token in _TOKEN.finditer(text):
        reader.take(token)
    plain = reader.close().encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return Script("RTF", read_labelled_text(plain, people).lines)
