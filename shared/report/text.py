"""How figures are written for a person: the filters of the page."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import wraps
from typing import TypeVar
from urllib.parse import urlsplit

from shared import money
from shared.money import dollars as dollars  # among the filters
from shared.text import OWN_MACHINE

UNKNOWN = "unknown"
Figure = TypeVar("Figure")


def or_unknown(write: Callable[[Figure], str]) -> Callable[[Figure | None], str]:
    """Return a filter that writes a figure, or says that nobody knows it: no single value ends a report."""

    @wraps(write)
    def written(figure: Figure | None) -> str:
        return UNKNOWN if figure is None else write(figure)

    return written


def dollars_in_a_column(amount: Decimal | str | float) -> str:
    """Dollars with six decimals, so that amounts below one another can be compared: "$2.681240"."""
    return f"${money.format_usd(Decimal(amount))}"


def integer(value: float) -> str:
    """A whole number with its thousands apart."""
    return f"{value:,.0f}"


def ratio(value: float) -> str:
    """A number with two decimals."""
    return f"{value:.2f}"


def percent(share: float) -> str:
    """A share of one: "70.8%", and never "100.0%" or "0.0%" where that is not quite so."""
    if 0 < share < 0.001:
        return "<0.1%"
    if 0.999 <= share < 1:
        return ">99.9%"
    return f"{100 * share:.1f}%".replace(".0%", "%")


def moment(when: datetime) -> str:
    """A moment in UTC to the minute."""
    return f"{when:%Y-%m-%d %H:%M} UTC"


def counted(n: int, noun: str) -> str:
    """A number with its noun: "1 episode", "2 episodes", "3 replies"."""
    if n == 1:
        return f"{integer(n)} {noun}"
    plural = f"{noun[:-1]}ies" if noun.endswith("ply") else f"{noun}s"
    return f"{integer(n)} {plural}"


def listed(parts: list[str]) -> str:
    """Parts of a sentence: "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def web_address(url: str | None) -> str | None:
    """`url` where a page may link to it, which takes http or https and a host that others reach too; else None.

    What a run on a laptop serves there is gone when it ends.
    """
    try:
        parts = urlsplit(url or "")
    except ValueError:  # a bracket without its other
        return None
    return url if parts.scheme in ("http", "https") and parts.hostname not in OWN_MACHINE else None
