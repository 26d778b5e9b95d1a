"""The demo show's RSS 2.0 feed."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from email.utils import format_datetime
from xml.etree import ElementTree as ET

from infra.local.demo.sources import Episode
from shared.shows import ShowProfile

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
RELEASED_AT = time(11, 30, tzinfo=UTC)


def feed_xml(show: ShowProfile, newest_first: Sequence[Episode], base_url: str) -> bytes:
    """The feed as UTF-8 XML; links are absolute, under `base_url`."""
    ET.register_namespace("itunes", ITUNES)
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    _text(channel, "title", show.display_title)
    _text(channel, "link", f"{base_url}/")
    _text(channel, "description", f"{show.host.name} talks with people who keep things going.")
    _text(channel, "language", "en")
    _text(channel, f"{{{ITUNES}}}author", show.host.name)
    for episode in newest_first:
        channel.append(_item(episode, f"{base_url}/{episode.slug}/"))
    ET.indent(rss)
    return (
        b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(rss, encoding="unicode").encode()
    )


def _item(episode: Episode, url: str) -> ET.Element:
    item = ET.Element("item")
    _text(item, "title", episode.title)
    _text(item, "link", url)
    _text(item, "guid", f"odd-screws-{episode.number}").set("isPermaLink", "false")
    _text(item, "pubDate", format_datetime(_released(episode.published)))
    _text(item, "description", episode.description)
    _text(item, f"{{{ITUNES}}}episode", str(episode.number))
    return item


def _released(day: date) -> datetime:
    return datetime.combine(day, RELEASED_AT)


def _text(parent: ET.Element, tag: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, tag)
    child.text = text
    return child
