"""What a training costs, by the token or by time: estimated, reserved, and how much of it a budget buys."""

from decimal import Decimal

from shared import money
from shared.catalogue.models import Model, Speed
from shared.errors import MissingPrice

ANY_NUMBER = 10**12
"""The tokens that a budget buys where they cost nothing: more than any corpus has."""


def estimate(model: Model, tokens: int) -> Decimal:
    """Return what training on so many tokens, all epochs together, should cost in dollars."""
    price = model.price("training")
    if price.by_time:
        return price.of_seconds(speed(model).training_seconds(tokens))
    return price.of_tokens(tokens)


def reserved(model: Model, tokens: int) -> Decimal:
    """Return the dollars to reserve for a training on so many tokens, all epochs together.

    By the token that is the estimate and the margin; by time, what the job costs that runs into its limit.
    """
    price, limit = model.price("training"), time_limit(model, tokens)
    if limit is not None:
        return price.of_seconds(limit)
    return money.with_margin(price.of_tokens(tokens), model.margin_percent)


def time_limit(model: Model, tokens: int) -> int | None:
    """Return after how many seconds the provider is to stop a training on so many tokens; None by the token.

    It is the time that the training should take, and the margin.
    """
    if not model.price("training").by_time:
        return None
    return -(-speed(model).training_seconds(tokens) * (100 + model.margin_percent) // 100)


def affordable_tokens(model: Model, budget: Decimal, n_epochs: int) -> int:
    """Return the most tokens per epoch whose training, margin included, costs at most `budget`."""
    low, high = 0, ANY_NUMBER
    if reserved(model, high * n_epochs) <= budget:
        return high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (
            (middle, high) if reserved(model, middle * n_epochs) <= budget else (low, middle)
        )
    return low


def speed(model: Model) -> Speed:
    """Return how fast a model that is charged by time trains; raises MissingPrice where nothing says so."""
    if model.speed is None:
        raise MissingPrice(f"model {model.model} is charged by time and has no `speed`; write one")
    return model.speed
