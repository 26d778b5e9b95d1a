"""Addresses as sites, feeds and redirects write them: whose they are, and where they lead."""

import re
from base64 import b64encode
from urllib.parse import quote, unquote, urljoin, urlsplit

from shared.web.errors import AddressRefused, BadResponse

_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAMED_TOKEN = re.compile(
    r"([?&;](?:[\w-]{0,20}(?:token|key|secret|auth|passw?o?r?d?|sig|signature|session|hash|uuid)|u|uid|user|code)=)[^&;#\s]+",
    re.IGNORECASE,
)
_TOKEN = re.compile(
    r"(?<=[/=_.-])(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|(?=[a-z]*\d)(?=\d*[a-z])[0-9a-z]{24,})(?![0-9a-z])",
    re.IGNORECASE,
)
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))


def with_path_whole(url: str) -> str:
    """Return the address with a `#` inside its path written as what it is: feeds have links such as /on-#x/.

    A fragment names a place on a page and holds no slash.
    """
    return url.replace("#", "%23") if "/" in url.partition("#")[2] else url


def without_login(url: str) -> tuple[str, str]:
    """Return the address without a user's name and password, and the header's value they make, or ""."""
    scheme, slashes, rest = url.partition("://")
    place = re.split(r"[/?#]", rest, maxsplit=1)[0]
    login, at, _ = place.rpartition("@")
    if not slashes or not at:
        return url, ""
    packed = b64encode(unquote(login).encode()).decode()
    return f"{scheme}://{rest[len(login) + 1 :]}", f"Basic {packed}"


def shown(url: str) -> str:
    """Return the address as it may be printed and kept: without its login, and with an ellipsis for each token.

    A token is a value that the query names as one, or a long word of letters and figures such as private
    feeds have.
    """
    plain = without_login(url)[0]
    named = _NAMED_TOKEN.sub(r"\1…", plain)
    return _TOKEN.sub("…", named)


def site_of(url: str) -> str:
    """Scheme, host and port of an address that may be asked; raises AddressRefused."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressRefused(f"{shown(url)!r} is no address.") from error
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise AddressRefused(f"{shown(url)!r} is not an http:// or https:// address.")
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (f":{port}" if port else "")


def target_of(url: str, status: int, location: str) -> str:
    """Return where a redirect leads. Raises BadResponse without a `location`, AddressRefused for one that is none."""
    if not location:
        raise BadResponse(f"{shown(url)} answers with status {status}, which holds no page.")
    try:
        target = urljoin(url, _in_ascii(location))
    except ValueError as error:
        raise AddressRefused(
            f"{shown(url)} redirects to {shown(location)!r}, which is no address."
        ) from error
    site_of(target)
    return target


def stay_on_site(url: str, target: str) -> None:
    """Raise BadResponse where a redirect leaves the site; `www.` and the scheme make no other site."""
    if _place(target) != _place(url):
        raise BadResponse(
            f"{shown(url)} redirects to another site, {shown(target)}. "
            "If that is right, put the new address in the show's profile."
        )


def _in_ascii(location: str) -> str:
    """Bytes that may not stand in an address, percent-encoded as they came; http.client reads them as Latin-1."""
    sent = location.encode("latin-1", errors="replace")
    return quote(sent, safe=_PRINTABLE)


def _place(url: str) -> tuple[str, int | None]:
    """Host without `www.`, and the port where it is not its scheme's own."""
    parts = urlsplit(site_of(url))
    port = None if parts.port == _DEFAULT_PORTS[parts.scheme] else parts.port
    return (parts.hostname or "").removeprefix("www."), port
