"""What a show's source lists: a feed, a list of addresses, or a folder of files in the bucket."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from shared import web
from shared.corpus.pages import fetched, save
from shared.corpus.records import Item, Listing
from shared.corpus.sources.feed import parse_feed
from shared.corpus.sources.items import Feed, FeedItem, NoTranscripts, TranscriptLink
from shared.corpus.sources.names import (
    date_in,
    day_first,
    is_transcript_file,
    passed_over,
    title_in,
    words_in,
)
from shared.corpus.sources.naming import named_items
from shared.corpus.sources.titles import guests_from_title
from shared.errors import BadInput
from shared.ids import digest
from shared.lake import keys
from shared.lake.tables import Lake
from shared.shows import ShowProfile
from shared.transcripts import Host

EARLIEST_YEAR, LATEST_YEAR = (
    2000,
    2100,
)  # of the tables' partitions; podcasts have no older episodes
MOST_FEED_PAGES = 200
_KINDS = ("json", "vtt", "html", "srt", "plain")
_ALIASES = {"subrip": "srt", "htm": "html", "txt": "plain"}


def host_of(show: ShowProfile) -> Host:
    """Return the show's host as the parsers know them."""
    return Host(name=show.host.name, aliases=show.host.aliases)


def list_source(lake: Lake, show: ShowProfile, fetcher: web.Fetcher) -> Listing:
    """Return all episodes of the show's one source, none left out; raises what the feed's reader raises."""
    if show.feed:
        return _of_feed(lake, show, fetcher)
    if show.transcripts:
        return _of_files(lake, show)
    return Listing(tuple(newest_first(_of_urls(show))))


def newest_first(items: Iterable[Item]) -> list[Item]:
    """Undated items come first: nothing says that they are old."""
    latest = datetime.max.replace(tzinfo=UTC)
    return sorted(items, key=lambda item: item.published or latest, reverse=True)


def _of_feed(lake: Lake, show: ShowProfile, fetcher: web.Fetcher) -> Listing:
    feeds, notes = _feed_pages(lake, show, fetcher)
    language = feeds[0].language
    listed = [item for feed in feeds for item in feed.items]
    items = newest_first(_item(*named, language) for named in named_items(show.name, listed))
    dates = [item.published for item in items if item.published]
    notes += [note for feed in feeds for note in feed.notes]
    return Listing(tuple(items), min(dates, default=None), feeds[0].moved_to, notes=tuple(notes))


def _feed_pages(
    lake: Lake, show: ShowProfile, fetcher: web.Fetcher
) -> tuple[list[Feed], list[str]]:
    """Return the feed and the pages that it says follow it, and a sentence where not all could be had.

    Raises for the first page alone: what stands on a later one is still in the lake.
    """
    address, feeds, seen = str(show.feed), list[Feed](), set[str]()
    while address not in seen:
        if len(feeds) == MOST_FEED_PAGES:
            return feeds, [
                f"{web.shown(address)} is page {len(feeds) + 1} of the feed; no more are read."
            ]
        seen.add(address)
        try:
            feed = _feed_page(lake, show, address, len(feeds) + 1, fetcher)
        except (web.PageFailed, web.AccessDenied, BadInput) as error:
            if not feeds:
                raise
            return feeds, [
                f"Page {len(feeds) + 1} of the feed and what follows is left out: {error}"
            ]
        feeds.append(feed)
        address = feed.next_page or address
    return feeds, []


def _feed_page(
    lake: Lake, show: ShowProfile, address: str, number: int, fetcher: web.Fetcher
) -> Feed:
    key = keys.feed(show.name, number)
    page = fetched(lake, key, address, "revalidate", fetcher)
    feed = parse_feed(page.body, page.final_url or address, host_of(show))
    save(lake, key, page)
    return feed


def _item(episode_id: str, former_id: str, item: FeedItem, language: str) -> Item:
    dated = EARLIEST_YEAR <= item.published.year <= LATEST_YEAR
    return Item(
        episode_id=episode_id,
        url=item.url,
        title=item.title,
        guests=item.guests,
        published=item.published if dated else None,
        fingerprint=item.fingerprint,
        transcripts=best_first(item.transcript_links, language, has_page=bool(item.url)),
        guid=item.guid,
        former_id=former_id,
        audio=item.audio,
    )


def best_first(
    links: Iterable[TranscriptLink], language: str = "", *, has_page: bool = False
) -> tuple[str, ...]:
    """Return the addresses of a feed item's transcripts, those first that are likelier to name speakers.

    `language` is the feed's. A translation is no transcript of what was said: it is left out where
    there is anything else.
    """
    ranked = sorted(links, key=_rank)
    ours = [link for link in ranked if _same_language(link.language, language)]
    chosen = ours if ours or has_page else ranked
    return tuple(dict.fromkeys(link.url for link in chosen))


def _same_language(said: str, wanted: str) -> bool:
    """Return whether two RFC 5646 tags mean one language, wherever it is spoken; one not said is any."""
    return not said or not wanted or re.split("[-_]", said)[0] == re.split("[-_]", wanted)[0]


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


def _of_files(lake: Lake, show: ShowProfile) -> Listing:
    """Files by their path under the prefix, so that a bucket of another name changes no id."""
    prefix = str(show.transcripts).removeprefix(f"s3://{lake.name}/").rstrip("/") + "/"
    there = {listed.key.removeprefix(prefix): listed for listed in lake.objects(prefix)}
    chosen = {path: listed for path, listed in there.items() if is_transcript_file(path)}
    if not chosen:
        raise NoTranscripts(
            f"{show.transcripts} holds no transcript ({len(there)} other files). Nothing was removed; check "
            "`transcripts` in the show's profile."
        )
    days_first, hosts = day_first(chosen), (show.host.name, *show.host.aliases)
    items = (
        Item(
            episode_id=digest(show.name, path),
            url=f"s3://{lake.name}/{listed.key}",
            title=title_in(path),
            guests=guests_from_title(words_in(path), hosts, full_names=True),
            published=date_in(path, days_first) or listed.modified,
            fingerprint=listed.etag,
        )
        for path, listed in chosen.items()
    )
    left = lake.read_json(prefix + keys.PASSED_OVER) or {}
    return Listing(
        tuple(newest_first(items)), passed_over=Counter(passed_over(there)) + Counter(left)
    )
