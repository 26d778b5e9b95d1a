"""Models, prices and providers as data, validated when loaded: an unknown price is never free."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar
from urllib.parse import urlsplit

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from shared import money
from shared.errors import InvalidField, MissingPrice, ModelShutdown, UnknownModel
from shared.text import on_own_machine
from shared.validation import did_you_mean, line_of, read_yaml, sentence

Purpose = Literal[
    "training",
    "input",
    "cached_input",
    "output",
    "batch_input",
    "batch_output",
    "base_input",
    "base_output",
    "hosting",
    "storage",
]
PACKAGED = Path(__file__).with_name("catalogue.yaml")
JobField = Literal["metadata", "suffix", "seed", "validation_file"]
DataFormat = Literal["chat", "prompt_completion", "bedrock_conversation"]
JobState = Literal["queued", "running", "paused", "succeeded", "failed", "cancelled"]
Entry = TypeVar("Entry")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Price(_Record):
    """`amount` US dollars per `per` units (tokens, hours or months), known since `as_of` from `source`."""

    purpose: Purpose
    amount: Annotated[Decimal, BeforeValidator(partial(money.usd_field, field="amount"))]
    per: int = Field(gt=0)
    unit: Literal["token", "hour", "month"]
    currency: Literal["USD"]
    as_of: date
    source: str = Field(min_length=1)

    def cost(self, units: int) -> Decimal:
        """Exact dollars for `units` units."""
        return money.cost(self.amount, self.per, units)


class Limits(_Record):
    """What the provider demands of a training file.

    A file is held in memory by the function that makes it, so 500 MB is the most for any provider.
    """

    min_examples: int = Field(gt=0)
    max_tokens_per_example: int = Field(gt=0)
    max_epochs: int = Field(default=50, gt=0, le=50)
    max_file_bytes: int = Field(default=500_000_000, gt=0, le=500_000_000)


class Hyperparameters(_Record):
    """How a provider wants hyper-parameters sent, and those it must always be sent.

    Bedrock takes them as `strings`, and calls the epochs `epochCount`.
    """

    style: Literal["method", "top_level", "strings"]
    extra: Mapping[str, bool | int | float | str]

    @field_validator("extra")
    @classmethod
    def _leaves_the_epochs(cls, extra: Mapping[str, Any]) -> Mapping[str, Any]:
        """More epochs than the run reserved money for would be billed all the same."""
        if {"n_epochs", "epochCount"} & set(extra):
            raise ValueError("n_epochs belongs to the run, which pays for it; leave it out")
        return extra


class Provider(_Record):
    """One fine-tuning service.

    `api`: what it speaks: OpenAI's protocol, or AWS's own for Bedrock, which has no `base_url`: it is
    asked in the region of the stack, with the stack's own rights and no key.
    `deploy`: what must happen between a finished job and its first answer: nothing, a call of
    Nebius's or of Bedrock's, or a person's hand. `idle_costs`: whether a deployed model costs while
    nobody asks it; then a run retires at its end what it deployed.
    `byte_order_mark`: whether training files must begin with one. `data_format`: how a training file
    says an example; `weighs`: whether a message in it may say that it is not to be learnt.
    `fields`: what it takes in a job's creation beyond the protocol's least; `validation_file` only
    where it keeps the names of uploads and bills nothing for validation; `job_fields`: what it wants
    there of its own. `tunes_until`: the last day that it creates jobs. `statuses`: its own words for a
    job's states as the protocol's; a word that neither knows is unknown, and waited for as long as a
    job may last.
    """

    provider: str
    api: Literal["openai", "bedrock"] = "openai"
    base_url: str = ""
    hyperparameters: Hyperparameters
    deploy: Literal["none", "nebius_v0", "on_demand", "by_hand"]
    byte_order_mark: bool = False
    data_format: DataFormat = "chat"
    weighs: bool = False
    idle_costs: bool = False
    fields: tuple[JobField, ...] = ("metadata", "suffix", "seed")
    job_fields: Mapping[str, bool | int | str] = Field(default_factory=dict)
    statuses: Mapping[str, JobState] = Field(default_factory=dict)
    tunes_until: date | None = None

    @model_validator(mode="after")
    def _has_an_address(self) -> Self:
        """OpenAI's protocol is spoken at an address; what Bedrock's region says, nobody else may."""
        if (self.api == "openai") != bool(self.base_url):
            wanted = "needs a base_url" if self.api == "openai" else "takes no base_url"
            raise ValueError(f"a provider with api {self.api} {wanted}")
        if self.base_url and not hides_keys(self.base_url):
            raise ValueError(
                f"base_url {self.base_url} would carry the API key in the clear; write https://"
            )
        return self


def hides_keys(url: str) -> bool:
    """Return whether an address may be sent an API key: over TLS, or on this machine."""
    scheme = urlsplit(url).scheme
    return scheme == "https" or (scheme == "http" and on_own_machine(url))


class Model(_Record):
    """A base model that can be tuned, or can judge.

    `base_model` is its name on the wire for training and `serving_model`, where it differs, for
    answers; `margin_percent` is reserved beyond an estimate; a `historical` model is never bought.
    `tokens_per_message` and `tokens_per_example` are what a service counts around the texts and
    roles; where they are not known, more than any template that is. `family` is who made it: models
    of one family like each other's words. A `judge` may be asked to judge unless a show names its own.
    """

    model: str
    provider: str
    base_model: str
    serving_model: str | None = None
    tokenizer: Literal["o200k_base", "cl100k_base"]
    margin_percent: int = Field(ge=0, le=100)
    tokens_per_message: int = Field(default=8, ge=0, le=1000)
    tokens_per_example: int = Field(default=48, ge=0, le=1000)
    shutdown_date: date | None = None
    historical: bool = False
    family: str = ""
    judge: bool = False
    limits: Limits
    prices: tuple[Price, ...]

    @property
    def answering_model(self) -> str:
        """The untuned model's name on the wire when it answers."""
        return self.serving_model or self.base_model

    @property
    def tunable(self) -> bool:
        """Whether it can be bought a training: a judge that only answers has no price for one."""
        return not self.historical and any(price.purpose == "training" for price in self.prices)

    def price(self, purpose: Purpose) -> Price:
        """Return the price for `purpose`; raises MissingPrice."""
        for price in self.prices:
            if price.purpose == purpose:
                return price
        raise MissingPrice(
            f"model {self.model} has no price for {purpose}; add one to the catalogue with its date "
            "and source, or leave the model out"
        )


