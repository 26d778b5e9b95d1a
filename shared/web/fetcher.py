"""Fetching pages: robots.txt, delays, redirects, retries, and bounds on size and time."""

import http.client
import time
from collections.abc import Callable, Mapping
from typing import Any

import urllib3
from protego import Protego
from urllib3.exceptions import HTTPError, LocationParseError

from shared.clock import retry_after, utc_now
from shared.web.addresses import (
    shown,
    site_of,
    stay_on_site,
    target_of,
    with_path_whole,
    without_login,
)
from shared.web.content import ACCEPTED, Undecodable, Unpacker
from shared.web.errors import (
    AccessDenied,
    AddressRefused,
    BadResponse,
    NotFound,
    PageFailed,
    TooLarge,
    Unreachable,
)
from shared.web.guard import connecting, guarded_pool_manager
from shared.web.records import Answer, Fetched, FetchPolicy
from shared.web.robots import product_token, with_groups_of
from shared.web.waiting import Patience, SharedCrawlDelay

ATTEMPTS = 3
MAX_REDIRECTS = 5
DOWN_SECONDS = 60.0  # how long a site whose robots.txt could not be had is left alone
MAX_CRAWL_DELAY_SECONDS = 120.0
ROBOTS_BYTES = 512_000  # RFC 9309: parse at least 500 KiB
_CHUNK = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_REFUSALS = frozenset({401, 403, 429})
_SERVER_TROUBLE = 500  # and above: gateways invent numbers of their own


