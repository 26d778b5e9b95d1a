"""The stages that collect a show: what is new or changed in its feed, and its pages into Parquet.

A page is fetched into `raw/` before anything is made of it, so a crash, a retry or a better parser
never fetches it twice.
"""

import gzip
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Literal

from shared import keys, tokens, web
from shared.feed import FeedItem, parse_feed
from shared.ids import digest
from shared.lake import Lake
from shared.settings import RunSettings
from shared.shows import ShowProfile
from shared.transcripts import (
    PARSER_VERSION,
    Host,
    Transcript,
    TranscriptRefused,
    read_transcript,
)

Freshness = Literal["fetch_once", "revalidate"]
RECHECK_DAYS = 30  # a transcript may appear some weeks after its episode
SETTLED = "parsed"


@dataclass(frozen=True, slots=True)
class Known:
    """What the lake remembers of an episode."""

    feed_fingerprint: str
    parser_version: int
    status: str


@dataclass(frozen=True, slots=True)
class Task:
    """One episode to read, as a batch carries it."""

    episode_id: str
    url: str
    title: str
    guests: tuple[str, ...]
    published: datetime
    feed_fingerprint: str
    freshness: Freshness

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Task":
        """The task written by `discover`."""
        return cls(
            **{
                **document,
                "guests": tuple(document["guests"]),
                "published": datetime.fromisoformat(document["published"]),
            }
        )


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came, and when; `content_type` is believed for the charset alone."""

    body: bytes
    content_type: str | None
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Discovery:
    """How many episodes the source lists, and what of them needs reading."""

    discovered: int
    new: int
    changed: int
    unchanged: int
    batches: int


def discover(lake: Lake, settings: RunSettings, fetcher: web.Fetcher, now: datetime) -> Discovery:
    """Compare the feed with the lake and write one batch for each month with something to read."""
    items = _listed(lake, settings, fetcher)
    known = _known(lake, settings.show.name)
    pending: dict[str, list[Task]] = defaultdict(list)
    kinds: Counter[str] = Counter()
    for episode_id, item in _with_ids(settings.show.name, items):
        kind, freshness = classify(item, known.get(episode_id), now)
        kinds[kind] += 1
        if freshness is not None:
            shard = keys.shard_of(settings.show.name, item.published)
            pending[shard].append(_task(episode_id, item, freshness))
    _write_batches(lake, settings.run_id, pending)
    found = Discovery(len(items), kinds["new"], kinds["changed"], kinds["unchanged"], len(pending))
    lake.write_json(keys.discovery(settings.run_id), asdict(found))
    return found


def classify(item: FeedItem, known: Known | None, now: datetime) -> tuple[str, Freshness | None]:
    """Whether an episode is new, changed or unchanged, and how its page must be read, if at all."""
    if known is None:
        return "new", "fetch_once"
    if known.feed_fingerprint != item.fingerprint or known.status == "failed":
        return "changed", "revalidate"
    if known.parser_version != PARSER_VERSION:
        return "changed", "fetch_once"
    if known.status != SETTLED and now - item.published < timedelta(days=RECHECK_DAYS):
        return "changed", "revalidate"
    return "unchanged", None


def scrape(lake: Lake, settings: RunSettings, shard: str, fetcher: web.Fetcher) -> Counter[str]:
    """Read one batch and rewrite its shard of `episodes` and `turns`; return episodes by status.

    Raises web.AccessDenied when the site does not want us: the show stops there.
    """
    tasks = [Task.from_json(task) for task in lake.read_json(keys.batch(settings.run_id, shard))]
    episodes, turns = [], []
    for task in tasks:
        try:
            episode, spoken = _read_episode(lake, settings, task, fetcher)
        except web.AccessDenied as error:
            reason = {"error": type(error).__name__, "cause": str(error)}
            lake.write_json(keys.stopped(settings.run_id), reason)
            raise
        episodes.append(episode)
        turns.extend(spoken)
    done = {task.episode_id for task in tasks}
    for table, rows in (
        ("turns", turns),
        ("episodes", episodes),
    ):  # `episodes` last: it says the rest is there
        key = keys.shard_file(table, shard)
        kept = [row for row in lake.read_file(key) if row["episode_id"] not in done]
        lake.write_rows(table, key, [*kept, *rows])
    return Counter(str(row["status"]) for row in episodes)


def _listed(lake: Lake, settings: RunSettings, fetcher: web.Fetcher) -> list[FeedItem]:
    show = settings.show
    address = str(show.feed)  # settings.resolve refuses a show without one
    page = _fetched(lake, keys.feed(show.name), address, "revalidate", fetcher)
    items = parse_feed(page.body, address, host_of(show))
    items.sort(key=lambda item: item.published, reverse=True)
    recent = [
        item for item in items if settings.since is None or item.published.date() >= settings.since
    ]
    return recent[: settings.limit]


def fetcher_for(show: ShowProfile) -> web.Fetcher:
    """A fetcher that behaves as the show's profile says; a warm Lambda goes on with the one it has."""
    fetch = show.fetch
    return _fetcher(
        web.FetchPolicy(
            user_agent=fetch.user_agent,
            delay_seconds=fetch.delay_seconds,
            timeout_seconds=fetch.timeout_seconds,
            max_bytes=fetch.max_bytes,
        )
    )


@cache
def _fetcher(policy: web.FetchPolicy) -> web.Fetcher:
    # Kept, because it knows when each host was last asked and what its robots.txt says.
    return web.Fetcher(policy)


