"""People in an answer: the names it puts forward, and whether a name means a guest the show has had."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from shared.evaluation.measures.vocabulary import NO_PEOPLE, TITLES, same_first_name
from shared.words import words

_UPPER = "".join(re.escape(chr(code)) for code in range(0x250) if chr(code).isupper())
_PARTICLES = "de|da|di|del|della|der|den|du|la|le|van|von|zu|bin|ibn|al|el|ten|ter|y"
_PART = rf"(?:(?:[{_UPPER}]\.[ ]?)+(?![{_UPPER}]\.)|[{_UPPER}][\w'’-]*)"
_NAME = re.compile(rf"(?<![\w'’]){_PART}(?:[ ]?(?:(?:{_PARTICLES})[ ])*{_PART})*")
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\"[^\"\n]*\"|“[^”\n]*”|\bhttps?://\S+")
_BREAK = re.compile(
    rf"[,;:\n•*?!]|(?<![ .][{_UPPER}])(?<!\b[{_UPPER}][a-z])(?<!\b[JS]r)\.(?=\s|$)|\s(?:and|or|&|as well as)\s"
)
_TOPIC = re.compile(
    r"\s*(?:(?:on|about|discuss\w*|talk\w*|to discuss|regarding|for|from|of|at|wrote|who)\b|[–—]|-\s)"
)
_JOINS = re.compile(r"\s(?:and|or|&|as well as)\s")
_LEAD_IN = re.compile(
    r"(?:^|\b(?:includ\w+|were|was|are|is|had|have|featur\w+|interview\w+|with|like|as|by|hosted|guests?|even))\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class GuestBook:
    """The guests of a show by surname: their names in parts, and the years they came."""

    by_surname: Mapping[str, tuple[tuple[tuple[str, ...], frozenset[int]], ...]]

    @property
    def years(self) -> frozenset[int]:
        """Every year in which anybody came."""
        return frozenset(
            year for guests in self.by_surname.values() for _, years in guests for year in years
        )

    def years_of(self, name: str) -> frozenset[int]:
        """The years in which a person of this name came; a surname alone may mean any who has it."""
        parts = name_parts(name)
        return frozenset(
            year
            for known, years in self.by_surname.get(parts[-1] if parts else "", ())
            if len(parts) == 1 or len(known) == 1 or same_first_name(parts[0], known[0])
            for year in years
        )


def guest_book(appearances: Iterable[tuple[int, Collection[str]]]) -> GuestBook:
    """From the year and the guests of each episode."""
    years: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for year, guests in appearances:
        for parts in map(name_parts, guests):
            if parts:
                years[parts].add(year)
    by_surname = defaultdict(list)
    for parts, came in sorted(years.items()):
        by_surname[parts[-1]].append((parts, frozenset(came)))
    return GuestBook({surname: tuple(guests) for surname, guests in by_surname.items()})


def name_parts(name: str) -> tuple[str, ...]:
    """A name's parts, folded, without titles, accents and "Jr."; particles belong to the surname's last word."""
    plain = unicodedata.normalize("NFKD", name.replace(".", ". "))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    parts = [
        part
        for part in words(plain)
        if part not in TITLES and part not in ("jr", "sr", "ii", "iii")
    ]
    return tuple(part.removesuffix("'s") for part in parts)


def people_named(text: str, nobody: Iterable[str] = (), book: GuestBook | None = None) -> list[str]:
    """The people an answer puts forward, each once, in order; topics after "on" or a dash are left out.

    `nobody` are names that do not count: the host's, the show's. A single word is a name where
    `book` has it for a surname, or in a list with others.
    """
    nobody = tuple(nobody)
    silent = {name_parts(name) for name in nobody}
    silent |= {parts[-1:] for parts in silent if len(parts) > 1}
    for name in nobody:
        if " " in name:
            text = re.sub(rf"\b{re.escape(name)}\b", " ", text)
    sure: list[str] = []
    listed: list[str] = []
    surnames = book.by_surname if book else {}
    for name, in_list in _candidates(_ASIDE.sub(" ", text)):
        parts = name_parts(name)
        if not parts or parts in silent or NO_PEOPLE & set(parts):
            continue
        if " " in name or parts[-1] in surnames:
            _keep(sure, name, parts)
        elif in_list:
            listed.append(name)
    for name in listed if sure else ():
        _keep(sure, name, name_parts(name))
    return sure


def _keep(found: list[str], name: str, parts: tuple[str, ...]) -> None:
    """Add the name, unless the person is there already; said in full later, it stands in full."""
    for at, known in enumerate(found):
        if _same(name_parts(known), parts):
            found[at] = max(known, name, key=lambda one: len(name_parts(one)))
            return
    found.append(name)


def guests_described(description: str, host: str, nobody: Iterable[str] = ()) -> tuple[str, ...]:
    """Who an episode's description says came: "HOST talks with NAME", or "NAME, who ..." at its beginning."""
    with_whom = re.search(
        rf"{re.escape(host)}\b[^.]{{0,120}}?\btalks with (.{{0,120}})", description
    )
    named = people_named(with_whom[1] if with_whom else description[:80], nobody)[:1]
    return tuple(
        name for name in named if with_whom or re.match(rf"{re.escape(name)}, ", description)
    )


def _same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return one[-1] == other[-1] and (
        len(one) == 1 or len(other) == 1 or same_first_name(one[0], other[0])
    )


def _candidates(text: str) -> Iterator[tuple[str, bool]]:
    """Names in the pieces of what may be a list, and whether each stands in one for sure.

    A topic runs on over an "and", not over a comma.
    """
    within_topic, in_list, at = False, False, 0
    for end in (*_BREAK.finditer(text), None):
        piece = text[at : end.start() if end else len(text)]
        names, topic = _in_piece(piece, within_topic)
        led_to = bool(_LEAD_IN.search(piece[: piece.find(names[0])].rstrip())) if names else False
        yield from ((name, in_list or (led_to and not piece.startswith(name))) for name in names)
        if end:
            joins = bool(_JOINS.fullmatch(end[0]))
            within_topic = (topic or within_topic) and joins
            in_list = joins or end[0] in ",;\n*•"
            at = end.end()


def _in_piece(piece: str, within_topic: bool) -> tuple[list[str], bool]:
    """The names that a piece of a list puts forward, and whether a topic stands at its end.

    A single word may be a name where it is the piece, or where something such as "included" leads to it.
    """
    names: list[str] = []
    for found in _NAME.finditer(piece):
        name = _without_titles(found[0])
        if name is None:
            continue
        topic = _TOPIC.match(piece, found.end())
        leads = _LEAD_IN.search(piece[: found.start()].lstrip(" 0123456789.-–"))
        alone = not piece[found.end() :].strip(" .")
        told = topic and topic[0].split()[0] in ("on", "about", "-", "–", "—")
        if " " in name or (leads and (alone or told) and not within_topic):
            names.append(name)
        if topic:
            return names, True
    return names, False


def _without_titles(name: str) -> str | None:
    parts = name.split()
    while parts and parts[0].strip(".'’").lower() in TITLES:
        parts = parts[1:]
    return " ".join(parts) or None
