"""Prices: what a unit costs, of which unit, since when and from whom. An unknown price is never free; 0 is a price."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from shared import money
from shared.catalogue.record import Record
from shared.errors import BadInput

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
Unit = Literal["token", "second", "minute", "hour", "month"]
SECONDS: Mapping[str, int] = {"second": 1, "minute": 60, "hour": 3600}
TIMES = frozenset(SECONDS)
TOKENS = frozenset({"token"})
UNITS: Mapping[Purpose, frozenset[str]] = {
    "training": TOKENS | TIMES,
    "input": TOKENS,
    "cached_input": TOKENS,
    "output": TOKENS,
    "batch_input": TOKENS,
    "batch_output": TOKENS,
    "base_input": TOKENS,
    "base_output": TOKENS,
    "hosting": TIMES,
    "storage": frozenset({"month"}),
}
"""What each purpose may be charged by."""
FAR = 10
"""A price so many times as high, or as low, as the packaged one is believed only if it is marked as checked."""


class WrongUnit(BadInput):
    """A price was asked what so many units cost that it is not a price of."""


class Price(Record):
    """`amount` US dollars per `per` units, known since `as_of` from `source`.

    A unit is a token, a second, a minute, an hour or a month.
    `checked`: somebody has seen that it is right although it is far from the packaged one.
    """

    purpose: Purpose
    amount: Annotated[Decimal, BeforeValidator(partial(money.price_field, field="amount"))]
    per: int = Field(gt=0)
    unit: Unit
    currency: Literal["USD"]
    as_of: date
    source: str = Field(min_length=1)
    checked: bool = False

    @model_validator(mode="after")
    def _unit_fits_purpose(self) -> Self:
        if self.unit not in UNITS[self.purpose]:
            allowed = " or ".join(sorted(UNITS[self.purpose]))
            raise ValueError(
                f"a price for {self.purpose} is by the {allowed}, not by the {self.unit}; write the unit "
                "that the service charges by"
            )
        return self

    @property
    def by_time(self) -> bool:
        """Whether it is charged by the time that something takes."""
        return self.unit in TIMES

    def of_tokens(self, tokens: int) -> Decimal:
        """Return exact dollars for so many tokens; raises WrongUnit where it is no price of tokens."""
        if self.unit != "token":
            raise WrongUnit(f"the price for {self.purpose} is by the {self.unit}, not by the token")
        return money.cost(self.amount, self.per, tokens)

    def of_seconds(self, seconds: int) -> Decimal:
        """Return exact dollars for so much time; raises WrongUnit where it is no price of time."""
        if not self.by_time:
            raise WrongUnit(f"the price for {self.purpose} is by the {self.unit}, not by time")
        return money.cost(self.amount, self.per_second, seconds)

    def seconds_for(self, dollars: Decimal) -> int | None:
        """Return how many seconds so many dollars buy; None where it is no price of time, or time is free."""
        if not self.by_time or self.amount == 0:
            return None
        return int(dollars * self.per_second / self.amount)

    @property
    def per_second(self) -> int:
        """For how many seconds, or tokens, `amount` is."""
        return self.per * SECONDS.get(self.unit, 1)

    def is_far_from(self, other: "Price") -> bool:
        """Return whether one is more than FAR times the other, as of a slip of the pen; free is far from not free.

        Prices by different units cannot be compared.
        """
        mine, theirs = self.amount * other.per, other.amount * self.per
        return self.unit == other.unit and (mine > FAR * theirs or theirs > FAR * mine)

    def __str__(self) -> str:
        """Return the price as a person reads it: "$25 per 1,000,000 tokens"."""
        number = f"{self.per:,} {self.unit}s" if self.per != 1 else self.unit
        return f"${format(self.amount, 'f')} per {number}"
