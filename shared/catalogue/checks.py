"""What may not be bought today: what is history, ends too soon, is closed, or has no price that can be believed."""

from collections.abc import Iterable
from datetime import date

from shared.catalogue.models import Model
from shared.catalogue.prices import Purpose
from shared.catalogue.providers import Provider
from shared.errors import MissingPrice, ModelShutdown, PriceTooOld

TRAINED: tuple[Purpose, ...] = ("training", "input", "output", "base_input", "base_output")
JUDGING: tuple[Purpose, ...] = ("base_input", "base_output")


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


def check_prices(
    model: Model, provider: Provider, purposes: Iterable[Purpose], today: date, max_age_days: int
) -> None:
    """Raise MissingPrice or PriceTooOld unless every price for `purposes` is known and recent enough.

    A price by time also needs a service that stops at a limit by itself.
    """
    for purpose in purposes:
        price = model.price(purpose)
        if price.by_time and provider.time_billing is None:
            raise MissingPrice(
                f"model {model.model} costs {price} for {purpose}, and {provider.provider} says nowhere that "
                "it stops at a limit, so nobody knows what that would come to; write `time_billing` for the "
                "provider in your catalogue, or leave the model out"
            )
        if (today - price.as_of).days > max_age_days:
            raise PriceTooOld(
                f"the price of {model.model} for {purpose}, {price}, is of {price.as_of}, more than "
                f"{max_age_days} days before {today}; look it up and write it with its day into a catalogue "
                "of your own, or raise `max_price_age_days` in the profile"
            )
