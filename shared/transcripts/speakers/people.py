"""Who a label means: host, guest, or somebody the show does not know."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from shared.transcripts.records import Host, Role
from shared.transcripts.speakers.names import form_of, initials, name_key
from shared.transcripts.speakers.roles import is_role, means_guest

_ALIAS_NOTE = re.compile(r"^(.{2,50}?)\s*\(([A-Za-z]{1,12})\)$")
_NUMBERED_GUEST = re.compile(r"Guest ?([A-Z0-9])", re.IGNORECASE)
_SEVERAL = re.compile(r"[/&]| and ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Speaker:
    """A resolved label; `expected` says that the profile or the episode's title names them."""

    name: str
    role: Role
    expected: bool


@dataclass(frozen=True, slots=True)
class People:
    """The people an episode should have: its host, the guests its title names, and whom the profile
    says that labels such as `SPEAKER_00` mean (`speakers`)."""

    host: Host
    guests: tuple[str, ...]
    speakers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    _known: dict[str, Speaker | None] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def joined_by(self, names: Sequence[str]) -> "People":
        """These people and whoever else of `names` is not the host or a guest yet."""
        more = [name for name in names if not self.identify(name)]
        return replace(self, guests=(*self.guests, *more)) if more else self

    def closed_labels(self) -> tuple[str, ...]:
        """Return every label that means one of these people, except guests' first names."""
        names = [self.host.name, *self.host.aliases, *self.guests]
        parts = [_first(self.host.name), _last(self.host.name), *map(_last, self.guests)]
        return tuple(dict.fromkeys(name for name in (*names, *parts) if name))

    def identify(self, label: str) -> Speaker | None:
        """Return the expected person a label means; the host wins where a short label fits both."""
        if label not in self._known:
            told = self.speakers.get(label)
            person = self._person(told or label)
            self._known[label] = person or (Speaker(told, "guest", True) if told else None)
        return self._known[label]

    def _person(self, label: str) -> Speaker | None:
        bare = _ALIAS_NOTE.sub(r"\1", label)
        key = name_key(bare)
        if not key:
            return Speaker(self.host.name, "host", True) if label in self.host.aliases else None
        if self._is_host(label, key) or (bare != label and self._is_host(bare, key)):
            return Speaker(self.host.name, "host", True)
        guest = self._guest(bare, key)
        if guest:
            return Speaker(guest, "guest", True)
        is_guest = _NUMBERED_GUEST.fullmatch(label) or means_guest(label)
        return Speaker(label, "guest", False) if is_guest else None

    def _is_host(self, label: str, key: tuple[str, ...]) -> bool:
        exact = [name_key(name) for name in (self.host.name, *self.host.aliases)]
        host = exact[0]
        guests = [name_key(guest) for guest in self.guests]
        if key in exact or label in self.host.aliases:
            return True
        if key in guests or not host:
            return False
        if key in ((host[0],), (host[-1],)) or (len(key) > 1 and _ends(key) == _ends(host)):
            return True
        others = [name for name in guests if _is_shortened(key, name)]
        is_initials = label == initials(self.host.name) and len(label) > 1
        return (is_initials and label not in map(initials, self.guests)) or (
            not others and (_is_shortened(key, host) or _is_written_otherwise(label, key, host))
        )

    def _guest(self, label: str, key: tuple[str, ...]) -> str | None:
        if means_guest(label):
            return _only(self.guests)
        initial = _NUMBERED_GUEST.fullmatch(label)
        if initial and not (initial[1] or "").isdigit():
            return _only(
                guest
                for guest in self.guests
                if _last(guest).casefold().startswith(initial[1].casefold())
            )
        return _only(guest for guest in self.guests if _means(key, name_key(guest))) or _only(
            label if len(key) > 1 else guest
            for guest in self.guests
            if _may_be_called(label, key, name_key(guest))
        )


def merged_aliases(labels: Sequence[str]) -> dict[str, str]:
    """Return a mapping from each label of a page to the label that it abbreviates or spells in another case.

    `COWEN` becomes `Tyler Cowen` when exactly one full name on the page ends or begins so;
    `Stephan Livera (SL)` defines `SL`.
    """
    noted = {match[2]: match[1] for label in labels if (match := _ALIAS_NOTE.match(label))}
    plain = [match[1] if (match := _ALIAS_NOTE.match(label)) else label for label in labels]
    keys = {label: _key(label) for label in plain}
    spelled: dict[tuple[str, ...], str] = {}
    for label in plain:
        known = spelled.setdefault(keys[label], label)
        if known.isupper() and not label.isupper():
            spelled[keys[label]] = label
    full: dict[tuple[str, ...], set[str]] = {}
    for label in spelled.values():
        for end in _ends_of_person(label, keys[label]):
            full.setdefault((end,), set()).add(label)
    merged = {}
    for label, bare in zip(labels, plain, strict=True):
        key = _key(noted[bare]) if bare in noted else keys[bare]
        merged[label] = _only(full.get(key, ())) or spelled.get(key, bare)
    return merged


def _key(label: str) -> tuple[str, ...]:
    return name_key(label) or (label.casefold(),)


def _ends_of_person(label: str, key: tuple[str, ...]) -> set[str]:
    """By which first or last name a full label's person may be called; no one's for several people."""
    if len(key) < 2 or is_role(label) or _SEVERAL.search(label):
        return set()
    before_comma = name_key(label.partition(",")[0])
    return {end for names in (key, before_comma) if len(names) > 1 for end in _ends(names)}


def _is_shortened(key: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """Return whether one end of a full name is its initial only: `Ida S.`, `I. Stone`."""
    if len(key) != 2 or len(name) < 2:
        return False
    ends = _ends(name)
    return (key[0] == ends[0] and key[1] == ends[1][:1]) or (
        key[1] == ends[1] and key[0] == ends[0][:1]
    )


def _is_written_otherwise(label: str, key: tuple[str, ...], name: tuple[str, ...]) -> bool:
    """`Stone, Ida`, `Ida Stone 0` or `IdaStone`."""
    surname, comma, _ = label.partition(",")
    is_reversed = bool(comma) and name_key(surname) == name[-1:] and key[-1] == name[0]
    is_numbered = len(key) > 2 and key[-1].isdigit() and key[:-1] == name
    return is_reversed or is_numbered or (len(name) > 1 and key == ("".join(name),))


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


def _may_be_called(label: str, key: tuple[str, ...], guest: tuple[str, ...]) -> bool:
    """Return whether the guest's surname ends a name that may be theirs: Corey Doctorow for Cory, not So Cory
    Doctorow, which begins a sentence, nor two people's names."""
    if key[-1:] != guest[-1:] or form_of(label) != "name" or _SEVERAL.search(label):
        return False
    return len(guest) == 1 or len(key) == 1 or key[-len(guest) :] != guest


def _only(names: Iterable[str]) -> str | None:
    """Return the single distinct name, or None when there are none or several."""
    distinct = set(names)
    return distinct.pop() if len(distinct) == 1 else None
