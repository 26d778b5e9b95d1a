"""Pages as they came: fetched politely once, kept under `raw/`, read from there ever after."""

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from shared import web
from shared.corpus.records import Freshness
from shared.lake.tables import Lake


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came, and when it came or was last said to be the same.

    `content_type` is believed for the charset alone, `headers` are those it came with; `outdated` says why it
    could not be asked for again, `arrived` is set while the page is not in the raw store yet.
    """

    body: bytes
    content_type: str | None
    fetched_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    outdated: str = ""
    final_url: str = ""
    arrived: web.Fetched | None = None


def fetched(lake: Lake, key: str, url: str, freshness: Freshness, fetcher: web.Fetcher) -> Page:
    """Return the page, from the raw store where that will do; raises what the fetcher raises.

    A page that arrives where none was kept is kept at once. One that would replace another is for
    the caller to `keep`, once it could be read.
    """
    saved = saved_page(lake, key, url)
    if saved is not None and freshness == "fetch_once":
        return saved
    known = saved.headers if saved is not None else {}
    page = fetcher.get(url, etag=known.get("etag"), last_modified=known.get("last-modified"))
    if page.status == 304 and saved is not None:
        return replace(saved, fetched_at=page.fetched_at)
    arrived = Page(
        *(page.body, page.headers.get("content-type"), page.fetched_at, page.headers),
        final_url=page.final_url,
        arrived=page,
    )
    if saved is None:
        save(lake, key, arrived)
    return arrived


def save(lake: Lake, key: str, page: Page) -> None:
    """Put a page that arrived into the raw store, in the place of what was there."""
    if page.arrived is not None:
        lake.write(f"{key}.gz", gzip.compress(page.body, mtime=0), "application/gzip")
        lake.write_json(f"{key}.json", _head(page.arrived))  # last: it says that the body is there


def saved_page(lake: Lake, key: str, url: str) -> Page | None:
    """Return the page as the raw store has it, if it was ever fetched from this address and is whole."""
    head = lake.read_json(f"{key}.json")
    packed = lake.read(f"{key}.gz") if head and head["url"] == web.shown(url) else None
    if packed is None:
        return None
    try:
        body = gzip.decompress(packed)
    except (OSError, EOFError, zlib.error):
        return None
    fetched_at, headers = datetime.fromisoformat(head["fetched_at"]), head["headers"]
    final_url = str(head.get("final_url") or url)
    return Page(body, headers.get("content-type"), fetched_at, headers, final_url=final_url)


def file_in_bucket(lake: Lake, url: str, max_bytes: int) -> Page:
    """Return a file of the user's own, by its s3:// address; raises web.NotFound or web.TooLarge."""
    key = url.removeprefix(f"s3://{lake.name}/")
    listed = next((item for item in lake.objects(key) if item.key == key), None)
    if listed is None:
        raise web.NotFound(f"{url} is no longer there.")
    if listed.size > max_bytes:
        raise web.TooLarge(
            f"{url} is larger than {max_bytes:,} bytes; raise `fetch.max_bytes` in the show's "
            "profile if that is right."
        )
    return Page(lake.read(key) or b"", None, listed.modified)


def _head(page: web.Fetched) -> dict[str, object]:
    return {
        "url": web.shown(page.url),
        "final_url": web.shown(page.final_url),
        "status": page.status,
        "headers": dict(page.headers),
        "fetched_at": page.fetched_at.isoformat(),
    }
