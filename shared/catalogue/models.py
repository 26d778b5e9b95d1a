"""Models, prices and providers as data, validated when loaded: an unknown price is never free."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

import yaml
from pydantic import Field, ValidationError, model_validator

from shared.catalogue.prices import Price, Purpose
from shared.catalogue.providers import Provider
from shared.catalogue.record import Record
from shared.errors import InvalidField, MissingPrice, UnknownModel
from shared.validation import did_you_mean, line_of, read_yaml, sentence

PACKAGED = Path(__file__).with_name("catalogue.yaml")
Entry = TypeVar("Entry")


class Limits(Record):
    """What the provider demands of a training file.

    A file is held in memory by the function that makes it, so 500 MB is the most for any provider.
    """

    min_examples: int = Field(gt=0)
    max_tokens_per_example: int = Field(gt=0)
    max_epochs: int = Field(default=50, gt=0, le=50)
    max_file_bytes: int = Field(default=500_000_000, gt=0, le=500_000_000)


class Speed(Record):
    """How fast a service trains that charges by time, from which time limits and estimates are reckoned.

    `training_tokens_per_second` once training runs, after `start_seconds` that are charged too.
    """

    training_tokens_per_second: int = Field(gt=0)
    start_seconds: int = Field(default=0, ge=0)

    def training_seconds(self, tokens: int) -> int:
        """Return how long training on so many tokens, all epochs together, takes in whole seconds."""
        return self.start_seconds - -tokens // self.training_tokens_per_second


class Model(Record):
    """A base model that can be tuned, or can judge.

    `base_model` is its name on the wire for training and `serving_model`, where it differs, for
    answers; `margin_percent` is reserved beyond an estimate; a `historical` model is never bought.
    `tokens_per_message` and `tokens_per_example` are what a service counts around the texts and
    roles; where they are not known, more than any template that is. `family` is who made it: models
    of one family like each other's words. A `judge` may be asked to judge unless a show names its own.
    `speed` is needed where a price is by time. `answer_limit` is the word by which it takes the most tokens
    of an answer, `temperature` whether it takes one, `reasoning_tokens` what it may think before it answers.
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
    speed: Speed | None = None
    answer_limit: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    temperature: bool = True
    reasoning_tokens: int = Field(default=0, ge=0, le=100_000)
    prices: tuple[Price, ...]

    @model_validator(mode="after")
    def _time_can_be_reckoned(self) -> Self:
        timed = [price for price in self.prices if price.by_time and price.purpose != "hosting"]
        if timed and self.speed is None:
            raise ValueError(
                f"the price for {timed[0].purpose} is by the {timed[0].unit}, and nothing says how long it "
                "takes; write `speed: {training_tokens_per_second: ...}` in the model's entry"
            )
        return self

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


class Catalogue(Record):
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


def extended(text: str, source: str) -> Catalogue:
    """Return the packaged catalogue with the models and providers of a YAML file in place of, or besides, its own.

    Raises InvalidField with the line of `source` that is wrong, also for a price that is far from the
    packaged one of the same model and not marked as checked.
    """
    own, known = parse(text, source), packaged()
    for place, model in enumerate(own.models):
        for number, price in enumerate(model.prices):
            doubt = _far_from_packaged(model, price, known.models)
            if doubt:
                line = line_of(text, ("models", place, "prices", number))
                raise InvalidField(f"the catalogue {source} is not usable: line {line}: {doubt}")
    return Catalogue(
        as_of=max(known.as_of, own.as_of),
        providers=_merged(known.providers, own.providers, lambda entry: entry.provider),
        models=_merged(known.models, own.models, lambda entry: entry.model),
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


def _far_from_packaged(model: Model, price: Price, known: Iterable[Model]) -> str:
    """Return in a sentence that a price differs much from a packaged one of the same model; else nothing."""
    for other in known:
        if (other.provider, other.base_model) != (model.provider, model.base_model):
            continue
        for theirs in other.prices:
            if theirs.purpose == price.purpose and not price.checked and price.is_far_from(theirs):
                return (
                    f"{price} for {price.purpose} of {model.model}, and the packaged catalogue has {theirs} "
                    f"({theirs.source}, {theirs.as_of}); compare `amount`, `per` and `unit` with the "
                    "service's own page, and write `checked: true` beside the price if it is right"
                )
    return ""


def _merged(
    entries: Sequence[Entry], own: Sequence[Entry], name_of: Callable[[Entry], str]
) -> tuple[Entry, ...]:
    return tuple({name_of(entry): entry for entry in (*entries, *own)}.values())
