"""A show's feed: every item, what names it, and the transcripts it offers."""

import re
from calendar import timegm
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import feedparser
from lxml import etree

from shared.corpus.sources.titles import guests_from_title
from shared.errors import BadInput
from shared.ids import digest
from shared.transcripts import Host

_START = re.compile(rb"<\?xml\s|<rss\b|<(?:\w{1,9}:)?feed\b|<(?:\w{1,9}:)?RDF\b")
_START_BYTES = 10_000  # what a broken server or a cache may put before a feed
_END = re.compile(rb"</(?:\w{1,9}:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_ITEM = re.compile(rb"<(?:\w{1,9}:)?(?:item|entry)\b", re.IGNORECASE)
_WEB = re.compile(r"https?://", re.IGNORECASE)
_NEXT = ("next", "prev-archive")  # RFC 5005: a paged feed, an archived one
_STUMBLES = (
    *(ValueError, LookupError, AttributeError, TypeError),
    *(ArithmeticError, AssertionError, RuntimeError),
)
"""What feedparser was seen to raise over bytes that are no feed; it has no errors of its own."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FeedNotXml(BadInput):
    """What the feed's address delivers is no feed, or only the beginning of one."""


class NoEpisodes(BadInput):
    """The feed has no episode with a link or a transcript."""


@dataclass(frozen=True, slots=True)
class TranscriptLink:
    """A `<podcast:transcript>`: where it is, of which MIME type and in which language ("": not said)."""

    url: str
    type: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One episode as the feed lists it; `fingerprint` changes when anything said here does.

    `published` is aware, in UTC, 1970-01-01 when the feed gives no readable date. `guid` is the
    feed's own name for the episode, `audio` the address of its first enclosure, `url` that of its
    page; each "" where there is none.
    """

    url: str
    title: str
    published: datetime
    guests: tuple[str, ...]
    description: str
    fingerprint: str
    transcript_links: tuple[TranscriptLink, ...] = ()
    guid: str = ""
    audio: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's items in its own order, and what it says of itself.

    `title` is "" where it has none, `moved_to` the other address that it has moved to, `next_page`
    where the items before these are, `language` an RFC 5646 tag in lower case.
    """

    items: tuple[FeedItem, ...]
    title: str = ""
    moved_to: str | None = None
    next_page: str | None = None
    language: str = ""


def parse_feed(body: bytes, source: str, host: Host) -> Feed:
    """Return every item; none is merged or dropped.

    `source` is the address the feed came from in the end, for relative links and the messages. An
    item without a link has `url` "". Raises `FeedNotXml` and `NoEpisodes`.
    """
    body = _from_its_start(body)
    feed = _parsed(body)
    if not feed.get("version"):
        raise FeedNotXml(
            f"{source} is not an RSS or Atom feed: it begins with {_beginning(body)!r}. "
            "Check the `feed` address in the show's profile."
        )
    if feed.bozo and _ends_in_the_middle(body):
        raise FeedNotXml(
            f"{source} ends in the middle of the feed after {len(body):,} bytes. Try again; if it "
            "stays so, tell the feed's publisher or use `urls` in the show's profile."
        )
    links = _transcript_links(body, feed.entries, source)
    items = tuple(
        _item(entry, transcripts, source, host)
        for entry, transcripts in zip(feed.entries, links, strict=True)
    )
    if not any(item.url or item.transcript_links for item in items):
        raise NoEpisodes(
            f"{source} is a feed without a single episode that has a page or a transcript. "
            "Check the `feed` address in the show's profile, or use files of your own (`transcripts`)."
        )
    return Feed(
        items,
        title=" ".join(str(feed.feed.get("title", "")).split()),
        moved_to=_new_address(feed.feed, source),
        next_page=_next_page(feed.feed, source),
        language=str(feed.feed.get("language", "")).strip().lower(),
    )


def _from_its_start(body: bytes) -> bytes:
    """Return the feed without what a server put before it: XML allows nothing there."""
    start = _START.search(body[:_START_BYTES])
    return body[start.start() :] if start else body


def _ends_in_the_middle(body: bytes) -> bool:
    """Return whether the root is not closed after the last item; what stands behind it is no matter."""
    last = max((match.start() for match in _ITEM.finditer(body)), default=0)
    return _END.search(body, last) is None


def _new_address(channel: Mapping[str, Any], source: str) -> str | None:
    """Return what `<itunes:new-feed-url>` says, where that is not the address we came by."""
    address = str(channel.get("itunes_new-feed-url", "")).strip()
    return address if address and address != source else None


def _next_page(channel: Mapping[str, Any], source: str) -> str | None:
    """Return where the channel says that its older items are."""
    by_rel = {link.get("rel"): str(link.get("href", "")) for link in channel.get("links", ())}
    return next((_absolute(source, by_rel[rel]) for rel in _NEXT if by_rel.get(rel)), None)


def _parsed(body: bytes) -> Any:
    """Return what feedparser makes of the bytes; nothing where it stumbles over them."""
    # With no content type it calls every feed malformed; of the server's own it believes too much.
    # It is not told the feed's address, because it would write that in front of guids.
    headers = {"content-type": "application/xml"}
    try:
        # A stream, because feedparser takes bytes for the name of a file to open if there is one.
        return feedparser.parse(BytesIO(body), response_headers=headers)
    except _STUMBLES:
        return {}


def _item(
    entry: Mapping[str, Any], links: tuple[TranscriptLink, ...], source: str, host: Host
) -> FeedItem:
    url, title = _page_of(entry, source), " ".join(unescape(str(entry.get("title", ""))).split())
    published, description = _published(entry), str(entry.get("summary", ""))
    said = [url, title, published.isoformat(), description, [link.url for link in links]]
    sounds = [str(link.get("href", "")) for link in entry.get("enclosures", ())]
    return FeedItem(
        url,
        title,
        published,
        guests_from_title(title, (host.name, *host.aliases)),
        description,
        digest(*said),
        links,
        guid=str(entry.get("id", "")).strip(),
        audio=_absolute(source, sounds[0]) if sounds and sounds[0] else "",
    )


def _page_of(entry: Mapping[str, Any], source: str) -> str:
    """Return the item's link; feedparser takes any guid for one that does not say it is none."""
    url = str(entry.get("link", ""))
    taken = entry.get("guidislink") and url == entry.get("id") and not _WEB.match(url)
    return _absolute(source, url) if url and not taken else ""


def _published(entry: Any) -> datetime:
    for said in ("published_parsed", "updated_parsed"):
        parsed = dict.get(entry, said)  # feedparser's own `get` makes one of the other, and warns
        try:
            if parsed:
                return datetime.fromtimestamp(timegm(parsed), UTC)
        except (ValueError, OverflowError, OSError):  # such as 0000-00-00
            continue
    return _EPOCH


def _transcript_links(
    body: bytes, entries: Sequence[Mapping[str, Any]], source: str
) -> Sequence[tuple[TranscriptLink, ...]]:
    """Return each item's `<podcast:transcript>` elements; feedparser keeps but the last of several."""
    nothing: list[tuple[TranscriptLink, ...]] = [()] * len(entries)
    if b"transcript" not in body.replace(b"\0", b""):
        return nothing
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:
        return nothing
    if root is None:
        return nothing
    items = list(root.iter("{*}item", "{*}entry"))
    links = [tuple(_links_of(item, source)) for item in items]
    if len(links) == len(entries):
        return links
    # The two libraries mend a broken feed differently: what names an item tells which is which.
    by_name = dict(zip(map(_name_of, items), links, strict=True))
    return [by_name.get(str(entry.get("id") or entry.get("link") or ""), ()) for entry in entries]


def _name_of(item: Any) -> str:
    by_tag = {_local(child): (child.text or "").strip() for child in reversed(item)}
    return next((by_tag[tag] for tag in ("guid", "id", "link") if by_tag.get(tag)), "")


def _links_of(item: Any, source: str) -> Iterator[TranscriptLink]:
    for element in item.iter():
        if _local(element) == "transcript" and element.get("url"):
            yield TranscriptLink(
                _absolute(source, element.get("url")),
                element.get("type", ""),
                element.get("language", "").strip().lower(),
            )


def _local(element: Any) -> str:
    """Return the element's name without its prefix, declared or not; "" of a comment."""
    tag = element.tag
    return re.split("[}:]", tag)[-1] if isinstance(tag, str) else ""


def _absolute(source: str, url: str) -> str:
    try:
        return urljoin(source, url.strip())
    except ValueError:  # no address at all; whoever fetches it says so
        return url


def _beginning(body: bytes) -> str:
    return " ".join(body[:60].decode("utf-8", errors="replace").split())
