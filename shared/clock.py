"""The clock: the one place that asks what time it is, and how long to stand back."""

from datetime import UTC, datetime
from random import SystemRandom


def utc_now() -> datetime:
    """Return the current moment, aware, in UTC."""
    return datetime.now(UTC)


def jittered(pause: float) -> float:
    """Return a random part of `pause` seconds, so that contenders do not meet again."""
    return SystemRandom().uniform(0, pause)
