"""The one package that fetches pages: politely, within bounds, and only from where it may.

robots.txt is obeyed, and a site's refusal is reported, never worked around.
"""

from shared.web.addresses import shown
from shared.web.errors import (
    AccessDenied,
    AddressRefused,
    BadResponse,
    NotFound,
    PageFailed,
    TooLarge,
    Unreachable,
)
from shared.web.fetcher import Fetcher
from shared.web.records import Fetched, FetchPolicy
from shared.web.waiting import SharedCrawlDelay

__all__ = [
    "AccessDenied",
    "AddressRefused",
    "BadResponse",
    "FetchPolicy",
    "Fetched",
    "Fetcher",
    "NotFound",
    "PageFailed",
    "SharedCrawlDelay",
    "TooLarge",
    "Unreachable",
    "shown",
]
