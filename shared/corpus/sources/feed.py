"""A show's feed: every item, what names it, and the transcripts it offers."""

import re
from calendar import timegm
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from typing import Any

import feedparser

from shared.corpus.sources.dates import written_date
from shared.corpus.sources.items import (
    UNDATED,
    Feed,
    FeedItem,
    FeedNotXml,
    NoEpisodes,
    TranscriptLink,
    absolute,
    feed_item,
)
from shared.corpus.sources.json_feed import read_json_feed
from shared.corpus.sources.markup import items_in, name_of, transcripts_in, well_formed
from shared.transcripts import Host, decoded
from shared.web import shown

_START = re.compile(r"<\?xml\s|<rss\b|<(?:\w{1,9}:)?feed\b|<(?:\w{1,9}:)?RDF\b")
_START_CHARS = 10_000  # what a broken server or a cache may put before a feed
_END = re.compile(r"</(?:\w{1,9}:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_ITEM = re.compile(r"<(?:\w{1,9}:)?(?:item|entry)\b", re.IGNORECASE)
_WEB = re.compile(r"https?://", re.IGNORECASE)
_NEXT = ("next", "prev-archive")  # RFC 5005: a paged feed, an archived one
_CLOSED = "</channel></rss>"  # of Atom's feeds feedparser does not miss the end
_DATES = ("published", "updated")
_STUMBLES = (
    *(ValueError, LookupError, AttributeError, TypeError),
    *(ArithmeticError, AssertionError, RuntimeError),
)
"""What feedparser was seen to raise over bytes that are no feed; it has no errors of its own."""


def parse_feed(body: bytes, source: str, host: Host) -> Feed:
    """Return every item; none is merged or dropped.

    `source` is the address the feed came from in the end, for relative links and the messages. An
    item without a link has `url` "". Raises `FeedNotXml` and `NoEpisodes`.
    """
    text = decoded(body, None)
    feed = read_json_feed(text, source, host) or _read_xml(text, source, host)
    if not any(item.url or item.transcript_links for item in feed.items):
        raise NoEpisodes(
            f"{shown(source)} is a feed without a single episode that has a page or a transcript. "
            "Check the `feed` address in the show's profile, or use files of your own (`transcripts`)."
        )
    return feed


def _read_xml(text: str, source: str, host: Host) -> Feed:
    text = well_formed(_from_its_start(text))
    feed, notes = _parsed(text)
    if not feed.get("version"):
        raise FeedNotXml(
            f"{shown(source)} is not an RSS, Atom or JSON feed: it begins with {_beginning(text)!r}. "
            "Check the `feed` address in the show's profile."
        )
    if feed.bozo and _ends_in_the_middle(text):
        raise FeedNotXml(
            f"{shown(source)} ends in the middle of the feed after {len(text):,} characters. Try again; if it "
            "stays so, tell the feed's publisher or use `urls` in the show's profile."
        )
    links = _transcript_links(text, feed.entries, source)
    items = tuple(
        _item(entry, transcripts, source, host)
        for entry, transcripts in zip(feed.entries, links, strict=True)
    )
    return Feed(
        items,
        title=" ".join(str(feed.feed.get("title", "")).split()),
        moved_to=_new_address(feed.feed, source),
        next_page=_next_page(feed.feed, source),
        language=str(feed.feed.get("language", "")).strip().lower(),
        notes=(*notes, *_unread_dates(feed.entries)),
    )


def _from_its_start(text: str) -> str:
    """Return the feed without what a server put before it: XML allows nothing there."""
    start = _START.search(text[:_START_CHARS])
    return text[start.start() :] if start else text


def _ends_in_the_middle(text: str) -> bool:
    """Return whether the root is not closed after the last item; what stands behind it is no matter."""
    last = max((match.start() for match in _ITEM.finditer(text)), default=0)
    return _END.search(text, last) is None


def _new_address(channel: Mapping[str, Any], source: str) -> str | None:
    """Return what `<itunes:new-feed-url>` says, where that is not the address we came by."""
    address = str(channel.get("itunes_new-feed-url", "")).strip()
    return address if address and address != source else None


def _next_page(channel: Mapping[str, Any], source: str) -> str | None:
    """Return where the channel says that its older items are."""
    by_rel = {link.get("rel"): str(link.get("href", "")) for link in channel.get("links", ())}
    return next((absolute(source, by_rel[rel]) for rel in _NEXT if by_rel.get(rel)), None)


def _parsed(text: str) -> tuple[Any, list[str]]:
    """Return what feedparser makes of the text; nothing where it stumbles over all of it.

    Where it stumbles over single items, they are left out, with a sentence for each.
    """
    whole = _by_feedparser(text)
    items = [item for item, _ in items_in(text)]
    if whole or not items:
        return whole, []
    head = text[: text.find(items[0])]
    feed, notes = _by_feedparser(f"{head}{_CLOSED}"), list[str]()
    for number, item in enumerate(items, start=1):
        one = _by_feedparser(head + item + _CLOSED)
        if one and feed:
            feed.entries += one.entries
        else:
            notes.append(
                f"Item {number} of the feed ({name_of(item)}) cannot be read and is left out."
            )
    return feed, notes


def _by_feedparser(text: str) -> Any:
    # With no content type it calls every feed malformed; of the server's own it believes too much.
    # It is not told the feed's address, because it would write that in front of guids.
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        # A stream, because feedparser takes bytes for the name of a file to open if there is one.
        return feedparser.parse(BytesIO(text.encode()), response_headers=headers)
    except _STUMBLES:
        return {}


def _item(
    entry: Mapping[str, Any], links: tuple[TranscriptLink, ...], source: str, host: Host
) -> FeedItem:
    url, title = _page_of(entry, source), " ".join(unescape(str(entry.get("title", ""))).split())
    published, description = _published(entry), str(entry.get("summary", ""))
    sounds = [str(link.get("href", "")) for link in entry.get("enclosures", ())]
    return feed_item(
        *(url, title, published, description, links, host),
        guid=str(entry.get("id", "")).strip(),
        audio=absolute(source, sounds[0]) if sounds and sounds[0] else "",
    )


def _page_of(entry: Mapping[str, Any], source: str) -> str:
    """Return the item's link; feedparser takes any guid for one that does not say it is none."""
    url = str(entry.get("link", ""))
    taken = entry.get("guidislink") and url == entry.get("id") and not _WEB.match(url)
    return absolute(source, url) if url and not taken else ""


def _published(entry: Any) -> datetime:
    for name in _DATES:
        parsed = dict.get(
            entry, f"{name}_parsed"
        )  # feedparser's own `get` makes one of the other, and warns
        try:
            if parsed:
                return datetime.fromtimestamp(timegm(parsed), UTC)
        except (ValueError, OverflowError, OSError):  # such as 0000-00-00
            continue
    written = (written_date(str(dict.get(entry, name) or "")) for name in _DATES)
    return next((day for day in written if day), UNDATED)


def _unread_dates(entries: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield one sentence about items that say a date which nobody can read."""
    said = [
        " ".join(str(dict.get(dict(entry), "published") or "").split())
        for entry in entries
        if _published(entry) == UNDATED
    ]
    unread = [date for date in said if date]
    if unread:
        yield (
            f"{len(unread)} items of the feed have a date that cannot be read, such as {unread[0][:60]!r}: they "
            "count as published when they were first seen."
        )


def _transcript_links(
    text: str, entries: Sequence[Mapping[str, Any]], source: str
) -> Sequence[tuple[TranscriptLink, ...]]:
    """Return each item's `<podcast:transcript>` elements; feedparser keeps but the last of several."""
    items = items_in(text)
    links = [tuple(_links_of(markup, source)) for _, markup in items]
    if len(links) == len(entries):
        return links
    # What names an item tells which is which.
    by_name = {name_of(item): found for (item, _), found in zip(items, links, strict=True)}
    return [by_name.get(str(entry.get("id") or entry.get("link") or ""), ()) for entry in entries]


def _links_of(markup: str, source: str) -> Iterator[TranscriptLink]:
    for said in transcripts_in(markup):
        if said.get("url"):
            yield TranscriptLink(
                absolute(source, said["url"]),
                said.get("type", ""),
                said.get("language", "").strip().lower(),
            )


def _beginning(text: str) -> str:
    return " ".join(text[:60].split())
