"""What can go wrong with a page, by what it means for the show."""

from shared.errors import BadInput, EconChatRError, Transient


class AccessDenied(EconChatRError):
    """The site does not want us (401, 403, 429 or robots.txt): the show stops here."""


class PageFailed(EconChatRError):
    """One page cannot be had; the rest of the show goes on. `reason` is a code for the lake."""

    reason = "failed"


class Unreachable(PageFailed, Transient):
    """No answer in time, or a server's error, after every attempt."""

    reason = "unreachable"


class AddressRefused(PageFailed, BadInput):
    """An address that is never asked: not http(s), or link-local or instance metadata."""

    reason = "address_refused"


class TooLarge(PageFailed):
    """The answer is larger than the profile allows."""

    reason = "too_large"


class NotFound(PageFailed):
    """The page is not there (404, 410)."""

    reason = "not_found"


class BadResponse(PageFailed):
    """An answer that cannot be used: odd status, redirect loop or off the site, broken encoding."""

    reason = "bad_response"
