"""What is asked of the fetcher, and what it brings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """How a show's pages are asked for. The delay is between two requests to one host; the timeout
    is for one whole answer, body included; `max_bytes` counts decoded bytes. `reach_private` lets
    addresses be asked that are not of the public internet: on a laptop, never in the cloud.
    `signed_in_at` is an address with a login, which goes with every request to its site and to no other."""

    user_agent: str
    delay_seconds: float
    timeout_seconds: float
    max_bytes: int
    reach_private: bool = False
    signed_in_at: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer: status 200, or 304 with an empty body. Header names are in lower case."""

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """One exchange's answer, redirects and refusals among it; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
