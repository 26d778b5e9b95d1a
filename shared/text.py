"""Text that came from outside: made fit to be written, and what in it is somebody's own, or this machine's."""

import re
from urllib.parse import urlsplit

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
