"""A talk in one shape with its truth, and what a reading of it is worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tests.talks import GUEST, HOST, Talk

Verdict = Literal["exact", "rightly refused", "wrongly refused", "misread, warned", "misread"]
"""`misread` alone is silent: nobody would know."""


@dataclass(frozen=True, slots=True)
class Case:
    """A file and what is said in it. No `turns`: nobody can be told apart, so that it must be refused.

    `guests` are those whom the episode's title names. `names_host` says that the labels tell which
    speaker the host is.
    """

    name: str
    body: bytes
    turns: tuple[tuple[str, str], ...]
    guests: tuple[str, ...] = ()
    host: str = HOST
    aliases: tuple[str, ...] = ("Ida",)
    names_host: bool = True


def case(name: str, body: bytes | str, talk: Talk, *guests: str, **more: Any) -> Case:
    """Return the case of a talk."""
    encoded = body.encode() if isinstance(body, str) else body
    return Case(
        name, encoded, tuple((who, " ".join(said.split())) for who, said in talk), guests, **more
    )


def refused(name: str, body: bytes | str, *guests: str) -> Case:
    """Return the case of a file that must be refused."""
    return case(name, body, (), *guests)


def with_guest(one: Case) -> Case:
    """Return the case with the guest named in the episode's title, as feeds do."""
    return Case(
        f"{one.name} | guest in the title",
        *(one.body, one.turns, (*one.guests, GUEST), one.host, one.aliases, one.names_host),
    )


def verdict(one: Case, reading: Mapping[str, Any]) -> Verdict:
    """Judge a reading: `{"refused": reason}`, or `{"turns": [[speaker, role, text]], "warnings": [...]}`."""
    if "refused" in reading:
        return "wrongly refused" if one.turns else "rightly refused"
    if is_exact(one, reading["turns"]):
        return "exact"
    return "misread, warned" if reading["warnings"] else "misread"


def is_exact(one: Case, turns: Sequence[Sequence[str]]) -> bool:
    """Return whether every word stands in its turn, each person under one name and no two under the same."""
    if [text for *_, text in turns] != [said for _, said in one.turns]:
        return False
    pairs = {(true, speaker) for (true, _), (speaker, *_) in zip(one.turns, turns, strict=True)}
    if len(pairs) != len({true for true, _ in pairs}) or len(pairs) != len(
        {who for _, who in pairs}
    ):
        return False
    hosts = {
        true for (true, _), (_, role, _) in zip(one.turns, turns, strict=True) if role == "host"
    }
    return not one.names_host or hosts == {one.host}
