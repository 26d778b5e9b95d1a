"""A show is a profile, never code: its source, its host, its rights, and how to train and question it."""

import datetime
import re
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
from shared.validation import did_you_mean, read_yaml, sentence

PACKAGED = Path(__file__).parent
QUESTIONS = (
    "What have you changed your mind about?",
    "What do most people get wrong about your subject?",
    "What makes a conversation worth having?",
)
"""What any host may be asked, where the profile has no questions of its own."""


SOURCES = ("feed", "urls", "transcripts")
"""Of which a show has one."""
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

    name: str = Field(min_length=1, description="the host's name")
    aliases: tuple[str, ...] = Field(default=(), description="other labels that transcripts print")


class Fetch(_Record):
    """How pages are asked for: who asks, how often, how long and how much at most."""

    user_agent: str = Field(
        default="econchatr (no contact given)", description="who asks; say how you are reached"
    )
    delay_seconds: float = Field(
        default=2.0, ge=0, description="between two requests to a host, of all runs together"
    )
    timeout_seconds: float = Field(default=30.0, gt=0, description="how long a page may take")
    max_bytes: int = Field(default=10_000_000, gt=0, description="how large a page may be")


class Rights(_Record):
    """On what ground the transcripts may be used."""

    basis: str = Field(min_length=1, description="why the transcripts may be used")
    attribution: str = Field(default="", description="whom the report names for them")


class Consent(_Record):
    """Who attested, when, that this persona may be imitated, and how far."""

    scope: str = Field(min_length=1, description="what was agreed to")
    attested_by: str = Field(min_length=1, description="who says so")
    date: datetime.date = Field(description="when")


class Training(_Record):
    """Which pairs train, which must, and how the host is cued.

    Token bounds are inclusive. `min_pairs` is the smallest training set worth paying for. Of what was
    said just before a pair, exchange by exchange, as much goes into its example as fits `context_tokens`.
    """

    suffix: str = Field(
        default="",
        description="the line that ends every prompt; `NAME responds:` where it is empty",
    )
    must_have: tuple[Pattern, ...] = Field(
        default=(), description="patterns; pairs in which one is found are chosen first"
    )
    min_prompt_tokens: int = Field(default=60, ge=1, description="shorter prompts train nothing")
    min_completion_tokens: int = Field(
        default=20, ge=1, description="shorter answers of the host train nothing"
    )
    max_pair_tokens: int = Field(
        default=2000, ge=2, description="a pair with a longer text trains nothing"
    )
    context_tokens: int = Field(
        default=0,
        ge=0,
        le=50_000,
        description="how much of what was said before goes into a prompt",
    )
    min_pairs: int = Field(default=50, ge=10, description="fewer are not worth paying for")
    seed: int = Field(default=2012, description="decides the order, and so what is chosen")

    def takes(self, prompt_tokens: int, completion_tokens: int) -> bool:
        """Return whether a pair of these lengths is long enough, and no text too long."""
        return self.misfit(prompt_tokens, completion_tokens) is None

    def misfit(self, prompt_tokens: int, completion_tokens: int) -> Misfit | None:
        """Return what keeps a pair of these lengths from training; None where nothing does."""
        if prompt_tokens < self.min_prompt_tokens:
            return "prompt too short"
        if completion_tokens < self.min_completion_tokens:
            return "answer too short"
        return "too long" if max(prompt_tokens, completion_tokens) > self.max_pair_tokens else None


class Evaluation(_Record):
    """How long an answer may be, the seed of its sampling, how many held-out pairs are asked besides, who judges.

    `judges` are models of the catalogue; by default those it proposes, and nobody if it is empty.
    """

    max_answer_tokens: int = Field(
        default=256, ge=16, le=4096, description="how long an answer may be"
    )
    temperature: float = Field(default=0.7, ge=0, le=2, description="of the answers' sampling")
    seed: int = Field(default=2012, description="of samples, orders and the blind quiz")
    held_out_items: int = Field(
        default=150, ge=0, le=500, description="at most how many held-out replies are asked for"
    )
    judges: tuple[str, ...] | None = Field(
        default=None,
        max_length=5,
        description="models that judge; by default those the catalogue proposes, `[]` for none",
    )