def host_of(show: ShowProfile) -> Host:
    """The show's host as the parsers know them."""
    return Host(name=show.host.name, aliases=show.host.aliases)


def _with_ids(show: str, items: Sequence[FeedItem]) -> Iterable[tuple[str, FeedItem]]:
    """Name episodes by their link; feeds exist in which two episodes share one, and then the title tells."""
    links = Counter(item.url for item in items)
    for item in items:
        yield digest(show, item.url, *([item.title] if links[item.url] > 1 else [])), item


def _task(episode_id: str, item: FeedItem, freshness: Freshness) -> Task:
    return Task(
        episode_id=episode_id,
        url=item.url,
        title=item.title,
        guests=item.guests,
        published=item.published,
        feed_fingerprint=item.fingerprint,
        freshness=freshness,
    )


def _known(lake: Lake, show: str) -> dict[str, Known]:
    columns = ("episode_id", "feed_fingerprint", "parser_version", "status")
    return {
        row["episode_id"]: Known(row["feed_fingerprint"], row["parser_version"], row["status"])
        for key in lake.keys("lake/episodes/")
        if keys.belongs_to(key, show)
        for row in lake.read_file(key, columns)
    }


def _write_batches(lake: Lake, run_id: str, pending: Mapping[str, Sequence[Task]]) -> None:
    for shard, tasks in pending.items():
        lake.write_json(keys.batch(run_id, shard), [asdict(task) for task in tasks])
    lake.write_json(
        keys.batches(run_id), [{"run_id": run_id, "shard": shard} for shard in sorted(pending)]
    )


def _read_episode(
    lake: Lake, settings: RunSettings, task: Task, fetcher: web.Fetcher
) -> tuple[dict[str, object], list[dict[str, object]]]:
    """The episode's row and its turns' rows; what cannot be read becomes a row with the reason."""
    host = host_of(settings.show)
    row = _episode_row(settings.show.name, task)
    try:
        page = _fetched(
            lake, keys.page(settings.show.name, task.episode_id), task.url, task.freshness, fetcher
        )
    except web.PageFailed as error:
        return {**row, "status": "failed", "reason": error.reason, "detail": str(error)}, []
    row.update(content_sha256=hashlib.sha256(page.body).hexdigest(), fetched_at=page.fetched_at)
    try:
        transcript = read_transcript(
            page.body, content_type=page.content_type, host=host, guests=task.guests
        )
    except TranscriptRefused as refusal:
        return {**row, "status": "refused", "reason": refusal.reason, "detail": str(refusal)}, []
    turns = _turn_rows(settings.show.name, task.episode_id, transcript)
    return {**row, **_measured(transcript, turns)}, turns


def _episode_row(show: str, task: Task) -> dict[str, object]:
    return {
        "show": show,
        "episode_id": task.episode_id,
        "url": task.url,
        "title": task.title,
        "guests": list(task.guests),
        "published": task.published,
        "n_turns": 0,
        "n_tokens": 0,
        "feed_fingerprint": task.feed_fingerprint,
        "parser_version": PARSER_VERSION,
    }


def _measured(transcript: Transcript, turns: Sequence[Mapping[str, Any]]) -> dict[str, object]:
    words = sum(turn["n_words"] for turn in turns)
    by_host = sum(turn["n_words"] for turn in turns if turn["role"] == "host")
    return {
        "status": SETTLED,
        "structure": transcript.structure,
        "recorded": transcript.recorded,
        "n_turns": len(turns),
        "n_tokens": sum(turn["n_tokens"] for turn in turns),
        "host_share": by_host / words if words else None,
        "warnings": list(transcript.warnings),
    }


def _turn_rows(show: str, episode_id: str, transcript: Transcript) -> list[dict[str, object]]:
    return [
        {
            "show": show,
            "episode_id": episode_id,
            "turn": number,
            "speaker": turn.speaker,
            "role": turn.role,
            "text": turn.text,
            "n_tokens": tokens.count(turn.text),
            "n_words": len(turn.text.split()),
            "n_chars": len(turn.text),
        }
        for number, turn in enumerate(transcript.turns)
    ]


def _fetched(lake: Lake, key: str, url: str, freshness: Freshness, fetcher: web.Fetcher) -> Page:
    """The page, from the raw store where that will do."""
    head = lake.read_json(f"{key}.json")
    body = lake.read(f"{key}.gz") if head and head["url"] == url else None
    kept = _kept(head, body) if body is not None else None
    if kept is not None and freshness == "fetch_once":
        return kept
    known = head["headers"] if kept is not None else {}
    page = fetcher.get(url, etag=known.get("etag"), last_modified=known.get("last-modified"))
    if page.status == 304 and kept is not None:
        return kept
    lake.write(f"{key}.gz", gzip.compress(page.body, mtime=0), "application/gzip")
    lake.write_json(f"{key}.json", _head(page))  # last: it says that the body is there
    return Page(page.body, page.headers.get("content-type"), page.fetched_at)


def _kept(head: Mapping[str, Any], body: bytes) -> Page:
    fetched_at = datetime.fromisoformat(head["fetched_at"])
    return Page(gzip.decompress(body), head["headers"].get("content-type"), fetched_at)


def _head(page: web.Fetched) -> dict[str, object]:
    return {
        "url": page.url,
        "final_url": page.final_url,
        "status": page.status,
        "headers": dict(page.headers),
        "fetched_at": page.fetched_at.isoformat(),
    }
