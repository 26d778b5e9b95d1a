"""Whether the guests that an answer names were guests, and of the year that was asked for."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.evaluation.measures.people import GuestBook, people_named
from shared.evaluation.measures.records import Answer, Score, absent, mean, share
from shared.words import fold

METRICS = ("facts_right", "facts_other_year", "facts_never_a_guest", "facts_refused")

_Y = r"((?:19|20)\d\d)"
_YEAR = re.compile(rf"\b{_Y}\b")
_SPAN = re.compile(rf"\bbetween {_Y} and {_Y}\b|\b{_Y}\s*(?:to|through|until|-|–)\s*{_Y}\b")
_ASKS_WHO = re.compile(r"\b(?:who|whom|which|name|list|what are)\b")
_ASKS_GUESTS = re.compile(
    r"\bguests?\b|\binterview(?:ed|ees?)?\b|\bappeared\b|\bcame (?:on|by|to)\b|\bon the (?:show|podcast|program)\b"
)


@dataclass(frozen=True, slots=True)
class Sorted:
    """The people that an answer names: guests of a year asked for, of another year, and never guests."""

    right: list[str]
    other_year: list[str]
    never: list[str]


def asks_for_guests(question: str) -> bool:
    """Whether `question` asks who came to the show."""
    asked = fold(question)
    return bool(_ASKS_WHO.search(asked) and _ASKS_GUESTS.search(asked))


def years_asked(question: str) -> frozenset[int]:
    """The years that `question` names, those between included where it says from when to when."""
    asked = fold(question)
    years = {int(year) for year in _YEAR.findall(asked)}
    for span in _SPAN.finditer(asked):
        first, last = sorted(int(year) for year in span.groups() if year)
        years |= set(range(first, last + 1))
    return frozenset(years)


def facts(answers: Sequence[Answer], book: GuestBook, nobody: Iterable[str] = ()) -> list[Score]:
    """Of the people that an answer names: guests of the year asked for, real guests of another year, never guests.

    Each is the share of an answer's names, averaged over the answers that name people; where no
    year is asked for, a guest of any year is right. `facts_refused` is the share of the questions
    about guests whose answer names nobody.
    """
    asked = [answer for answer in answers if asks_for_guests(answer.question)]
    if not asked:
        return absent(METRICS, "no question asks for guests of the show")
    if not book.by_surname:
        return absent(METRICS, "no guest of the show is known; give its feed")
    silent = tuple(nobody)
    named = [(answer, people_named(answer.text, silent, book)) for answer in asked]
    refused = share("facts_refused", [not people for _, people in named])
    counted = [_counted(answer, people, book) for answer, people in named if people]
    if not counted:
        return [*absent(METRICS[:3], "no answer about guests names anybody"), refused]
    rows = zip(METRICS[:3], zip(*counted, strict=True), strict=True)
    return [*(mean(metric, values, most=1.0) for metric, values in rows), refused]


def sorted_out(question: str, people: Sequence[str], book: GuestBook) -> Sorted:
    """Each of `people` by whether, and in which years, they came."""
    wanted = years_asked(question)
    came = [(name, book.years_of(name)) for name in people]
    right = [name for name, years in came if (years & wanted if wanted else years)]
    return Sorted(
        right,
        other_year=[name for name, years in came if years and name not in right],
        never=[name for name, years in came if not years],
    )


def _counted(answer: Answer, people: Sequence[str], book: GuestBook) -> tuple[float, float, float]:
    """Shares of right, other year, never."""
    found, n = sorted_out(answer.question, people, book), len(people)
    return len(found.right) / n, len(found.other_year) / n, len(found.never) / n
