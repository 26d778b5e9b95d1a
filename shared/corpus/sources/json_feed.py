"""JSON Feed (jsonfeed.org, 1 and 1.1): the same items as RSS has; transcripts are attachments."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from shared.corpus.sources.dates import written_date
from shared.corpus.sources.items import (
    UNDATED,
    Feed,
    FeedItem,
    FeedNotXml,
    TranscriptLink,
    absolute,
    feed_item,
)
from shared.transcripts import Host
from shared.web import shown

_VERSION = "jsonfeed.org/version/"
_SOUND = ("audio/", "video/")


def read_json_feed(text: str, source: str, host: Host) -> Feed | None:
    """Return the feed, or None when the text is no JSON. Raises `FeedNotXml` for JSON that is no feed."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or _VERSION not in str(document.get("version", "")):
        raise FeedNotXml(
            f"{shown(source)} is JSON and no JSON Feed: its `version` is not an address of jsonfeed.org. "
            "Check the `feed` address in the show's profile."
        )
    listed = document.get("items")
    entries = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    left = len(listed) - len(entries) if isinstance(listed, list) else 0
    next_page = _text(document, "next_url")
    return Feed(
        tuple(_item(one, source, host) for one in entries),
        title=_text(document, "title"),
        next_page=absolute(source, next_page) if next_page else None,
        language=_text(document, "language").lower(),
        notes=(f"{left} items of the feed are no objects and are left out.",) if left else (),
    )


def _item(entry: Mapping[str, Any], source: str, host: Host) -> FeedItem:
    url, title = _text(entry, "url") or _text(entry, "external_url"), _text(entry, "title")
    page = absolute(source, url) if url else ""
    published = _published(entry)
    described = (
        _text(entry, "summary") or _text(entry, "content_text") or _text(entry, "content_html")
    )
    attached = list(_attachments(entry, source))
    links = tuple(link for link in attached if not link.type.startswith(_SOUND))
    return feed_item(
        *(page, title, published, described, links, host),
        guid=_text(entry, "id"),
        audio=next((link.url for link in attached if link.type.startswith(_SOUND)), ""),
    )


def _attachments(entry: Mapping[str, Any], source: str) -> Iterator[TranscriptLink]:
    attached = entry.get("attachments")
    for one in attached if isinstance(attached, list) else ():
        if isinstance(one, dict) and _text(one, "url"):
            yield TranscriptLink(
                absolute(source, _text(one, "url")),
                _text(one, "mime_type"),
                _text(one, "language").lower(),
            )


def _published(entry: Mapping[str, Any]) -> datetime:
    for name in ("date_published", "date_modified"):
        said = _text(entry, name)
        try:
            day = datetime.fromisoformat(said)
            return (day if day.tzinfo else day.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            if written := written_date(said):
                return written
    return UNDATED


def _text(part: Mapping[str, Any], name: str) -> str:
    """Return the value on one line; numbers are no rarity as ids."""
    value = part.get(name)
    is_said = isinstance(value, (str, int)) and not isinstance(value, bool)
    return " ".join(str(value).split()) if is_said else ""
