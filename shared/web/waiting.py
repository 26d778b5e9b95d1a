"""How long a site is waited for: the delay between requests, and what it asks for in `Retry-After`."""

from typing import Protocol

MAX_WAIT_SECONDS = 60.0  # for one Retry-After
MAX_WAITS_SECONDS = 240.0  # for all that one batch meets


class SharedCrawlDelay(Protocol):
    """Who may ask a domain and when, among all who ask it. Never raises for want of a slot."""

    def seconds_until_ours(self, domain: str, delay: float) -> float:
        """Take the domain's next slot, `delay` seconds after the one before; how long until it comes."""
        ...


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
