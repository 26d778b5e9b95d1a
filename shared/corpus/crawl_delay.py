"""Crawl politeness: the delay between requests to a domain, which all runs of all shows keep together."""

import json
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache

from shared import web
from shared.clock import utc_now
from shared.lake import Bucket, keys
from shared.shows import ShowProfile

FARTHEST_SECONDS = 300  # what lies farther ahead is another machine's wrong clock


class LakeCrawlDelay:
    """A domain's next free moment, kept in the bucket by conditional writes.

    Nothing is held, so nobody who dies blocks anybody: a slot that nobody uses passes by.
    """

    def __init__(
        self,
        lake: Bucket,
        *,
        now: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._lake = lake
        self._now = now
        self._sleep = sleep

    def seconds_until_ours(self, domain: str, delay: float) -> float:
        """Take the domain's next slot; how long until it comes. After too many lost races, one delay."""
        key = keys.crawl_delay(domain)
        for stored in self._lake.races(key, self._sleep):
            now = self._now()
            ours = max(now, _free_at(stored.body, now) if stored else now)
            after = json.dumps({"free_at": (ours + timedelta(seconds=delay)).isoformat()})
            if self._lake.replace(key, after.encode(), "application/json", stored):
                return (ours - now).total_seconds()
        return delay


def _free_at(body: bytes, now: datetime) -> datetime:
    farthest = now + timedelta(seconds=FARTHEST_SECONDS)
    return min(datetime.fromisoformat(json.loads(body)["free_at"]), farthest)


def fetcher_for(
    show: ShowProfile, lake: Bucket | None = None, *, reach_private: bool = False
) -> web.Fetcher:
    """Return a fetcher that behaves as the show's profile says; a warm Lambda goes on with the one it has.

    With a lake its requests to a domain are the delay apart from those of every other run.
    """
    fetch = show.fetch
    fetcher = _fetcher(
        web.FetchPolicy(
            user_agent=fetch.user_agent,
            delay_seconds=fetch.delay_seconds,
            timeout_seconds=fetch.timeout_seconds,
            max_bytes=fetch.max_bytes,
            reach_private=reach_private,
            signed_in_at=show.feed or "",
        ),
        lake,
    )
    fetcher.begin()
    return fetcher


@cache
def _fetcher(policy: web.FetchPolicy, lake: Bucket | None) -> web.Fetcher:
    # Kept, because it knows when each domain was last asked and what its robots.txt says.
    return web.Fetcher(policy, LakeCrawlDelay(lake) if lake is not None else None)
