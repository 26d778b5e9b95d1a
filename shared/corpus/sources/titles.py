"""The guests whom titles name."""

import re
from collections.abc import Iterable

from shared.transcripts import could_be_a_name, name_key

_SEPARATORS = re.compile(r",\s+and\s+|,\s+|\s+and\s+|\s+&\s+")
_WITH = re.compile(
    r"(?:\(with |\b(?:[Cc]onversation|[Ii]nterview) with )(?P<names>[^()]{2,200}?)(?:\)|$)"
)
_WORDS_IN_A_NAME = 5


def guests_from_title(
    title: str, host_names: Iterable[str], *, full_names: bool = False
) -> tuple[str, ...]:
    """Return the guests a title such as "A, B, and C on X" or "X (with A)" names, the host left out.

    Nobody when the title has neither form, or what stands there is no list of names. With
    `full_names` one word is no name: "Taproot on wallets" names a subject.
    """
    listed = _listed_names(" ".join(title.split()))
    hosts = {name_key(name) for name in host_names}
    names = [name.strip(" ()") for name in _SEPARATORS.split(listed) if name.strip(" ()")]
    if not all(_is_a_name(name) and (" " in name or not full_names) for name in names):
        return ()
    return tuple(dict.fromkeys(name for name in names if name_key(name) not in hosts))


def _listed_names(title: str) -> str:
    """Return the part of the title where guests stand, or ""."""
    within = _WITH.search(title)
    if within:
        return within["names"]
    before, on, _ = title.partition(" on ")
    listed = before.rpartition(": ")[2] if on else ""
    return listed.replace("(and ", "and ").replace(")", "")


def _is_a_name(name: str) -> bool:
    words = name.split()
    return (
        len(words) <= _WORDS_IN_A_NAME
        and could_be_a_name(name)
        and words[0][0].isupper()
        and any(char.isupper() for char in words[-1])
        and words[0].lower() not in ("the", "an", "how", "why", "what", "our")
    )
