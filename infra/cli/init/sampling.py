"""A few episodes of a show that is known by an address or a folder alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from infra.cli.terminal.side_by_side import evenly
from shared.corpus import (
    FeedItem,
    FeedNotXml,
    NoEpisodes,
    fetcher_for,
    guests_from_title,
    is_transcript_file,
    parse_feed,
)
from shared.errors import EconChatRError, InvalidField
from shared.shows import ShowProfile, parse
from shared.transcripts import Host, Inspection, describe, heading_of
from shared.web import Fetcher

EPISODES = 8
DELAY_SECONDS = 2.0
NOBODY = Host("")
Source = Literal["feed", "urls", "transcripts"]


class NothingToBeginWith(InvalidField):
    """What was named holds no transcript and lists none."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One episode of the sample: where it is, what it is called, what was read of it, and whom the title names."""

    place: str
    title: str
    seen: Inspection | None
    failure: str = ""
    guests: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sample:
    """`n_episodes` is how many the source has; `source` is the profile's key for it, with its value `place`.

    `title` is what the show calls itself, "" where the source does not say.
    """

    source: Source
    place: str
    n_episodes: int
    episodes: tuple[Episode, ...]
    title: str = ""


def sample(named: str) -> Sample:
    """Return some episodes of a folder of transcripts, a feed, or a page.

    Raises NothingToBeginWith, or what fetching raises.
    """
    if "://" in named:
        return _from_the_web(named)
    folder = Path(named).expanduser().resolve()
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    files = [path for path in files if is_transcript_file(path.name)]
    if not files:
        raise NothingToBeginWith(
            f"{named!r} is no folder with transcripts in it; name one, or the address of a feed or a page"
        )
    chosen = evenly(files, EPISODES)
    read = (_read(str(path), path.stem, path.read_bytes(), None) for path in chosen)
    return Sample("transcripts", str(folder), len(files), tuple(read))


def _from_the_web(url: str) -> Sample:
    fetcher = fetcher_for(_anybody(url), reach_private=True)
    page = fetcher.get(url)
    try:
        feed = parse_feed(page.body, page.url, NOBODY)
    except (FeedNotXml, NoEpisodes):
        kind = page.headers.get("content-type")
        return Sample("urls", url, 1, (_read(url, "", page.body, kind),))
    there = [(_places(item), item.title) for item in feed.items if _places(item)]
    read = tuple(_fetched(fetcher, *one) for one in evenly(there, EPISODES))
    return Sample("feed", url, len(feed.items), read, feed.title)


def _places(item: FeedItem) -> list[str]:
    """Where its words may be: a transcript that the feed offers, the page."""
    offered = [link.url for link in item.transcript_links[:1]]
    return [*offered, item.url] if item.url else offered


def _fetched(fetcher: Fetcher, places: Sequence[str], title: str) -> Episode:
    """The first place that can be read, else the last one with why not."""
    episode = Episode(places[0], title, None)
    for place in places:
        try:
            page = fetcher.get(place)
        except EconChatRError as error:
            episode = Episode(place, title, None, str(error))
            continue
        episode = _read(place, title, page.body, page.headers.get("content-type"))
        if episode.seen and episode.seen.transcript:
            break
    return episode


def _read(place: str, title: str, body: bytes, content_type: str | None) -> Episode:
    called = title or heading_of(body, content_type)
    guests = guests_from_title(called, ())
    seen = describe(body, content_type=content_type, host=NOBODY, guests=guests)
    return Episode(place, called, seen, guests=guests)


def spoken(episodes: Sequence[Episode], speaker: str) -> Iterator[str]:
    """Yield what a speaker says, one text an episode."""
    for episode in episodes:
        if episode.seen and episode.seen.transcript:
            turns = episode.seen.transcript.turns
            yield " \n ".join(turn.text for turn in turns if turn.speaker == speaker)


def _anybody(url: str) -> ShowProfile:
    """A profile of which only the manner of fetching is used."""
    fetch = {"delay_seconds": DELAY_SECONDS}
    document = {"name": "sample", "feed": url, "host": {"name": "nobody"}, "fetch": fetch}
    return parse(document, "of a sample")
