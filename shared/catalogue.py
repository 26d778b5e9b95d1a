"""Models, prices and providers as data, validated when loaded: an unknown price is never free."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from shared import money
from shared.errors import InvalidField, MissingPrice, ModelShutdown, UnknownModel
from shared.validation import sentence

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


def _price_amount(value: object) -> Decimal:
    return money.parse_usd(value, "amount")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Price(_Record):
    """`amount` US dollars per `per` units (tokens, hours or months), known since `as_of` from `source`."""

    purpose: Purpose
    amount: Annotated[Decimal, BeforeValidator(_price_amount)]
    per: int = Field(gt=0)
    unit: Literal["token", "hour", "month"]
    currency: Literal["USD"]
    as_of: date
    source: str = Field(min_length=1)

    def cost(self, units: int) -> Decimal:
        """Exact dollars for `units` units."""
        return money.cost(self.amount, self.per, units)


class Limits(_Record):
    """What the provider demands of a training file."""

    min_examples: int = Field(gt=0)
    max_tokens_per_example: int = Field(gt=0)


class Hyperparameters(_Record):
    """How a provider wants hyper-parameters sent, and those it must always be sent."""

    style: Literal["method", "top_level"]
    extra: Mapping[str, bool | int | str]


class Provider(_Record):
    """One fine-tuning service that the `openai` client can talk to.

    `metadata_filter`: whether listing jobs can filter by metadata on the server.
    `deploy`: what must happen between a finished job and its first answer.
    """

    provider: str
    base_url: str
    hyperparameters: Hyperparameters
    metadata_filter: bool
    deploy: Literal["none", "nebius_v0"]


class Model(_Record):
    """A base model that can be tuned.

    `base_model` is its name on the wire for training and `serving_model`, where it differs, for
    answers; `margin_percent` is reserved beyond an estimate; a `historical` model is never bought.
    """

    model: str
    provider: str
    base_model: str
    serving_model: str | None = None
    tokenizer: Literal["o200k_base", "cl100k_base", "p50k_base", "r50k_base"]
    margin_percent: int = Field(ge=0, le=100)
    shutdown_date: date | None = None
    historical: bool = False
    limits: Limits
    prices: tuple[Price, ...]

    @property
    def answering_model(self) -> str:
        """The untuned model's name on the wire when it answers."""
        return self.serving_model or self.base_model

    def price(self, purpose: Purpose) -> Price:
        """The price for `purpose`; raises MissingPrice."""
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
    providers: tuple[Provider, ...]
    models: tuple[Model, ...]

    def model(self, name: str) -> Model:
        """The model called `name`; raises UnknownModel, naming the ones there are."""
        for model in self.models:
            if model.model == name:
                return model
        known = ", ".join(model.model for model in self.models if not model.historical)
        raise UnknownModel(
            f"models holds {name!r}, which the catalogue does not know; known are {known}"
        )

    def provider(self, name: str) -> Provider:
        """The provider called `name`; raises UnknownModel."""
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


def parse(text: str, source: str) -> Catalogue:
    """A catalogue from YAML; raises InvalidField with the place in `source` that is wrong."""
    try:
        catalogue = Catalogue.model_validate(_with_price_defaults(yaml.safe_load(text)))
    except (yaml.YAMLError, ValidationError, AttributeError, TypeError) as error:
        raise InvalidField(f"the catalogue {source} is not usable: {sentence(error)}") from error
    _refuse_duplicates([model.model for model in catalogue.models], "model", source)
    _refuse_duplicates([provider.provider for provider in catalogue.providers], "provider", source)
    for model in catalogue.models:
        catalogue.provider(model.provider)
        _refuse_duplicates(
            [price.purpose for price in model.prices], f"price of {model.model}", source
        )
    return catalogue


@cache
def packaged() -> Catalogue:
    """The catalogue that ships with the product."""
    return parse(PACKAGED.read_text(encoding="utf-8"), PACKAGED.name)


def _with_price_defaults(document: dict[str, Any]) -> dict[str, Any]:
    defaults = document.pop("price_defaults", {})
    models = [
        {**model, "prices": [{**defaults, **price} for price in model.get("prices", [])]}
        for model in document.get("models", [])
    ]
    return {**document, "models": models}


def _refuse_duplicates(names: list[str], kind: str, source: str) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise InvalidField(
            f"the catalogue {source} has {kind} {twice[0]!r} more than once; keep one"
        )
