"""Cleaning for training text, in a way the model may talk.

The rule: only what stands on a closed list goes (cues in brackets, time marks, editor's notes,
control characters), only e-mail addresses, telephone numbers and URLs are replaced, and every other
word, number, ellipsis and quotation mark stays as it is.
"""

import re
import string
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ftfy

from shared.text import EMAIL, PHONE
from shared.transcripts.text import TIME, folded

_REPAIR = ftfy.TextFixerConfig(
    unescape_html=False,
    uncurl_quotes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    normalization="NFC",
)
_CUE_WORDS = (
    r"\?+|(?:un|in)?(?:int|aud)[a-z]{4,12}(?: (?:segment|portion|word|words|phrase))?"
    r"|cross-?talk[a-z ]{0,20}"
    r"|(?:both |all |host |guest )?(?:laughs?|laughing|laughter|laughters|chuckles?|chuckling)"
    r"|applause|applauding|music(?: playing)?|sighs?|coughs?|coughing|pause|pauses|silence"
    r"|phone ringing|sic|foreign(?: language)?"
)
_CUE = re.compile(
    rf" ?(?:\[(?:(?:{_CUE_WORDS})[ ,:]{{0,3}}(?:{TIME})?|{TIME}|more to come[^\]]{{0,40}}"
    rf"|[^\[\]]{{0,300}}-{{1,2}}\s?Econlib Ed\.?)\]"
    rf"|\((?:laughs|laughing|laughter|chuckles|chuckling|applause|inaudible|crosstalk|{TIME})\))",
    re.IGNORECASE,
)
_URL = re.compile(
    r"(?:\bhttps?://|\bwww\.)[^\s<>\"“”\[\]]{1,2000}"
    r"|(?<![\w@./-])(?:[a-z0-9-]{1,63}\.){1,4}(?:com|org|net|edu|gov|io|fm|co|dev|app|tv|me|ai|us|uk)"
    r"/[^\s<>\"“”\[\]]{0,2000}",
    re.IGNORECASE | re.ASCII,
)
_SPACED_DASH = re.compile(r" (?:-{2,3}|–|—) ")
_DOUBLE_HYPHEN = re.compile(r"(?<!-)--(?!-)")
_PHONE_PART = re.compile(r"[.-]\d{4}|\+\d", re.ASCII)
_CLOSING = ".,;:!?…)]'\"’”"
_URL_TAIL = ".,;:!?'’)"


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Cleaned text, and how many of each kind ("email", "phone", "url") were replaced."""

    text: str
    replaced: Mapping[str, int]


def clean_text(text: str) -> Cleaned:
    """Return the text as training text; pure, in time linear in its length."""
    cleaned = _without_cues(_repaired(text))
    replaced = {"email": 0, "url": 0, "phone": 0}
    if _may_hold_email(cleaned):
        cleaned, replaced["email"] = EMAIL.subn("<EMAIL>", cleaned)
    if _may_hold_url(cleaned):
        cleaned, replaced["url"] = _URL.subn(_url, cleaned)
    # Addresses may hold two hyphens; a telephone number ends where they become a dash.
    cleaned = _dashed(cleaned)
    if " --" in cleaned or " –" in cleaned:
        cleaned = _SPACED_DASH.sub(" — ", cleaned)
    if _may_hold_phone(cleaned):
        cleaned, replaced["phone"] = PHONE.subn("<PHONE>", cleaned)
    return Cleaned(cleaned, replaced)


def count_replaceable(texts: Iterable[str]) -> Mapping[str, int]:
    """Return what cleaning would replace, without the cost of cleaning."""
    counts = {"email": 0, "phone": 0, "url": 0}
    for text in texts:
        if _may_hold_email(text):
            counts["email"] += len(EMAIL.findall(text))
        if _may_hold_phone(text):
            counts["phone"] += len(PHONE.findall(_dashed(text)))
        if _may_hold_url(text):
            counts["url"] += len(_URL.findall(text))
    return counts


# Each test is cheap, and true of every text in which its pattern can match.
def _may_hold_email(text: str) -> bool:
    return "@" in text


def _may_hold_url(text: str) -> bool:
    return "/" in text or "www." in text.lower()


def _may_hold_phone(text: str) -> bool:
    has_digits = any(map(text.__contains__, string.digits))
    return has_digits and _PHONE_PART.search(text) is not None


def _dashed(text: str) -> str:
    return _DOUBLE_HYPHEN.sub("—", text) if "--" in text else text


def _repaired(text: str) -> str:
    """Mojibake undone, composed characters (NFC), no control or zero-width characters."""
    visible = folded(_visible(text))
    # Folded first: ftfy takes an accent before a no-break space for half of a broken character.
    return visible if visible.isascii() else folded(ftfy.fix_text(visible, config=_REPAIR))


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        char
        for char in text
        if char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co")
    )


def _without_cues(text: str) -> str:
    if "[" not in text and "(" not in text:
        return text
    return folded(_CUE.sub(lambda cue: _gap(text, cue), text))


def _gap(text: str, cue: re.Match[str]) -> str:
    """Return a blank where removing the cue (and a blank before it) would glue two words, else nothing."""
    before, after = text[cue.start() - 1 : cue.start()], text[cue.end() : cue.end() + 1]
    parted = cue[0].startswith(" ") or before.isalnum()
    return " " if parted and after.strip() and after not in _CLOSING else ""


def _url(match: re.Match[str]) -> str:
    """Return the replacement, with the punctuation that ends the sentence rather than the address."""
    tail = match[0][len(match[0].rstrip(_URL_TAIL)) :]
    return f"<URL>{tail}"
