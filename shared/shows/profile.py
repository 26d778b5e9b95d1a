"""A show is a profile, never code: its source, its host, its rights, and how to train and question it."""

import re
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from shared.errors import InvalidField, UnknownShow
from shared.validation import read_yaml, sentence

PACKAGED = Path(__file__).parent
QUESTIONS = (
    "What have you changed your mind about?",
    "What do most people get wrong about your subject?",
    "What makes a conversation worth having?",
)
"""What any host may be asked, where the profile has no questions of its own."""


SELECTOR = r"^$|^#[\w-]+$|^(?:[a-z][a-z0-9]*)?\.[\w-]+$"
"""`#id`, `.class` or `tag.class`."""


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression ({error})") from error
    return pattern


def _names_episodes(entry: str) -> str:
    return entry if "://" in entry else _compiles(entry)


def _wordings(fact: object) -> object:
    return (fact,) if isinstance(fact, str) else fact


Wording = Annotated[str, Field(min_length=1)]
Fact = Annotated[tuple[Wording, ...], BeforeValidator(_wordings), Field(min_length=1)]
Misfit = Literal["prompt too short", "answer too short", "too long"]
Quote = Annotated[str, Field(min_length=1)]
Pattern = Annotated[str, AfterValidator(_compiles)]
Exclusion = Annotated[str, Field(min_length=1), AfterValidator(_names_episodes)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class HostProfile(_Record):
    """Who the host is, and the other labels transcripts print for them."""

    name: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()


class Fetch(_Record):
    """How pages are asked for: who asks, how often, how long and how much at most."""

    user_agent: str = "econchatr (no contact given)"
    delay_seconds: float = Field(default=2.0, ge=0)
    timeout_seconds: float = Field(default=30.0, gt=0)
    max_bytes: int = Field(default=10_000_000, gt=0)


class Rights(_Record):
    """On what ground the transcripts may be used."""

    basis: str = Field(min_length=1)
    attribution: str = ""


class Consent(_Record):
    """Who attested, when, that this persona may be imitated, and how far."""

    scope: str = Field(min_length=1)
    attested_by: str = Field(min_length=1)
    date: date


class Training(_Record):
    """Which pairs train, which must, and how the host is cued.

    Token bounds are inclusive. `min_pairs` is the smallest training set worth paying for. Of what was
    said just before a pair, exchange by exchange, as much goes into its example as fits `context_tokens`.
    """

    suffix: str = ""
    must_have: tuple[Pattern, ...] = ()
    min_prompt_tokens: int = Field(default=60, ge=1)
    min_completion_tokens: int = Field(default=20, ge=1)
    max_pair_tokens: int = Field(default=2000, ge=2)
    context_tokens: int = Field(default=0, ge=0, le=50_000)
    min_pairs: int = Field(default=50, ge=10)
    seed: int = 2012

    def takes(self, prompt_tokens: int, completion_tokens: int) -> bool:
        """Whether a pair of these lengths is long enough, and no text too long."""
        return self.misfit(prompt_tokens, completion_tokens) is None

    def misfit(self, prompt_tokens: int, completion_tokens: int) -> Misfit | None:
        """What keeps a pair of these lengths from training; None where nothing does."""
        if prompt_tokens < self.min_prompt_tokens:
            return "prompt too short"
        if completion_tokens < self.min_completion_tokens:
            return "answer too short"
        return "too long" if max(prompt_tokens, completion_tokens) > self.max_pair_tokens else None


class Evaluation(_Record):
    """How long an answer may be, the seed of its sampling, how many held-out pairs are asked besides, who judges.

    `judges` are models of the catalogue; by default those it proposes, and nobody if it is empty.
    """

    max_answer_tokens: int = Field(default=256, ge=16, le=4096)
    temperature: float = Field(default=0.7, ge=0, le=2)
    seed: int = 2012
    held_out_items: int = Field(default=150, ge=0, le=500)
    judges: tuple[str, ...] | None = Field(default=None, max_length=5)


class ShowProfile(_Record):
    """One show. Only `name`, one source and `host.name` are required; without questions, general ones.

    `transcripts` is an s3:// prefix, or on a laptop a folder. `exclude` holds episodes' addresses,
    their ids, or regular expressions found in the titles that a feed or file names give. `quotes`
    are whole sentences that the host likes to quote, a further wording as a further sentence.
    `key_facts` holds, by question, what a good answer says; a fact is a wording or a list of wordings.
    `never` holds regular expressions: sentences that match train no model and are measured nowhere.
    With more than `max_unread_share` of the episodes refused or failed, a run buys nothing.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")
    title: str = ""
    feed: str | None = None
    urls: tuple[str, ...] | None = None
    transcripts: str | None = None
    exclude: tuple[Exclusion, ...] = ()
    host: HostProfile
    speakers: dict[str, str] = {}
    transcript_selector: str = Field(default="", pattern=SELECTOR)
    fetch: Fetch = Fetch()
    rights: Rights | None = None
    consent: Consent | None = None
    training: Training = Training()
    evaluation: Evaluation = Evaluation()
    questions: tuple[str, ...] = QUESTIONS
    quotes: tuple[Quote, ...] = ()
    key_facts: dict[str, tuple[Fact, ...]] = {}
    never: tuple[Pattern, ...] = ()
    models: tuple[str, ...] = ("llama-3.3-70b",)
    horizon_days: int = Field(default=14, ge=0)
    max_failed_share: float = Field(default=0.2, ge=0, le=1)
    max_unread_share: float = Field(default=0.5, ge=0, le=1)

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [name for name in ("feed", "urls", "transcripts") if getattr(self, name)]
        if len(given) != 1:
            raise ValueError(
                f"a show needs exactly one of feed, urls or transcripts; this one has {given or 'none'}"
            )
        return self

    @model_validator(mode="after")
    def _facts_of_its_own_questions(self) -> Self:
        for question in self.key_facts:
            if question not in self.questions:
                raise ValueError(
                    f"key_facts are given for {question!r}, which is none of the `questions`"
                )
        return self

    @property
    def display_title(self) -> str:
        """The title, or the name where no title is given."""
        return self.title or self.name

    @property
    def cue(self) -> str:
        """The line that ends every prompt and cues the host."""
        return self.training.suffix or f"{self.host.name} responds:"


def parse(document: Any, source: str, text: str = "") -> ShowProfile:
    """A profile from its decoded document; raises InvalidField with the field that is wrong.

    `text` is the YAML it was decoded from, so that the line can be named.
    """
    try:
        return ShowProfile.model_validate(document)
    except ValidationError as error:
        raise InvalidField(
            f"the show profile {source} is not usable: {sentence(error, text)}"
        ) from error


def parse_yaml(text: str, source: str) -> ShowProfile:
    """A profile from YAML text; raises InvalidField."""
    try:
        document = read_yaml(text)
    except yaml.YAMLError as error:
        raise InvalidField(f"the show profile {source} is not YAML: {sentence(error)}") from error
    return parse(document, source, text)


def packaged_names() -> list[str]:
    """The names of the profiles that ship with the product."""
    return sorted(path.stem for path in PACKAGED.glob("*.yaml"))


def packaged(name: str) -> ShowProfile:
    """The packaged profile called `name`; raises UnknownShow, naming the ones there are."""
    if name not in packaged_names():
        raise UnknownShow(
            f"show {name!r} is not packaged; packaged are {', '.join(packaged_names())}; "
            "or give a profile file, an s3:// address or an inline object"
        )
    return parse_yaml((PACKAGED / f"{name}.yaml").read_text(encoding="utf-8"), f"{name}.yaml")
