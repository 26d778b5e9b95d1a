"""Who a label means: host, guest, or somebody the show does not know."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shared.transcripts.records import Host, Role
from shared.transcripts.text import TIME, folded

_HONORIFICS = frozenset(
    {
        "dr",
        "prof",
        "professor",
        "mr",
        "mrs",
        "ms",
        "sir",
        "dame",
        "rev",
        "senator",
        "judge",
        "md",
        "phd",
        "psyd",
        "jr",
        "sr",
        "ii",
        "iii",
    }
)
_TRAILING_TIME = re.compile(rf"[\s–-]*[\[(]?{TIME}[\])]?$")
_ROLE_NOTE = re.compile(r"\s*(?:,|\()\s*(?:host|guest|co-host|byline)\)?$", re.IGNORECASE)
_ALIAS_NOTE = re.compile(r"^(.{2,50}?)\s*\(([A-Za-z]{1,12})\)$")
_NAME = re.compile(r"[^\W\d_][\w.'’-]*(?:,? [\w.'’&()-]+){0,5}")
_NO_SPEAKERS = re.compile(
    r"(?:break|outro|intro|promo|song|clip|ad|advert|advertisement|sponsor|music|jingle|trailer"
    r"|selection)s?(?: ?\d{1,3})?|extract (?:begins|ends)|.{1,60} clip",
    re.IGNORECASE,
)
_NO_NAMES = re.compile(
    r"(?:note|notes|topic|topics|location|date|time|title|subject|source|sources|link|links|podcast"
    r"|warning|question|answer|example|episode|chapter|part|summary|transcript.*|recorded.*|ps)",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def tidy_label(label: str) -> str:
    """The label without colon, markup remains, times and role notes, each name once."""
    text = folded(label).strip("*_[]").rstrip(":： ").strip("*_[] ")
    text = _TRAILING_TIME.sub("", text).rstrip(":–- ")
    text = _ROLE_NOTE.sub("", text)
    first, colon, second = text.partition(":")
    return first.strip() if colon and first.strip() == second.strip() else text


def is_nobody(label: str) -> bool:
    """Whether the label announces a break, a clip or the like rather than a person."""
    return _NO_SPEAKERS.fullmatch(label) is not None


def could_be_a_name(label: str) -> bool:
    """Whether the label has the form of a person's name or handle."""
    return _NAME.fullmatch(label) is not None and _NO_NAMES.fullmatch(label) is None


def is_capitalised(label: str) -> bool:
    """Whether every word of the label begins with a capital letter, as a name's do in most scripts."""
    return all(word[0].isupper() for word in re.findall(r"[^\W\d_]+", label))


@lru_cache(maxsize=4096)
def name_key(name: str) -> tuple[str, ...]:
    """What two spellings of one name share: its words in lower case, titles left out."""
    words = re.findall(r"[\w'’-]+", name.casefold())
    return tuple(word for word in words if word not in _HONORIFICS) or tuple(words)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A resolved label; `expected` says that the profile or the episode's title names them."""

    name: str
    role: Role
    expected: bool


@dataclass(frozen=True, slots=True)
class People:
    """The people an episode should have: its host, and the guests its title names."""

    host: Host
    guests: tuple[str, ...]

    def closed_labels(self) -> tuple[str, ...]:
        """Every label that means one of these people, except guests' first names."""
        names = [self.host.name, *self.host.aliases, *self.guests]
        parts = [_first(self.host.name), _last(self.host.name), *map(_last, self.guests)]
        return tuple(dict.fromkeys(name for name in (*names, *parts) if name))

    def identify(self, label: str) -> Speaker | None:
        """The expected person a label means; the host wins where a short label fits both."""
        key = name_key(label)
        if not key:
            return None
        if self._is_host(key):
            return Speaker(self.host.name, "host", True)
        guest = self._guest(label, key)
        if guest:
            return Speaker(guest, "guest", True)
        is_numbered = re.fullmatch(r"Guest ?[A-Z0-9]?", label, re.IGNORECASE)
        return Speaker(label, "guest", False) if is_numbered else None

    def _is_host(self, key: tuple[str, ...]) -> bool:
        exact = [name_key(name) for name in (self.host.name, *self.host.aliases)]
        host = exact[0]
        guests = [name_key(guest) for guest in self.guests]
        if key in exact:
            return True
        if key in guests or not host:
            return False
        return key in ((host[0],), (host[-1],)) or (len(key) > 1 and _ends(key) == _ends(host))

    def _guest(self, label: str, key: tuple[str, ...]) -> str | None:
        initial = re.fullmatch(r"Guest ?([A-Z])?", label, re.IGNORECASE)
        if initial:
            return _only(
                guest
                for guest in self.guests
                if not initial[1] or _last(guest).casefold().startswith(initial[1].casefold())
            )
        return _only(guest for guest in self.guests if _means(key, name_key(guest))) or _only(
            label if len(key) > 1 else guest
            for guest in self.guests
            if key[-1:] == name_key(guest)[-1:]
        )


def merged_aliases(labels: Sequence[str]) -> dict[str, str]:
    """Each label of a page to the label it is a short or differently cased form of.

    `COWEN` becomes `Tyler Cowen` when exactly one full name on the page ends or begins so;
    `Stephan Livera (SL)` defines `SL`.
    """
    noted = {found[2]: found[1] for label in labels if (found := _ALIAS_NOTE.match(label))}
    plain = [found[1] if (found := _ALIAS_NOTE.match(label)) else label for label in labels]
    spelled: dict[tuple[str, ...], str] = {}
    for label in plain:
        known = spelled.setdefault(name_key(label), label)
        if known.isupper() and not label.isupper():
            spelled[name_key(label)] = label
    full: dict[tuple[str, ...], set[str]] = {}
    for key, label in spelled.items():
        for end in _ends(key) if len(key) > 1 else ():
            full.setdefault((end,), set()).add(label)
    merged = {}
    for label, bare in zip(labels, plain, strict=True):
        key = name_key(noted.get(bare, bare))
        merged[label] = _only(full.get(key, ())) or spelled.get(key, bare)
    return merged


def _first(name: str) -> str:
    return name.split()[0] if name.split() else ""


def _last(name: str) -> str:
    key = name_key(name)
    words = [word.strip(",") for word in name.split()]
    return next((word for word in reversed(words) if word.casefold() == key[-1]), "") if key else ""


def _ends(key: tuple[str, ...]) -> tuple[str, str]:
    return key[0], key[-1]


def _means(key: tuple[str, ...], name: tuple[str, ...]) -> bool:
    if len(key) == 1:
        return key[0] in name[:1] + name[-1:]
    return _ends(key) == _ends(name)


def _only(names: Iterable[str]) -> str | None:
    """The single distinct name, or None when there are none or several."""
    distinct = set(names)
    return distinct.pop() if len(distinct) == 1 else None
