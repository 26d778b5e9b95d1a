"""What a person asked of each command, as it was typed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FORMATS = ("table", "csv", "json", "full")
MONTH_CEILING_USD = "1000.00"
STACK = "econchatr-dev"


@dataclass(frozen=True, slots=True)
class Place:
    """A show, where its results lie, and at which prices."""

    show: str
    out: Path | None
    catalogue: Path | None
    month_ceiling_usd: str = MONTH_CEILING_USD


@dataclass(frozen=True, slots=True)
class Asked:
    """Who answers in place of the stand-in, and whether that was agreed to beforehand."""

    openai_base_url: str | None = None
    yes: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """How much is told of a run; `json`: its summary and plan alone, on standard output."""

    quiet: bool = False
    json: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """`local` and `plan`: the run input as JSON or @file, if any; `fields`, which options give, go before it."""

    place: Place
    input: str | None
    fields: Mapping[str, Any] = field(default_factory=dict)
    asked: Asked = Asked()
    telling: Telling = Telling()


@dataclass(frozen=True, slots=True)
class Keys:
    """`keys`: a provider's name, or an address's host; `list` takes none."""

    name: str = ""
    catalogue: Path | None = None


@dataclass(frozen=True, slots=True)
class Export:
    """`export`: of the pairs in `out`, into a folder of their own."""

    show: str
    out: Path | None
    into: Path | None


@dataclass(frozen=True, slots=True)
class Forget:
    """`forget`: episodes by id or address."""

    place: Place
    episodes: tuple[str, ...]
    yes: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """`ask`; without a model the newest run's first."""

    question: str
    place: Place
    asked: Asked
    model: str | None
    ceiling_usd: str


@dataclass(frozen=True, slots=True)
class Models:
    """`models`; without a show any plan in `out` counts."""

    show: str | None
    out: Path | None
    catalogue: Path | None
    openai_base_url: str | None


@dataclass(frozen=True, slots=True)
class Where:
    """A stack's name, and the region and the profile of credentials where they are not the usual ones."""

    stack: str = STACK
    region: str | None = None
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """`query`: a packaged query's name, or SQL; `format` is one of FORMATS; on a stack instead of a folder."""

    query: str
    out: Path
    format: str = "table"
    where: Where | None = None


@dataclass(frozen=True, slots=True)
class Inspect:
    """`inspect`."""

    page: str
    show: str
    out: Path | None


@dataclass(frozen=True, slots=True)
class Score:
    """`score`."""

    answers: Path
    show: str
    feed: str | None
    out: Path | None
    json: bool


@dataclass(frozen=True, slots=True)
class QuizScore:
    """`quiz score`."""

    answers: Path
    json: bool


@dataclass(frozen=True, slots=True)
class Init:
    """`init`: a feed, a folder or a page; the profile's file and the show's title where they are given."""

    source: str
    file: Path | None
    title: str | None


@dataclass(frozen=True, slots=True)
class Runs:
    """`runs`."""

    out: Path
    json: bool


@dataclass(frozen=True, slots=True)
class Answers:
    """`answers`; by default of the newest run that has some, and of its first finished model."""

    out: Path
    run: str | None
    model: str | None


@dataclass(frozen=True, slots=True)
class Pairs:
    """`pairs`; with a fate or a pattern the pairs themselves, at most `limit`."""

    out: Path
    run: str | None
    fate: str | None
    pattern: str | None
    limit: int


@dataclass(frozen=True, slots=True)
class Open:
    """`open`; by default the report that `local` names."""

    out: Path
    run: str | None
