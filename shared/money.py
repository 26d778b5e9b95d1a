"""Exact US dollars. Amounts are `Decimal` with at most twelve decimals; nothing here ever rounds in silence."""

import re
from decimal import ROUND_UP, Context, Decimal, Inexact, InvalidOperation

from shared.errors import InvalidField

USD_PATTERN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
ZERO = Decimal(0)
_EXACT = Context(prec=38, traps=[Inexact, InvalidOperation])
_PICO_DOLLAR = Decimal("1E-12")
_MICRO_DOLLAR = Decimal("0.000001")


def parse_usd(text: object, field: str, *, zero: bool = False) -> Decimal:
    """Dollars from text such as "40.00", or a whole number: at most six decimals, no sign, exponent or symbol.

    Raises InvalidField, naming `field`, for anything else, inexact numbers included, and zero unless
    `zero` says that it is an amount.
    """
    written = str(text) if type(text) is int else text
    plain = isinstance(written, str) and USD_PATTERN.fullmatch(written) is not None
    amount = Decimal(str(written)) if plain else None
    if amount is None or (amount == 0 and not zero):
        quoted = " in quotation marks" if isinstance(text, float) else ""
        raise InvalidField(
            f"{field} is {text!r}; write {'an' if zero else 'a positive'} amount of US dollars such as "
            f"40.00{quoted}, below a billion, with at most six decimals and no sign, exponent or currency symbol"
        )
    return amount


def usd_field(value: object, field: str) -> Decimal:
    """`parse_usd` for a validation library, which adds the place to a ValueError."""
    return _field(value, field, zero=False)


def price_field(value: object, field: str) -> Decimal:
    """`usd_field` for a price, which may be zero: what is free is written so, what is unknown is left out."""
    return _field(value, field, zero=True)


def _field(value: object, field: str, *, zero: bool) -> Decimal:
    if isinstance(value, Decimal):
        return value
    try:
        return parse_usd(value, field, zero=zero)
    except InvalidField as error:
        raise ValueError(str(error)) from error


def cost(price_amount: Decimal, per: int, units: int) -> Decimal:
    """Return what `units` cost at `price_amount` dollars per `per` units, exact to a pico-dollar, else rounded up."""
    exact = Context(prec=38).divide(_EXACT.multiply(price_amount, Decimal(units)), Decimal(per))
    return exact.quantize(_PICO_DOLLAR, rounding=ROUND_UP).normalize()


def add(*amounts: Decimal) -> Decimal:
    """Exact sum; raises decimal.Inexact instead of rounding."""
    total = ZERO
    for amount in amounts:
        total = _EXACT.add(total, amount)
    return total


def with_margin(amount: Decimal, percent: int) -> Decimal:
    """`amount` raised by a whole number of percent, rounded up to a pico-dollar."""
    return cost(amount, 100, 100 + percent)


def format_usd(amount: Decimal) -> str:
    """Six decimals, rounded up so that what is shown is never less than what was spent."""
    return str(amount.quantize(_MICRO_DOLLAR, rounding=ROUND_UP))


def dollars(amount: Decimal | str | float) -> str:
    """Dollars with as many decimals as are needed, from two to six: "$5.00", "$0.013245"."""
    whole, _, decimals = format_usd(Decimal(amount)).partition(".")
    return f"${int(whole):,}.{decimals.rstrip('0').ljust(2, '0')}"
