"""The clock: the one place that asks what time it is, and how long to stand back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import SystemRandom


def utc_now() -> datetime:
    """Return the current moment, aware, in UTC."""
    return datetime.now(UTC)


def jittered(pause: float) -> float:
    """Return a random part of `pause` seconds, so that contenders do not meet again."""
    return SystemRandom().uniform(0, pause)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that a service asks to be left alone: a number, a date, or milliseconds; None for none."""
    milliseconds = _number(headers.get("retry-after-ms", ""))
    if milliseconds is not None:
        return milliseconds / 1000
    said = headers.get("retry-after", "").strip()
    seconds = _number(said.removesuffix("s"))
    if seconds is not None:
        return seconds
    try:
        then = parsedate_to_datetime(said)
    except (ValueError, TypeError, OverflowError):
        return None
    aware = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def _number(said: str) -> float | None:
    """Return a number of at most nine figures, which may have decimals; None for anything else."""
    plain = said.strip().replace(".", "", 1)
    if not (plain.isascii() and plain.isdecimal() and len(plain) < 10):
        return None
    return float(said)
