"""The models on offer and their prices, read from the catalogue file."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

_SECONDS = {"second": 1, "minute": 60, "hour": 3600}


@dataclass(frozen=True, slots=True)
class Model:
    """A base model: `longest_example` is in tokens.

    `prices` are US dollars by purpose: for one token, and for a second of training where it is `billed_by_time`.
    """

    name: str
    wire_names: tuple[str, ...]
    shutdown_date: str | None
    min_examples: int
    longest_example: int | None
    must_be_deployed: bool
    prices: Mapping[str, Decimal]
    api: str = "openai"
    billed_by_time: bool = False

    @property
    def wire_name(self) -> str:
        """Return the name that jobs of this model and its tuned models carry."""
        return self.wire_names[0]


def read_catalogue(path: Path) -> dict[str, Model]:
    """Return every model that is not historical, by each name it is known under."""
    document = yaml.safe_load(path.read_text("utf-8"))
    providers = {provider["provider"]: provider for provider in document["providers"]}
    defaults = document.get("price_defaults", {})
    offered = [
        _model(entry, providers[entry["provider"]], defaults)
        for entry in document["models"]
        if not entry.get("historical")
    ]
    return {name: model for model in offered for name in (model.name, *model.wire_names)}


def _model(
    entry: Mapping[str, Any], provider: Mapping[str, Any], defaults: Mapping[str, Any]
) -> Model:
    prices = [{**defaults, **price} for price in entry["prices"]]
    wire_names = [entry["base_model"], entry.get("serving_model", entry["base_model"])]
    shutdown = entry.get("shutdown_date")
    return Model(
        name=entry["model"],
        wire_names=tuple(dict.fromkeys(wire_names)),
        shutdown_date=str(shutdown) if shutdown else None,
        min_examples=entry.get("limits", {}).get("min_examples", 1),
        longest_example=entry.get("limits", {}).get("max_tokens_per_example"),
        must_be_deployed=provider.get("deploy", "none") != "none",
        api=provider.get("api", "openai"),
        prices={price["purpose"]: _of_one(price) for price in prices},
        billed_by_time=any(
            price["purpose"] == "training" and price.get("unit") in _SECONDS for price in prices
        ),
    )


def _of_one(price: Mapping[str, Any]) -> Decimal:
    """US dollars for one token, month or second."""
    units = Decimal(price.get("per", 1)) * _SECONDS.get(price.get("unit", "token"), 1)
    return Decimal(str(price["amount"])) / units
