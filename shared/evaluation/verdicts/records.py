"""What a verdict is about, and how its numbers are written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from shared.evaluation.measures.records import Number, Place

Found = Mapping[Place, Number]


@dataclass(frozen=True, slots=True)
class Case:
    """One tuned model and what speaks for and against it.

    `name` is how it is shown, `judges` says who judged; `silence` why nobody did, where nobody did;
    `pairs` how many it was trained on, and `training` what that cost in dollars.
    """

    model: str
    name: str
    host: str
    judges: str
    silence: str
    pairs: int
    training: Decimal


class Verdict(NamedTuple):
    """What makes a win rate worthless, if anything does, how like the host the models are, how true, and at what price.

    Each is empty where nothing is to be said.
    """

    flaws: str
    like: str
    true: str
    worth: str

    def __str__(self) -> str:
        return " ".join(part for part in self if part)


def of(number: Number) -> str:
    """Return a share as "3 of 12"."""
    return f"{round(number.value * number.n)} of {number.n}"


def percent(share: float) -> str:
    """Return a share as "25%"."""
    return f"{100 * share:.0f}%"


def interval(number: Number) -> str:
    """Return an interval in brackets, empty where there is none."""
    if number.low is None or number.high is None:
        return ""
    return f" (95% interval {percent(number.low)} to {percent(number.high)})"


def counted(n: int, noun: str) -> str:
    """Return a number with its noun."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def listed(parts: Sequence[str]) -> str:
    """Return parts of a sentence with "and" before the last."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def sentence(clauses: Sequence[str]) -> str:
    """Return clauses as one sentence."""
    joined = "; ".join(clauses)
    return f"{joined[:1].upper()}{joined[1:]}." if joined else ""
