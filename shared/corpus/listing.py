"""What a show's source lists: a feed, a list of addresses, or a folder of files in the bucket."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from shared import web
from shared.corpus.feed import FeedItem, TranscriptLink, guests_from_title, parse_feed
from shared.corpus.pages import fetched
from shared.corpus.records import Item, Listing
from shared.ids import digest
from shared.lake import keys
from shared.lake.tables import Lake
from shared.shows import ShowProfile
from shared.transcripts import Host

EARLIEST_YEAR = 2000  # podcasts have no episodes from before; the tables' partitions begin here
_DATE = re.compile(
    r"(?<!\d)(?P<year>20\d\d)(?P<gap>[-_./]?)(?P<month>[01]\d)(?:(?P=gap)(?P<day>[0-3]\d))?(?!\d)"
)
_NO_TRANSCRIPTS = frozenset({"license", "licence", "readme", "copying", "notice"})
_KINDS = ("json", "vtt", "html", "srt", "plain")
_ALIASES = {"subrip": "srt", "htm": "html", "txt": "plain"}


def host_of(show: ShowProfile) -> Host:
    """The show's host as the parsers know them."""
    return Host(name=show.host.name, aliases=show.host.aliases)


def list_source(lake: Lake, show: ShowProfile, fetcher: web.Fetcher) -> Listing:
    """All episodes of the show's one source, none left out; raises what the feed's reader raises."""
    if show.feed:
        return _of_feed(lake, show, fetcher)
    items = _of_files(lake, show) if show.transcripts else _of_urls(show)
    return Listing(tuple(newest_first(items)))


def newest_first(items: Iterable[Item]) -> list[Item]:
    """Undated items come first: nothing says that they are old."""
    latest = datetime.max.replace(tzinfo=UTC)
    return sorted(items, key=lambda item: item.published or latest, reverse=True)


def date_in(name: str) -> datetime | None:
    """The date in a file's name or an address, midnight UTC; the first of the month without a day.

    Four digits alone are no date: `2023-01-02`, `20230102` and `/2023/01/` are.
    """
    for found in _DATE.finditer(name):
        if not found["gap"] and not found["day"]:
            continue
        try:
            return datetime(int(found["year"]), int(found["month"]), int(found["day"] or 1), tzinfo=UTC)  # fmt: skip
        except ValueError:
            continue
    return None


def title_in(name: str) -> str:
    """What a file's name says besides its date and suffix: `2023-01-02_Ann-Cole-on-Tides.vtt`."""
    stem = PurePosixPath(name).stem
    dated = date_in(stem)
    words = re.sub(r"[-_\s]+", " ", _DATE.sub(" ", stem) if dated else stem).strip()
    return words or stem


def _of_feed(lake: Lake, show: ShowProfile, fetcher: web.Fetcher) -> Listing:
    address = str(show.feed)
    body = fetched(lake, keys.feed(show.name), address, "revalidate", fetcher).body
    feed = parse_feed(body, address, host_of(show))
    items = newest_first(_with_ids(show.name, feed.items))
    dates = [item.published for item in items if item.published]
    return Listing(tuple(items), min(dates, default=None), feed.moved_to)


def _with_ids(show: str, items: Sequence[FeedItem]) -> Iterator[Item]:
    """Name episodes by their link; feeds exist in which two episodes share one, and then the title tells.

    Of items that share both, the first stands for all: they have one page.
    """
    links = Counter(item.url for item in items)
    named: dict[str, FeedItem] = {}
    for item in items:
        title = [item.title] if links[item.url] > 1 else []
        named.setdefault(digest(show, item.url, *title), item)
    for episode_id, item in named.items():
        yield Item(
            episode_id=episode_id,
            url=item.url,
            title=item.title,
            guests=item.guests,
            published=item.published if item.published.year >= EARLIEST_YEAR else None,
            fingerprint=item.fingerprint,
            transcripts=best_first(item.transcript_links),
        )


def best_first(links: Iterable[TranscriptLink]) -> tuple[str, ...]:
    """The addresses of a feed item's transcripts, those first that are likelier to name speakers."""
    return tuple(dict.fromkeys(link.url for link in sorted(links, key=_rank)))


def _rank(link: TranscriptLink) -> int:
    """By type, or by the address's suffix where the type says nothing."""
    suffix = PurePosixPath(urlsplit(link.url).path).suffix.removeprefix(".")
    for said in (*re.findall(r"[a-z]+", link.type.lower()), suffix.lower()):
        kind = _ALIASES.get(said, said)
        if kind in _KINDS:
            return _KINDS.index(kind)
    return len(_KINDS)


def _of_urls(show: ShowProfile) -> Iterator[Item]:
    for url in dict.fromkeys(show.urls or ()):
        yield Item(
            episode_id=digest(show.name, url),
            url=url,
            title="",
            guests=(),
            published=date_in(unquote(url)),
            fingerprint=digest(url),
        )


def _of_files(lake: Lake, show: ShowProfile) -> Iterator[Item]:
    """Files by their path under the prefix, so that a bucket of another name changes no id."""
    prefix = str(show.transcripts).removeprefix(f"s3://{lake.name}/").rstrip("/") + "/"
    for found in lake.objects(prefix):
        path = found.key.removeprefix(prefix)
        if not is_transcript_file(path):
            continue
        title = title_in(path)
        yield Item(
            episode_id=digest(show.name, path),
            url=f"s3://{lake.name}/{found.key}",
            title=title,
            guests=guests_from_title(title, (show.host.name, *show.host.aliases)),
            published=date_in(path) or found.modified,
            fingerprint=found.etag,
        )


def is_transcript_file(path: str) -> bool:
    """Whether a file may be an episode: not hidden, no folder's mark, no licence or readme."""
    parts = PurePosixPath(path).parts
    hidden = any(part.startswith(".") for part in parts)
    return (
        bool(parts)
        and not hidden
        and not path.endswith("/")
        and PurePosixPath(path).stem.lower() not in _NO_TRANSCRIPTS
    )
