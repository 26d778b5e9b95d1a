"""Fetching pages: robots.txt, delays, redirects, retries, and bounds on size and time."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import urllib3
from protego import Protego
from urllib3.exceptions import DecodeError, HTTPError, LocationParseError

from shared.clock import utc_now
from shared.web.errors import (
    AccessDenied,
    AddressRefused,
    BadResponse,
    NotFound,
    TooLarge,
    Unreachable,
)
from shared.web.guard import cut_off_after, guarded_pool_manager

ATTEMPTS = 3
MAX_REDIRECTS = 5
DOWN_SECONDS = 60.0  # how long a site whose robots.txt could not be had is left alone
MAX_CRAWL_DELAY_SECONDS = 120.0
ROBOTS_BYTES = 512_000  # RFC 9309: parse at least 500 KiB
_CHUNK = 65_536
_DEFAULT_PORTS = {"http": 80, "https": 443}
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REFUSALS = frozenset({401, 403, 429})
_SERVER_TROUBLE = frozenset({500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class FetchPolicy:
    """How a show's pages are asked for. The delay is between two requests to one host; the timeout
    is for one whole answer, body included; `max_bytes` counts decoded bytes."""

    user_agent: str
    delay_seconds: float
    timeout_seconds: float
    max_bytes: int


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
class _Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes


class Fetcher:
    """Fetches pages one at a time; keeps each host's robots.txt and the time of the last request.

    `sleep` and `clock` (monotonic seconds) can be replaced. Not for use from several threads.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._policy = policy
        self._sleep = sleep
        self._clock = clock
        self._robots: dict[str, Protego] = {}
        self._last_request: dict[str, float] = {}
        self._held_at: float | None = None
        self._down: dict[str, tuple[float, str]] = {}
        self._headers = {
            "user-agent": policy.user_agent,
            "accept-encoding": "gzip, deflate",
            "connection": "close",
        }
        self._manager = guarded_pool_manager()

    def get(self, url: str, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """The page, or 304 when it is still what `etag` or `last_modified` describe.

        Raises `AccessDenied` when the site refuses, else a `PageFailed`.
        """
        headers = {}
        if etag:
            headers["if-none-match"] = etag
        if last_modified:
            headers["if-modified-since"] = last_modified
        address = _with_path_whole(url)
        for _ in range(MAX_REDIRECTS + 1):
            self._ask_robots(address)
            answer = self._exchange(address, headers, self._policy.max_bytes)
            if answer.status == 200 or (answer.status == 304 and headers):
                return Fetched(url, address, answer.status, answer.headers, answer.body, utc_now())
            _raise_for_status(address, answer)
            address = _redirected(address, answer)
        raise BadResponse(f"{url} redirects more than {MAX_REDIRECTS} times, last to {address}.")

    def hold(self) -> None:
        """Count as having asked every host just now, so that the next request waits its delay."""
        self._held_at = self._clock()

    def _ask_robots(self, url: str) -> None:
        site = _site(url)
        robots = self._robots_of(url)
        if not robots.can_fetch(url, self._policy.user_agent):
            raise AccessDenied(
                f"{site}/robots.txt asks that {url} not be fetched by {self._policy.user_agent!r}. "
                "Respect it: ask the publisher, or use files of your own (`transcripts`)."
            )
        if self._delay(site) > MAX_CRAWL_DELAY_SECONDS:
            raise AccessDenied(
                f"{site}/robots.txt asks for {self._delay(site):g} s between requests, more than "
                f"the {MAX_CRAWL_DELAY_SECONDS:g} s a run can wait. Use files of your own."
            )

    def _robots_of(self, url: str) -> Protego:
        site = _site(url)
        if site not in self._robots:
            self._refuse_while_down(site)
            try:
                self._robots[site] = Protego.parse(self._robots_text(f"{site}/robots.txt"))
            except Unreachable as error:
                self._down[site] = self._clock(), str(error)
                raise
        return self._robots[site]

    def _refuse_while_down(self, site: str) -> None:
        """Without its robots.txt nothing of a site may be asked for (RFC 9309), and soon again is no use."""
        since, why = self._down.get(site, (0.0, ""))
        if why and self._clock() - since < DOWN_SECONDS:
            raise Unreachable(why)

    def _robots_text(self, url: str) -> str:
        """The file's text; "" when there is none, which allows everything."""
        address = url
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._exchange(address, {}, ROBOTS_BYTES, cut=True)
            if answer.status in _REDIRECTS:
                address = _redirected(address, answer)
                continue
            if answer.status in _REFUSALS:
                _raise_for_status(address, answer)
            return answer.body.decode("utf-8", errors="replace") if answer.status == 200 else ""
        raise BadResponse(f"{url} redirects more than {MAX_REDIRECTS} times.")

    def _delay(self, site: str) -> float:
        own = self._policy.delay_seconds
        robots = self._robots.get(site)
        asked = robots.crawl_delay(self._policy.user_agent) if robots else None
        return max(own, asked or 0.0)

    def _exchange(
        self, url: str, headers: Mapping[str, str], max_bytes: int, *, cut: bool = False
    ) -> _Answer:
        """One answer that is no server trouble, asked for up to `ATTEMPTS` times with back-off."""
        trouble = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                self._sleep(2.0**attempt)
            self._pace(_site(url))
            try:
                answer = self._ask(url, headers, max_bytes, cut=cut)
            except DecodeError as error:
                raise BadResponse(f"{url} sends a body it encodes wrongly: {error}") from error
            except LocationParseError as error:
                raise AddressRefused(f"{url!r} is no address: {error}") from error
            except HTTPError as error:
                trouble = _said(error)
                continue
            if answer.status not in _SERVER_TROUBLE:
                return answer
            trouble = f"it answers {answer.status}"
        raise Unreachable(f"{url} cannot be reached after {ATTEMPTS} attempts: {trouble}.")

    def _pace(self, site: str) -> None:
        """Wait until the site's delay since the last request to it has passed."""
        asked = [at for at in (self._last_request.get(site), self._held_at) if at is not None]
        if asked:
            wait = max(asked) + self._delay(site) - self._clock()
            if wait > 0:
                self._sleep(wait)
        self._last_request[site] = self._clock()

    def _ask(self, url: str, headers: Mapping[str, str], max_bytes: int, *, cut: bool) -> _Answer:
        limit = self._policy.timeout_seconds
        deadline = self._clock() + limit
        with cut_off_after(limit):
            response = self._manager.request(
                "GET",
                url,
                headers={**self._headers, **headers},
                timeout=urllib3.Timeout(total=limit),
                redirect=False,
                preload_content=False,
            )
            try:
                body = self._body(response, url, max_bytes, deadline, cut=cut)
            finally:
                response.close()
        named = {name.lower(): value for name, value in response.headers.items()}
        return _Answer(response.status, named, body)

    def _body(
        self, response: Any, url: str, max_bytes: int, deadline: float, *, cut: bool
    ) -> bytes:
        if response.status != 200:
            return b""
        body = bytearray()
        while chunk := response.read1(_CHUNK):
            body += chunk
            if len(body) > max_bytes and not cut:
                raise TooLarge(
                    f"{url} is larger than {max_bytes:,} bytes; raise `fetch.max_bytes` in the "
                    "show's profile if that is right."
                )
            if len(body) > max_bytes:
                break
            self._check(deadline, url)
        self._check(deadline, url)
        return bytes(body[:max_bytes])

    def _check(self, deadline: float, url: str) -> None:
        if self._clock() >= deadline:
            raise Unreachable(
                f"{url} did not arrive whole within {self._policy.timeout_seconds:g} s."
            )


def _said(error: HTTPError) -> str:
    """What urllib3 says, without the connection object that it begins with."""
    said = str(error)
    return said.partition("): ")[2] if said.startswith("_Guarded") else said


def _with_path_whole(url: str) -> str:
    """The address with a `#` inside its path written as what it is: feeds have links such as /on-#x/.

    A fragment names a place on a page and holds no slash.
    """
    return url.replace("#", "%23") if "/" in url.partition("#")[2] else url


def _site(url: str) -> str:
    """Scheme, host and port of an address that may be asked."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AddressRefused(f"{url!r} is no address: {error}.") from error
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise AddressRefused(f"{url!r} is not an http:// or https:// address.")
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" + (f":{port}" if port else "")


def _redirected(url: str, answer: _Answer) -> str:
    """Where the answer redirects to, if that is on the same site."""
    location = answer.headers.get("location", "")
    if answer.status not in _REDIRECTS or not location:
        raise BadResponse(f"{url} answers with status {answer.status}, which holds no page.")
    try:
        target = urljoin(url, location)
    except ValueError as error:
        raise AddressRefused(f"{url} redirects to {location!r}: {error}.") from error
    if _place(target) != _place(url):
        raise BadResponse(
            f"{url} redirects to another site, {target}. "
            "If that is right, put the new address in the show's profile."
        )
    return target


def _place(url: str) -> tuple[str, int | None]:
    """Host without `www.`, and the port where it is not its scheme's own."""
    parts = urlsplit(_site(url))
    port = None if parts.port == _DEFAULT_PORTS[parts.scheme] else parts.port
    return (parts.hostname or "").removeprefix("www."), port


def _raise_for_status(url: str, answer: _Answer) -> None:
    """Raise for a refusal or a missing page; return for anything else."""
    if answer.status in _REFUSALS:
        later = answer.headers.get("retry-after")
        raise AccessDenied(
            f"{url} answers {answer.status}: the site refuses us"
            + (f", and names {later} as the time to wait" if later else "")
            + ". Ask the publisher, or use files of your own (`transcripts`)."
        )
    if answer.status in (404, 410):
        raise NotFound(f"{url} is not there: the site answers {answer.status}.")