class Fetcher:
    """Fetches pages one at a time; keeps each host's robots.txt and the time of the last request.

    `shared_delay` is kept with whoever else asks the same domains; without it this fetcher is alone.
    `sleep` and `clock` (monotonic seconds) can be replaced. Not for use from several threads.
    """

    def __init__(
        self,
        policy: FetchPolicy,
        shared_delay: SharedCrawlDelay | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._policy = policy
        self._token = product_token(policy.user_agent)
        self._shared_delay = shared_delay
        self._patience = Patience()
        self._sleep = sleep
        self._clock = clock
        self._robots: dict[str, Protego] = {}
        self._last_request: dict[str, float] = {}
        self._down: dict[str, tuple[float, str]] = {}
        self._headers = {
            "user-agent": policy.user_agent,
            "accept-encoding": ACCEPTED,
            "connection": "close",
        }
        self._logins: dict[str, str] = {}
        if policy.signed_in_at:
            self._signed_in(policy.signed_in_at)
        self._manager = guarded_pool_manager()

    def get(self, url: str, etag: str | None = None, last_modified: str | None = None) -> Fetched:
        """Return the page, or 304 when it is still what `etag` or `last_modified` describe.

        Raises `AccessDenied` when the site refuses, else a `PageFailed`.
        """
        headers = {}
        if etag:
            headers["if-none-match"] = etag
        if last_modified:
            headers["if-modified-since"] = last_modified
        url = self._signed_in(url)
        address = with_path_whole(url)
        for _ in range(MAX_REDIRECTS + 1):
            self._ask_robots(address)
            answer = self._exchange(address, headers, self._policy.max_bytes)
            if answer.status == 200 or (answer.status == 304 and headers):
                return Fetched(url, address, answer.status, answer.headers, answer.body, utc_now())
            _raise_for_status(address, answer)
            target = _redirected(address, answer)
            stay_on_site(address, target)
            address = target
        raise BadResponse(
            f"{shown(url)} redirects more than {MAX_REDIRECTS} times, last to {shown(address)}."
        )

    def _signed_in(self, url: str) -> str:
        """Return the address without its login, which from now on goes with requests to its site and to no other."""
        plain, login = without_login(url)
        if login:
            self._logins[site_of(plain)] = login
        return plain

    def begin(self) -> None:
        """Begin a batch: what sites asked the one before to wait no longer counts."""
        self._patience = Patience()

    def delay_of(self, url: str) -> float:
        """Seconds between two requests to the address's domain; asks its robots.txt.

        The profile's own delay where that cannot be had: whoever fetches says why.
        """
        try:
            self._robots_of(url)
        except (AccessDenied, PageFailed):
            return self._policy.delay_seconds
        return min(self._delay(site_of(url)), MAX_CRAWL_DELAY_SECONDS)

    def _ask_robots(self, url: str) -> None:
        site = site_of(url)
        robots = self._robots_of(url)
        if not robots.can_fetch(url, self._token):
            raise AccessDenied(
                f"{site}/robots.txt asks that {shown(url)} not be fetched by {self._token!r}. "
                "Respect it: ask the publisher, or use files of your own (`transcripts`)."
            )
        if self._delay(site) > MAX_CRAWL_DELAY_SECONDS:
            raise AccessDenied(
                f"{site}/robots.txt asks for {self._delay(site):g} s between requests, more than "
                f"the {MAX_CRAWL_DELAY_SECONDS:g} s a run can wait. Use files of your own."
            )

    def _robots_of(self, url: str) -> Protego:
        site = site_of(without_login(url)[0])
        if site not in self._robots:
            self._refuse_while_down(site)
            try:
                text = self._robots_text(f"{site}/robots.txt")
                self._robots[site] = Protego.parse(with_groups_of(text, self._token))
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
        """Return the file's text; "" when there is none, which allows everything."""
        address = url
        for _ in range(MAX_REDIRECTS + 1):
            answer = self._exchange(address, {}, ROBOTS_BYTES, cut=True)
            if answer.status in _REDIRECTS:
                address = _redirected(address, answer)  # to anywhere: RFC 9309, 2.3.1.2
                continue
            if answer.status in _REFUSALS:
                _raise_for_status(address, answer)
            return answer.body.decode("utf-8-sig", errors="replace") if answer.status == 200 else ""
        raise BadResponse(f"{shown(url)} redirects more than {MAX_REDIRECTS} times.")

    def _delay(self, site: str) -> float:
        own = self._policy.delay_seconds
        robots = self._robots.get(site)
        asked = robots.crawl_delay(self._token) if robots else None
        return max(own, asked or 0.0)

    def _exchange(
        self, url: str, headers: Mapping[str, str], max_bytes: int, *, cut: bool = False
    ) -> Answer:
        """One answer that is no server trouble, asked for up to `ATTEMPTS` times with back-off.

        A site that says how long to wait is waited for, within bounds.
        """
        trouble = ""
        for attempt in range(ATTEMPTS):
            self._pace(site_of(url))
            pause = 2.0 ** (attempt + 1)
            try:
                answer = self._ask(url, headers, max_bytes, cut=cut)
            except HTTPError as error:
                trouble = _said(error)
            else:
                if answer.status < _SERVER_TROUBLE and answer.status != 429:
                    return answer
                trouble = f"it answers {answer.status}"
                told = retry_after(answer.headers, utc_now())
                if answer.status == 429 and (told is None or attempt == ATTEMPTS - 1):
                    return answer
                if told is not None and not self._patience.allows(told):
                    trouble += f" and asks to wait {told:,.0f} s"
                    if answer.status == 429:
                        return answer
                    break
                pause = told if told is not None else pause
            if attempt < ATTEMPTS - 1:
                self._sleep(pause)
        raise Unreachable(
            f"{shown(url)} cannot be reached after {attempt + 1} attempts: {trouble}."
        )

    def _pace(self, site: str) -> None:
        """Wait until the site's delay since the last request to it has passed, whoever made that."""
        delay, last = self._delay(site), self._last_request.get(site)
        waits = [last + delay - self._clock()] if last is not None else []
        if self._shared_delay is not None and delay > 0:
            waits.append(self._shared_delay.seconds_until_ours(site.partition("://")[2], delay))
        wait = max(waits, default=0.0)
        if wait > 0:
            self._sleep(wait)
        self._last_request[site] = self._clock()

    def _ask(self, url: str, headers: Mapping[str, str], max_bytes: int, *, cut: bool) -> Answer:
        login = self._logins.get(site_of(url))
        if login:
            headers = {**headers, "authorization": login}
        limit = self._policy.timeout_seconds
        deadline = self._clock() + limit
        with connecting(limit, reach_private=self._policy.reach_private):
            try:
                response = self._manager.request(
                    "GET",
                    url,
                    headers={**self._headers, **headers},
                    timeout=urllib3.Timeout(total=limit),
                    redirect=False,
                    preload_content=False,
                    decode_content=False,
                )
            except (LocationParseError, ValueError, http.client.InvalidURL) as error:
                raise AddressRefused(f"{shown(url)!r} is no address.") from error
            try:
                body = self._body(response, url, max_bytes, deadline, cut=cut)
            except Undecodable as error:
                raise BadResponse(
                    f"{shown(url)} sends a body it encodes wrongly: {error}."
                ) from error
            finally:
                response.close()
        named = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, named, body)

    def _body(
        self, response: Any, url: str, max_bytes: int, deadline: float, *, cut: bool
    ) -> bytes:
        if response.status != 200:
            return b""
        body, packed = bytearray(), Unpacker(response.headers.get("content-encoding", ""))
        while chunk := response.read1(_CHUNK, decode_content=False):
            body += packed.unpack(chunk, max_bytes - len(body))
            if len(body) > max_bytes and not cut:
                raise TooLarge(
                    f"{shown(url)} is larger than {max_bytes:,} bytes; raise `fetch.max_bytes` in the "
                    "show's profile if that is right."
                )
            if len(body) > max_bytes:
                break
            self._check(deadline, url)
        else:
            packed.end()
        self._check(deadline, url)
        return bytes(body[:max_bytes])

    def _check(self, deadline: float, url: str) -> None:
        if self._clock() >= deadline:
            raise Unreachable(
                f"{shown(url)} did not arrive whole within {self._policy.timeout_seconds:g} s."
            )


def _said(error: HTTPError) -> str:
    """Return what urllib3 says, without the connection object that it begins with."""
    said = str(error)
    return said.partition("): ")[2] if said.startswith("_Guarded") else said


def _raise_for_status(url: str, answer: Answer) -> None:
    """Raise for a refusal or a missing page; return for anything else."""
    if answer.status in _REFUSALS:
        later = answer.headers.get("retry-after")
        raise AccessDenied(
            f"{shown(url)} answers {answer.status}: the site refuses us"
            + (f", and names {later} as the time to wait" if later else "")
            + ". Ask the publisher, or use files of your own (`transcripts`)."
        )
    if answer.status in (404, 410):
        raise NotFound(f"{shown(url)} is not there: the site answers {answer.status}.")


def _redirected(url: str, answer: Answer) -> str:
    """Return where the answer redirects to."""
    location = answer.headers.get("location", "") if answer.status in _REDIRECTS else ""
    return target_of(url, answer.status, location)
