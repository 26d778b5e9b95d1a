"""A show's feed: its episodes, with the guests their titles name."""

import re
from calendar import timegm
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import feedparser
from lxml import etree

from shared.errors import BadInput
from shared.ids import digest
from shared.transcripts import Host, could_be_a_name, name_key

_ENDINGS = (b"</rss>", b"</feed>", b"rdf>")
_SEPARATORS = re.compile(r",\s+and\s+|,\s+|\s+and\s+|\s+&\s+")
_WITH = re.compile(
    r"(?:\(with |\b(?:[Cc]onversation|[Ii]nterview) with )(?P<names>[^()]{2,200}?)(?:\)|$)"
)
_WORDS_IN_A_NAME = 5
_STUMBLES = (
    *(ValueError, LookupError, AttributeError, TypeError),
    *(ArithmeticError, AssertionError, RuntimeError),
)
"""What feedparser was seen to raise over bytes that are no feed; it has no errors of its own."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FeedNotXml(BadInput):
    """What the feed's address delivers is no feed, or only the beginning of one."""


class NoEpisodes(BadInput):
    """The feed has no episode with a link."""


@dataclass(frozen=True, slots=True)
class TranscriptLink:
    """A `<podcast:transcript>`: where it is and of which MIME type ("" when not said)."""

    url: str
    type: str


@dataclass(frozen=True, slots=True)
class FeedItem:
    """One episode as the feed lists it; `fingerprint` changes when anything said here does.

    `published` is aware, in UTC, 1970-01-01 when the feed gives no readable date.
    """

    url: str
    title: str
    published: datetime
    guests: tuple[str, ...]
    description: str
    fingerprint: str
    transcript_links: tuple[TranscriptLink, ...] = ()


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's items in its own order, and the other address it says that it has moved to, if any."""

    items: tuple[FeedItem, ...]
    moved_to: str | None = None


def parse_feed(body: bytes, source: str, host: Host) -> Feed:
    """Every item; none is merged or dropped.

    `source` is the feed's address, for relative links and the messages. An item without a link has
    `url` "". Raises `FeedNotXml` and `NoEpisodes`.
    """
    feed = _parsed(body, source)
    if not feed.get("version"):
        raise FeedNotXml(
            f"{source} is not an RSS or Atom feed: it begins with {_beginning(body)!r}. "
            "Check the `feed` address in the show's profile."
        )
    if feed.bozo and not body.rstrip().lower().endswith(_ENDINGS):
        raise FeedNotXml(
            f"{source} ends in the middle of the feed after {len(body):,} bytes. Try again; if it "
            "stays so, tell the feed's publisher or use `urls` in the show's profile."
        )
    links = _transcript_links(body, len(feed.entries), source)
    if not any(entry.get("link") for entry in feed.entries):
        raise NoEpisodes(
            f"{source} is a feed without a single episode that has a link. "
            "Check the `feed` address in the show's profile."
        )
    items = [_item(entry, found, host) for entry, found in zip(feed.entries, links, strict=True)]
    return Feed(tuple(items), _new_address(feed.feed, source))


def _new_address(channel: Mapping[str, Any], source: str) -> str | None:
    """What `<itunes:new-feed-url>` says, where that is not the address we came by."""
    address = str(channel.get("itunes_new-feed-url", "")).strip()
    return address if address and address != source else None


def _parsed(body: bytes, source: str) -> Any:
    """What feedparser makes of the bytes; nothing where it stumbles over them."""
    try:
        # A stream, because feedparser takes bytes for the name of a file to open if there is one.
        return feedparser.parse(BytesIO(body), response_headers={"content-location": source})
    except _STUMBLES:
        return {}


def guests_from_title(title: str, host_names: Iterable[str]) -> tuple[str, ...]:
    """The guests a title such as "A, B, and C on X" or "X (with A)" names, the host left out.

    Nobody when the title has neither form, or what stands there is no list of names.
    """
    listed = _listed_names(" ".join(title.split()))
    hosts = {name_key(name) for name in host_names}
    names = [name.strip(" ()") for name in _SEPARATORS.split(listed) if name.strip(" ()")]
    if not all(_is_a_name(name) for name in names):
        return ()
    return tuple(dict.fromkeys(name for name in names if name_key(name) not in hosts))


def _listed_names(title: str) -> str:
    """The part of the title where guests stand, or ""."""
    within = _WITH.search(title)
    if within:
        return within["names"]
    before, on, _ = title.partition(" on ")
    listed = before.rpartition(": ")[2] if on else ""
    return listed.replace("(and ", "and ").replace(")", "")


def _is_a_name(name: str) -> bool:
    words = name.split()
    return (
        len(words) <= _WORDS_IN_A_NAME
        and could_be_a_name(name)
        and words[0][0].isupper()
        and any(char.isupper() for char in words[-1])
        and words[0].lower() not in ("the", "an", "how", "why", "what", "our")
    )


def _item(entry: Mapping[str, Any], links: tuple[TranscriptLink, ...], host: Host) -> FeedItem:
    url, title = str(entry.get("link", "")), " ".join(unescape(str(entry.get("title", ""))).split())
    published, description = _published(entry), str(entry.get("summary", ""))
    said = [url, title, published.isoformat(), description, [link.url for link in links]]
    guests = guests_from_title(title, (host.name, *host.aliases))
    return FeedItem(url, title, published, guests, description, digest(*said), links)


def _published(entry: Mapping[str, Any]) -> datetime:
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    return datetime.fromtimestamp(timegm(parsed), UTC) if parsed else _EPOCH


def _transcript_links(body: bytes, items: int, source: str) -> Sequence[tuple[TranscriptLink, ...]]:
    """Each item's `<podcast:transcript>` elements; feedparser keeps but the last of several."""
    nothing: list[tuple[TranscriptLink, ...]] = [()] * items
    if b":transcript" not in body:
        return nothing
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError:  # begins with zeros, which feedparser leaves out
        return nothing
    if root is None:
        return nothing
    found = [tuple(_links_of(item, source)) for item in root.iter("{*}item", "{*}entry")]
    return found if len(found) == items else nothing


def _links_of(item: Any, source: str) -> Iterator[TranscriptLink]:
    for element in item.iter("{*}transcript"):
        if element.get("url"):
            yield TranscriptLink(_absolute(source, element.get("url")), element.get("type", ""))


def _absolute(source: str, url: str) -> str:
    try:
        return urljoin(source, url.strip())
    except ValueError:  # no address at all; whoever fetches it says so
        return url


def _beginning(body: bytes) -> str:
    return " ".join(body[:60].decode("utf-8", errors="replace").split())
