"""The day in a feed's date, however it is written: RFC 822 and ISO 8601 are read by others, these are not."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

_MONTHS = (
    "jan ene gen", "feb fev", "mar maa mrt", "apr abr avr", "may mai mei mag maj", "jun juin giu", "jul juil lug",
    "aug ago aou", "sep set", "oct okt ott out", "nov", "dec dez dic des",
)  # fmt: skip
"""How the months begin in English, German, French, Spanish, Italian, Portuguese, Dutch and Scandinavian."""
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|[.º])?\s{1,3}(?:de\s|of\s)?([a-z]{3,12})\.?,?\s{1,3}(?:de\s)?(\d{4})"
)
_MONTH_FIRST = re.compile(r"([a-z]{3,12})\.?\s{1,3}(\d{1,2})(?:st|nd|rd|th)?,?\s{1,3}(\d{4})")
_TIME = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?::(\d{2}))?\s?(am|pm)?")
_ZONE = re.compile(r"([+-])(\d{2}):?(\d{2})\s*$")


def written_date(said: str) -> datetime | None:
    """Return the time in a date with a month's name in a European language, in UTC, or None.

    Without a time of day it is midnight, without a zone UTC.
    """
    plain = unicodedata.normalize("NFKD", said[:100].casefold())
    text = "".join(char for char in plain if unicodedata.category(char) != "Mn")
    if found := _DAY_FIRST.search(text):
        day, month, year = found.groups()
    elif found := _MONTH_FIRST.search(text):
        month, day, year = found.groups()
    else:
        return None
    number = _month(month)
    if number is None:
        return None
    try:
        local = datetime(int(year), number, int(day), *_time(text), tzinfo=_zone(text))
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _month(name: str) -> int | None:
    for number, beginnings in enumerate(_MONTHS, start=1):
        if name.startswith(tuple(beginnings.split())):
            return number
    return None


def _time(text: str) -> tuple[int, int, int]:
    found = _TIME.search(text)
    if not found:
        return 0, 0, 0
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    if found[4]:
        hour = hour % 12 + 12 * (found[4] == "pm")
    return hour, minute, second


def _zone(text: str) -> timezone:
    found = _ZONE.search(text)
    if not found:
        return UTC
    ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
    return timezone(ahead if found[1] == "+" else -ahead)