class Catalogue(_Record):
    """Every model and provider a run may use."""

    as_of: date
    providers: tuple[Provider, ...] = ()
    models: tuple[Model, ...] = ()

    def model(self, name: str, field: str = "models") -> Model:
        """Return the model called `name` under `field`; raises UnknownModel, naming the ones there are."""
        for model in self.models:
            if model.model == name:
                return model
        usable = (one for one in self.models if one.tunable or (field != "models" and one.judge))
        known = [one.model for one in usable]
        raise UnknownModel(
            f"{field} holds {name!r}, which the catalogue does not know;{did_you_mean(name, known)} "
            f"known are {', '.join(known)}"
        )

    def provider(self, name: str) -> Provider:
        """Return the provider called `name`; raises UnknownModel."""
        for provider in self.providers:
            if provider.provider == name:
                return provider
        raise UnknownModel(f"the catalogue has no provider {name!r}; add it under `providers`")


def check_lifetime(model: Model, today: date, horizon_days: int) -> None:
    """Raise ModelShutdown when `model` is history or ends within `horizon_days` of `today`."""
    if model.historical:
        raise ModelShutdown(
            f"model {model.model} is historical and can no longer be bought; choose a live model"
        )
    if model.shutdown_date is not None and (model.shutdown_date - today).days < horizon_days:
        raise ModelShutdown(
            f"model {model.model} is switched off on {model.shutdown_date}, within the show's horizon of "
            f"{horizon_days} days from {today}; choose a model that lives longer or lower `horizon_days`"
        )


def check_open(provider: Provider, today: date) -> None:
    """Raise ModelShutdown when `provider` creates no fine-tuning job any more on `today`."""
    if provider.tunes_until is not None and today > provider.tunes_until:
        raise ModelShutdown(
            f"{provider.provider} creates no fine-tuning jobs after {provider.tunes_until}; choose a "
            "model of another provider (`econchatr models` lists them)"
        )


def parse(text: str, source: str) -> Catalogue:
    """Return a catalogue from YAML; raises InvalidField with the line of `source` that is wrong."""
    try:
        catalogue = Catalogue.model_validate(_with_price_defaults(read_yaml(text)))
    except (yaml.YAMLError, ValidationError) as error:
        raise InvalidField(
            f"the catalogue {source} is not usable: {sentence(error, text, Catalogue)}"
        ) from error
    _refuse_duplicates([entry.model for entry in catalogue.models], ("models",), text, source)
    providers = [entry.provider for entry in catalogue.providers]
    _refuse_duplicates(providers, ("providers",), text, source)
    for number, model in enumerate(catalogue.models):
        purposes = [price.purpose for price in model.prices]
        _refuse_duplicates(purposes, ("models", number, "prices"), text, source)
    return catalogue


def overridden(catalogue: Catalogue, own: Catalogue) -> Catalogue:
    """`catalogue` with the models and providers of `own` in place of, or besides, its own."""
    return Catalogue(
        as_of=max(catalogue.as_of, own.as_of),
        providers=_merged(catalogue.providers, own.providers, lambda entry: entry.provider),
        models=_merged(catalogue.models, own.models, lambda entry: entry.model),
    )


def dump(catalogue: Catalogue) -> str:
    """Return the catalogue as YAML that `parse` reads back as the same."""
    return yaml.safe_dump(catalogue.model_dump(mode="json", exclude_none=True), sort_keys=False)


@cache
def packaged() -> Catalogue:
    """Return the catalogue that ships with the product."""
    return parse(PACKAGED.read_text(encoding="utf-8"), PACKAGED.name)


def _with_price_defaults(document: Any) -> Any:
    """Return the document with its `price_defaults` in every price; odd shapes are left to the validation."""
    if not isinstance(document, dict) or not isinstance(document.get("price_defaults", {}), dict):
        return document
    defaults, rest = document.get("price_defaults", {}), dict(document)
    rest.pop("price_defaults", None)
    if isinstance(rest.get("models"), list):
        rest["models"] = [_with_defaults(model, defaults) for model in rest["models"]]
    return rest


def _with_defaults(model: Any, defaults: Mapping[str, Any]) -> Any:
    if not isinstance(model, dict) or not isinstance(model.get("prices"), list):
        return model
    prices = [{**defaults, **p} if isinstance(p, dict) else p for p in model["prices"]]
    return {**model, "prices": prices}


def _refuse_duplicates(
    names: Sequence[str], section: tuple[str | int, ...], text: str, source: str
) -> None:
    for number, name in enumerate(names):
        if name in names[:number]:
            line = line_of(text, (*section, number))
            raise InvalidField(
                f"the catalogue {source} names {name!r} a second time in line {line}; keep one"
            )


def _merged(
    entries: Sequence[Entry], own: Sequence[Entry], name_of: Callable[[Entry], str]
) -> tuple[Entry, ...]:
    return tuple({name_of(entry): entry for entry in (*entries, *own)}.values())
