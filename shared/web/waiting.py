"""How long a site is waited for: the delay between requests, and what it asks for in `Retry-After`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

MAX_WAIT_SECONDS = 60.0  # for one Retry-After
MAX_WAITS_SECONDS = 240.0  # for all that one batch meets


class SharedCrawlDelay(Protocol):
    """Who may ask a domain and when, among all who ask it. Never raises for want of a slot."""

    def seconds_until_ours(self, domain: str, delay: float) -> float:
        """Take the domain's next slot, `delay` seconds after the one before; how long until it comes."""
        ...


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that `Retry-After` names, as a number or a date; None where it names none."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdecimal() and len(said) < 10:
        return float(said)
    try:
        then = parsedate_to_datetime(said)
    except (ValueError, TypeError, OverflowError):
        return None
    aware = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


class Patience:
    """How much longer one batch waits because sites ask it to."""

    def __init__(self) -> None:
        self._left = MAX_WAITS_SECONDS

    def allows(self, seconds: float) -> bool:
        """Return whether so long a wait is still within bounds; if so it counts as waited."""
        if seconds > min(MAX_WAIT_SECONDS, self._left):
            return False
        self._left -= seconds
        return True
