"""The models on offer and their prices, read from the catalogue file."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Model:
    """A base model: `prices` are US dollars for one token, by purpose, `longest_example` is in tokens."""

    name: str
    wire_names: tuple[str, ...]
    shutdown_date: str | None
    min_examples: int
    longest_example: int | None
    must_be_deployed: bool
    prices: Mapping[str, Decimal]
    api: str = "openai"

    @property
    def wire_name(self) -> str:
        """Return the name that jobs of this model and its tuned models carry."""
        return self.wire_names[0]


def read_catalogue(path: Path) -> dict[str, Model]:
    """Return every model that is not historical, by each name it is known under."""
    document = yaml.safe_load(path.read_text("utf-8"))
    providers = {provider["provider"]: provider for provider in document["providers"]}
    per = document.get("price_defaults", {}).get("per", 1)
    offered = [
        _model(entry, providers[entry["provider"]], per)
        for entry in document["models"]
        if not entry.get("historical")
    ]
    return {name: model for model in offered for name in (model.name, *model.wire_names)}


def _model(entry: Mapping[str, Any], provider: Mapping[str, Any], per: int) -> Model:
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
        prices={
            price["purpose"]: Decimal(str(price["amount"])) / Decimal(price.get("per", per))
            for price in entry["prices"]
        },
    )
