"""Bytes to text as browsers read them: the labels and encodings of the WHATWG Encoding Standard."""

import codecs
import re
from collections.abc import Iterator
from html import unescape

import webencodings

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SUPERSETS = {
    "gbk": "gb18030"
}  # the standard's decoder of gbk, which webencodings leaves to Python's
_HEAD_BYTES = 2000
_CHARSET = re.compile(rb"charset\s{0,9}=\s{0,9}[\"']?([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9_.:-]{1,40})")
_FALLBACK = "windows-1252"
_C1 = re.compile(r"[\x80-\x9f]|&#(?:12[89]|1[345]\d|[xX][89][0-9a-fA-F]);")
_READ = {
    code: read
    for code in range(0x80, 0xA0)
    if (read := bytes([code]).decode(_FALLBACK, errors="ignore"))
}


def decoded(body: bytes, content_type: str | None) -> str:
    """Return the bytes as text, without a byte order mark; takes any bytes, in time linear in their number.

    Control characters that windows-1252 has letters and marks for (U+0080 to U+009F) become those: they are what
    a text becomes that somebody read as Latin-1.

    A byte order mark decides, then NULs (UTF-16), then being UTF-8, which other encodings hardly
    ever are by chance, also where a few bytes are stray; what header or page declare comes last,
    because servers declare by default. A byte that is nothing becomes U+FFFD.
    """
    return without_c1(_decoded(body, content_type))


def without_c1(text: str) -> str:
    """Return the text with the characters of windows-1252 where C1 control characters stand for them, also as
    references (`&#146;`)."""
    return _C1.sub(lambda found: unescape(found[0]).translate(_READ), text)


def _decoded(body: bytes, content_type: str | None) -> str:
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, errors="replace")
    sample = body[:_HEAD_BYTES]
    if len(sample) >= 4 and sample.count(0) * 3 > len(sample):
        return body.decode("utf-16-le" if sample[0] else "utf-16-be", errors="replace")
    declared = next(_declared(content_type, sample), None)
    if declared == "iso-2022-jp" and b"\x1b" in body:  # which is ASCII, and so UTF-8, on its face
        return _as(declared, body)
    text = body.decode("utf-8", errors="replace")
    if _is_utf_8(text, body, declared):
        return text
    return _as(declared if declared not in (None, "utf-8") else _FALLBACK, body)


def _is_utf_8(text: str, body: bytes, declared: str | None) -> bool:
    """Return whether what reads as UTF-8 in the body outweighs what does not."""
    stray = text.count("\ufffd") - body.count(b"\xef\xbf\xbd")
    if not stray:
        return True
    read = len(text) - len(text.encode("ascii", errors="ignore")) - stray
    if declared == "utf-8":
        return stray <= read + 1
    return stray <= read if declared is None else stray * 4 < read


def _as(name: str, body: bytes) -> str:
    encoding = webencodings.lookup(name)
    return body.decode(_SUPERSETS.get(name, encoding.codec_info.name), errors="replace")


def _declared(content_type: str | None, head: bytes) -> Iterator[str]:
    """Yield the standard's names of the encodings that the header and then the page declare."""
    header = _CHARSET.search((content_type or "").encode("ascii", "replace"))
    if header and (name := _named(header[1])):
        yield name
    for pattern in (_XML, _CHARSET):
        match = pattern.search(head)
        if match and (name := _named(match[1])):
            # What is declared in ASCII cannot be UTF-16.
            yield "utf-8" if name.startswith("utf-16") else name


def _named(label: bytes) -> str | None:
    encoding = webencodings.lookup(label.decode("ascii"))
    if encoding is None or encoding.name == "replacement":
        return None
    return "windows-1252" if encoding.name == "x-user-defined" else str(encoding.name)
