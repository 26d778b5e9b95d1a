"""Text that came from outside: made fit to be written, and what in it is somebody's own, or this machine's."""

import re
from urllib.parse import urlsplit

from shared.errors import NoApiKey

LONGEST_KEY = 4096
_QUOTES = "\"'`“”„‟‘’‚‛«»‹›"
_GIVES_IT_AWAY = 12  # characters of a key
_ESCAPED = (
    r"(?:\\*{}|%(?:25)*[0-9A-Fa-f]{{2}}|=[0-9A-F]{{2}}|\\+[ux][0-9A-Fa-f]{{2,4}}|&#?\w{{1,6}};)"
)

OWN_MACHINE = ("127.0.0.1", "::1", "localhost")

EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}\b", re.ASCII
)
PHONE = re.compile(
    r"(?<![\w.,$€£+-])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[.-]\d{4}(?![\w-]|[.,]\d)"
    r"|(?<![\w.,])\+\d{1,3}(?:[ .-]?\(?\d{2,4}\)?){2,5}(?![\w-]|[.,]\d)",
    re.ASCII,
)
"""Numbers of North America as they are written there, and any with a country's code."""


def on_own_machine(url: str) -> bool:
    """Return whether an address is this machine's own."""
    return urlsplit(url).hostname in OWN_MACHINE


def encodable(text: str) -> str:
    """`text` as UTF-8 can hold it: surrogates that make a pair become their character, others U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def cleaned_key(text: str, place: str) -> str:
    """Return the key in a text without the blanks, marks and quotes that pasting leaves around it; empty without one.

    Raises NoApiKey, which names the place and never the text, where what is left is not one word of ASCII.
    """
    first, last = 0, len(text)
    while first < last and _surrounds(text[first]):
        first += 1
    while first < last and _surrounds(text[last - 1]):
        last -= 1
    key = text[first:last]
    if len(key) > LONGEST_KEY or not all("!" <= character <= "~" for character in key):
        raise NoApiKey(
            f"{place} holds no API key but {len(key):,} characters with some that are in no key; a key is one "
            f"word of at most {LONGEST_KEY:,} letters, digits and signs: copy it again"
        )
    return key


def _surrounds(character: str) -> bool:
    return character in _QUOTES or character.isspace() or not character.isprintable()


def without_key(text: str, key: str) -> str:
    """Return a text from outside with no trace of the key, however its signs were quoted or escaped there.

    No escape changes a letter or a digit, so that a long run of these counts as the key by itself.
    """
    if not key:
        return text
    signs = (sign if sign.isalnum() else _ESCAPED.format(re.escape(sign)) for sign in key)
    long_runs = (run for run in re.findall("[A-Za-z0-9]+", key) if len(run) >= _GIVES_IT_AWAY)
    return re.sub("|".join(("".join(signs), *long_runs)), "(the API key)", text)
