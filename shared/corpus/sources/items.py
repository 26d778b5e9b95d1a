"""What a feed lists, whatever its format."""

from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin

from shared.corpus.sources.titles import guests_from_title
from shared.errors import BadInput
from shared.ids import digest
from shared.transcripts import Host

UNDATED = datetime(1970, 1, 1, tzinfo=UTC)


class FeedNotXml(BadInput):
    """What the feed's address delivers is no feed, or only the beginning of one."""


class NoEpisodes(BadInput):
    """The feed has no episode with a link or a transcript."""


class NoTranscripts(BadInput):
    """The folder or prefix holds not one transcript."""


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


def feed_item(
    url: str,
    title: str,
    published: datetime,
    description: str,
    links: tuple[TranscriptLink, ...],
    host: Host,
    *,
    guid: str,
    audio: str,
) -> FeedItem:
    """Return an item with its fingerprint, and with the guests that its title names beside the host."""
    return FeedItem(
        url,
        title,
        published,
        guests_from_title(title, (host.name, *host.aliases)),
        description,
        digest(url, title, published.isoformat(), description, [link.url for link in links]),
        links,
        guid=guid,
        audio=audio,
    )


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed's items in its own order, and what it says of itself.

    `title` is "" where it has none, `moved_to` the other address that it has moved to, `next_page`
    where the items before these are, `language` an RFC 5646 tag in lower case, `notes` sentences about
    single items that could not be read whole.
    """

    items: tuple[FeedItem, ...]
    title: str = ""
    moved_to: str | None = None
    next_page: str | None = None
    language: str = ""
    notes: tuple[str, ...] = ()


def absolute(source: str, url: str) -> str:
    """Return an address that a feed at `source` names, whole; text that is no address stays as it is."""
    try:
        return urljoin(source, url.strip())
    except ValueError:  # whoever fetches it says so
        return url
