"""White space, time marks and dates in transcripts."""

import html
import re
from datetime import date

TIME = r"(?:\d{1,2}:)?\d{1,2}:\d{1,2}(?:[.,]\d{1,3})?"
SURROGATE = re.compile("[\ud800-\udfff]")
CLOCK = r"(?:\d{1,2}:){1,3}\d{1,2}(?:[.,;]\d{1,3})?(?:\s?[AaPp][Mm]\b)?"
"""A time as editing programs write it too, with frames, and as clocks on a wall do."""
_BRACKETED_TIME = re.compile(rf"[\[(]\\{{0,2}}{CLOCK}\\{{0,2}}[\])]:?")
_ONLY_TIME = re.compile(rf"[\s\[(–-]*{CLOCK}(?:\s*(?:-->|[-–—])\s*{CLOCK})?[\s\]):–-]*")
_TIME_AND_SPEECH = re.compile(rf"{CLOCK}\s*[-–—|:]?(?:\s+|$)")
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_RECORDED = re.compile(
    r"\[\s{0,3}Recording\s{1,3}date\s{0,3}:?\s{0,3}([^\]]{1,60})\]", re.IGNORECASE
)
_DAY = re.compile(r"([A-Za-z]{3,9})\.?\s+(\d\s?\d?)(?:st|nd|rd|th)?\s*,?\s*([12]\s?\d\s?\d\s?\d)")


def unescaped(text: str) -> str:
    """Return the text with HTML's character references read, those alone that end in a semicolon.

    `html.unescape` by itself reads `&copy=1` in an address as a sign of copyright.
    """
    return _REFERENCE.sub(lambda found: html.unescape(found[0]), text) if "&" in text else text


def without_lone_surrogates(text: str) -> str:
    """Return the text with halves of surrogate pairs joined, and each that stands alone as U+FFFD.

    JSON may hold them (`"\\ud83d"`), and no encoding can write them.
    """
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def folded(text: str) -> str:
    """Return the text with every run of white space as one blank and none at the ends."""
    if "  " not in text and text.isprintable():  # no other white space is printable
        return text.strip(" ")
    return " ".join(text.split())


def word_count(text: str) -> int:
    """Return the number of words in a folded text."""
    return text.count(" ") + 1 if text else 0


def without_time_marks(text: str) -> str:
    """Return the text without bracketed time marks such as `[04:10]` and `(00:01:21):`."""
    return folded(_BRACKETED_TIME.sub("", text) if ":" in text else text)


def without_leading_time(text: str) -> str:
    """Return the text without the time that it begins with."""
    match = _TIME_AND_SPEECH.match(text)
    return text[match.end() :] if match else text


def is_time_mark(text: str) -> bool:
    """Return whether the text is nothing but a time such as `1:04:21` or `[00:00:36]:`."""
    return _ONLY_TIME.fullmatch(text) is not None


def recording_date(text: str) -> date | None:
    """Return the date in `[Recording date: September 5th, 2023.]`; None when absent or without a day."""
    match = _RECORDED.search(text)
    day = _DAY.search(match[1]) if match else None
    if not day:
        return None
    number, year = ("".join(digits.split()) for digits in (day[2], day[3]))
    try:
        return date(int(year), _MONTHS.index(day[1][:3].lower()) + 1, int(number))
    except ValueError:
        return None


def without_recording_date(text: str) -> str:
    """Return the text without its `Intro.` and `[Recording date: ...]` openings."""
    return folded(_RECORDED.sub("", text)).removeprefix("Intro.").strip()