class ShowProfile(_Record):
    """One show. Only `name`, one source and `host.name` are required; without questions, general ones.

    `transcripts` is an s3:// prefix, or on a laptop a folder. `exclude` holds episodes' addresses,
    their ids, or regular expressions found in the titles that a feed or file names give. `quotes`
    are whole sentences that the host likes to quote, a further wording as a further sentence.
    `key_facts` holds, by question, what a good answer says; a fact is a wording or a list of wordings.
    `never` holds regular expressions: sentences that match train no model and are measured nowhere.
    With more than `max_unread_share` of the episodes refused or failed, a run buys nothing.
    """

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9-]{0,39}$",
        description="the show's name in paths, tables and models",
        examples=["my-show (small letters, digits and hyphens, at most 40)"],
    )
    title: str = Field(default="", description="what people call it")
    feed: str | None = Field(
        default=None, description="the address of an RSS or Atom feed: one of three sources"
    )
    urls: tuple[str, ...] | None = Field(
        default=None, description="the addresses of episodes' pages: one of three sources"
    )
    transcripts: str | None = Field(
        default=None,
        description="a folder of transcript files, on AWS an s3:// prefix: one of three sources",
    )
    exclude: tuple[Exclusion, ...] = Field(
        default=(), description="episodes left out: addresses, ids, or patterns found in titles"
    )
    host: HostProfile
    speakers: dict[str, str] = Field(
        default={}, description="labels of transcripts, and whose they are"
    )
    transcript_selector: str = Field(
        default="",
        pattern=SELECTOR,
        examples=["#transcript, .talk or div.talk"],
        description="where on a page the talk is: `#id`, `.class` or `tag.class`; found without it on most",
    )
    fetch: Fetch = Fetch()
    rights: Rights | None = Field(default=None, description="a run that buys needs it")
    consent: Consent | None = Field(default=None, description="a run that buys needs it")
    training: Training = Training()
    evaluation: Evaluation = Evaluation()
    questions: tuple[str, ...] = Field(
        default=QUESTIONS, description="what every model is asked; three general ones by default"
    )
    quotes: tuple[Quote, ...] = Field(
        default=(), description="whole sentences that the host likes to quote"
    )
    key_facts: dict[str, tuple[Fact, ...]] = Field(
        default={}, description="by question, what a good answer says, each in one or more wordings"
    )
    never: tuple[Pattern, ...] = Field(
        default=(),
        description="patterns; sentences that match train nothing, such as sponsor reads",
    )
    models: tuple[str, ...] = Field(
        default=("llama-3.3-70b",),
        description="models of the catalogue, unless the run names others",
    )
    horizon_days: int = Field(
        default=14, ge=0, description="how long a model has to live on to be worth buying"
    )
    max_price_age_days: int = Field(
        default=365, ge=1, description="a run buys nothing at a price that was looked up longer ago"
    )
    max_failed_share: float = Field(
        default=0.2, ge=0, le=1, description="with more of the pages failed a run buys nothing"
    )
    max_unread_share: float = Field(
        default=0.5, ge=0, le=1, description="with more refused or failed a run buys nothing"
    )

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        sources = [name for name in SOURCES if getattr(self, name)]
        if len(sources) != 1:
            raise ValueError(
                f"a show needs exactly one of feed, urls or transcripts; this one has {sources or 'none'}"
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
    def source(self) -> str:
        """The key and the value of the one source."""
        return next(f"`{name}: {value}`" for name in SOURCES if (value := getattr(self, name)))

    @property
    def display_title(self) -> str:
        """The title, or the name where no title is given."""
        return self.title or self.name

    @property
    def prompt_suffix(self) -> str:
        """The line that ends every prompt and cues the host."""
        return self.training.suffix or f"{self.host.name} responds:"


def parse(document: Any, source: str, text: str = "") -> ShowProfile:
    """Return a profile from its decoded document; raises InvalidField with the field that is wrong.

    `text` is the YAML it was decoded from, so that the line can be named.
    """
    try:
        return ShowProfile.model_validate(document)
    except ValidationError as error:
        raise InvalidField(
            f"the show profile {source} is not usable: {sentence(error, text, ShowProfile)}"
        ) from error


def parse_yaml(text: str, source: str) -> ShowProfile:
    """Return a profile from YAML text; raises InvalidField."""
    try:
        document = read_yaml(text)
    except yaml.YAMLError as error:
        raise InvalidField(
            f"the show profile {source} is not YAML: {sentence(error, text)}"
        ) from error
    return parse(document, source, text)


def packaged_names() -> list[str]:
    """Return the names of the profiles that ship with the product."""
    return sorted(path.stem for path in PACKAGED.glob("*.yaml"))


def packaged(name: str) -> ShowProfile:
    """Return the packaged profile called `name`; raises UnknownShow, naming the ones there are."""
    known = packaged_names()
    if name not in known:
        raise UnknownShow(
            f"show {name!r} is not packaged;{did_you_mean(name, known)} packaged are {', '.join(known)}; "
            "or give a profile file, an s3:// address or an inline object"
        )
    return parse_yaml((PACKAGED / f"{name}.yaml").read_text(encoding="utf-8"), f"{name}.yaml")
