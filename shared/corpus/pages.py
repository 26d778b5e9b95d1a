"""Pages as they came: fetched politely once, kept under `raw/`, read from there ever after."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from shared import web
from shared.corpus.records import Freshness
from shared.lake import Lake
from shared.shows import ShowProfile


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came, and when; `content_type` is believed for the charset alone."""

    body: bytes
    content_type: str | None
    fetched_at: datetime


def fetcher_for(show: ShowProfile) -> web.Fetcher:
    """A fetcher that behaves as the show's profile says; a warm Lambda goes on with the one it has."""
    fetch = show.fetch
    return _fetcher(
        web.FetchPolicy(
            user_agent=fetch.user_agent,
            delay_seconds=fetch.delay_seconds,
            timeout_seconds=fetch.timeout_seconds,
            max_bytes=fetch.max_bytes,
        )
    )


@cache
def _fetcher(policy: web.FetchPolicy) -> web.Fetcher:
    # Kept, because it knows when each host was last asked and what its robots.txt says.
    return web.Fetcher(policy)


def fetched(lake: Lake, key: str, url: str, freshness: Freshness, fetcher: web.Fetcher) -> Page:
    """The page, from the raw store where that will do; raises what the fetcher raises."""
    head = lake.read_json(f"{key}.json")
    body = lake.read(f"{key}.gz") if head and head["url"] == url else None
    kept = _kept(head, body) if body is not None else None
    if kept is not None and freshness == "fetch_once":
        return kept
    known = head["headers"] if kept is not None else {}
    page = fetcher.get(url, etag=known.get("etag"), last_modified=known.get("last-modified"))
    if page.status == 304 and kept is not None:
        return kept
    lake.write(f"{key}.gz", gzip.compress(page.body, mtime=0), "application/gzip")
    lake.write_json(f"{key}.json", _head(page))  # last: it says that the body is there
    return Page(page.body, page.headers.get("content-type"), page.fetched_at)


def file_in_bucket(lake: Lake, url: str, max_bytes: int) -> Page:
    """A file of the user's own, by its s3:// address; raises web.NotFound or web.TooLarge."""
    key = url.removeprefix(f"s3://{lake.name}/")
    found = next((item for item in lake.objects(key) if item.key == key), None)
    if found is None:
        raise web.NotFound(f"{url} is no longer there.")
    if found.size > max_bytes:
        raise web.TooLarge(
            f"{url} is larger than {max_bytes:,} bytes; raise `fetch.max_bytes` in the show's "
            "profile if that is right."
        )
    return Page(lake.read(key) or b"", None, found.modified)


def _kept(head: Mapping[str, Any], body: bytes) -> Page:
    fetched_at = datetime.fromisoformat(head["fetched_at"])
    return Page(gzip.decompress(body), head["headers"].get("content-type"), fetched_at)


def _head(page: web.Fetched) -> dict[str, object]:
    return {
        "url": page.url,
        "final_url": page.final_url,
        "status": page.status,
        "headers": dict(page.headers),
        "fetched_at": page.fetched_at.isoformat(),
    }
