"""What is new, changed or gone at a show's source, in batches to be read."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from functools import partial

from shared import transcripts, web
from shared.corpus.deletions import (
    excluded,
    excluding_nothing,
    gone,
    orphans,
    removal_record,
)
from shared.corpus.records import (
    DUPLICATE,
    NEAR_DUPLICATE,
    PARSED,
    Discovery,
    Freshness,
    Item,
    Known,
    Task,
)
from shared.corpus.sources.listing import list_source
from shared.corpus.sources.naming import as_known
from shared.lake import keys
from shared.lake.tables import Lake
from shared.run import RunSettings
from shared.shows import ShowProfile

EPISODES_PER_BATCH, BATCH_SECONDS = 50, 300
MOST_DOMAINS = 10
RECHECK_DAYS = 30  # a transcript may appear some weeks after its episode
LEAST_WAIT = timedelta(days=7)
"""Between two requests for an older page that was never read; then as long as it has been asked for so far."""


def discover(lake: Lake, settings: RunSettings, fetcher: web.Fetcher, now: datetime) -> Discovery:
    """Compare the source with the lake; write the batches of each month with something to read.

    Says which episodes are gone and which models they trained; `remove_gone_and_duplicates` removes them. An episode
    without a date counts as published when it was first seen.
    """
    show = settings.show
    listing = list_source(lake, show, fetcher)
    known = known_episodes(lake, show.name)
    items = as_known(listing.items, known)
    erased = frozenset(lake.read_json(keys.erased(show.name)) or ())
    left = [item for item in items if not erased & {item.episode_id, item.url, item.guid}]
    wanted = [item for item in left if not excluded(show, item.episode_id, item.url, item.title)]
    missing = gone(show, known, listing, {item.episode_id for item in wanted})
    seen = _looked_at([_dated(item, known, now) for item in wanted], settings)
    kinds, pending = _sorted_out(seen, known, orphans(known, missing), show.name, now)
    batches = _batches(pending, partial(_seconds, _delays(show, pending, fetcher)))
    _write_batches(lake, settings.run_id, batches)
    discovery = Discovery(
        discovered=len(seen),
        new=kinds["new"],
        changed=kinds["changed"],
        unchanged=kinds["unchanged"],
        removed=len(missing),
        excluded=len(items) - len(wanted),
        batches=len(batches),
    )
    record = {
        **removal_record(lake, missing),
        "feed_moved_to": listing.moved_to,
        "passed_over": dict(listing.passed_over),
        "notes": list(listing.notes),
        "forgotten": len(items) - len(left),
        "in_vain": [f"`exclude: {entry}`" for entry in _excluding_nothing(show, left, known)],
    }
    lake.write_json(keys.discovery(settings.run_id), {**asdict(discovery), **record})
    return discovery


def _excluding_nothing(
    show: ShowProfile, items: Sequence[Item], known: Mapping[str, Known]
) -> list[str]:
    """Exclusions that name neither an episode of the source nor one that was there before."""
    named = [(item.episode_id, item.url, item.title) for item in items]
    before = [(episode_id, row.url, row.title) for episode_id, row in known.items()]
    return excluding_nothing(show, [*named, *before])


def classify(item: Item, known: Known | None, now: datetime) -> tuple[str, Freshness | None]:
    """Return whether an episode is new, changed or unchanged, and how its page must be read, if at all."""
    if known is None:
        return "new", "fetch_once"
    if known.feed_fingerprint != item.fingerprint or known.status == "failed":
        return "changed", "revalidate"
    was_read = known.status == PARSED or known.reason in (DUPLICATE, NEAR_DUPLICATE)
    if known.parser_version != transcripts.PARSER_VERSION or (known.guid or "") != item.guid:
        return "changed", "fetch_once" if was_read else "revalidate"
    if was_read:
        return "unchanged", None
    is_recent = now - (item.published or now) < timedelta(days=RECHECK_DAYS)
    return ("changed", "revalidate") if is_recent or _is_due(known, now) else ("unchanged", None)


def _is_due(known: Known, now: datetime) -> bool:
    """Return whether a page that was never read is asked for again: less and less often.

    A file of the user's own is read when it changes.
    """
    last = known.fetched_at
    if last is None or known.url.startswith("s3://"):
        return False
    return now - last >= max(LEAST_WAIT, last - (known.asked_since or last))


def known_episodes(lake: Lake, show: str) -> dict[str, Known]:
    """Return what the lake remembers of the show, by episode id."""
    columns = (
        *("episode_id", "feed_fingerprint", "parser_version", "status", "published"),
        *("url", "title", "reason", "turns_digest", "guid", "duplicate_of"),
        *("fetched_at", "asked_since"),
    )
    return {
        row.pop("episode_id"): Known(**row, shard=keys.shard_in(key))
        for key in lake.show_files("episodes", show)
        for row in lake.read_file(key, columns)
    }


def _dated(item: Item, known: Mapping[str, Known], now: datetime) -> Item:
    if item.published is not None:
        return item
    before = known.get(item.episode_id)
    return replace(item, published=before.published if before else now)


def _looked_at(items: Sequence[Item], settings: RunSettings) -> list[Item]:
    """Return the items that `since` and `limit` leave; the rest stays in the lake as it is."""
    recent = [
        item
        for item in items
        if item.published and (settings.since is None or item.published.date() >= settings.since)
    ]
    return recent[: settings.limit]


def _sorted_out(
    items: Sequence[Item],
    known: Mapping[str, Known],
    again: frozenset[str],
    show: str,
    now: datetime,
) -> tuple[Counter[str], dict[str, list[Task]]]:
    """Return how many episodes are of which kind, and the tasks of each shard; `again` are read anyway."""
    kinds: Counter[str] = Counter()
    pending: dict[str, list[Task]] = defaultdict(list)
    for item in items:
        before = known.get(item.episode_id)
        kind, freshness = classify(item, before, now)
        if freshness is None and item.episode_id in again:
            kind, freshness = "changed", "fetch_once"
        kinds[kind] += 1
        if freshness is not None:
            published = item.published or now
            # Where it is already, so that a date corrected in the feed does not make two of it.
            shard = before.shard if before else keys.shard_of(show, published)
            since = before.asked_since if before else None
            pending[shard].append(_task(item, published, freshness, since))
    return kinds, pending


def _task(
    item: Item, published: datetime, freshness: Freshness, asked_since: datetime | None = None
) -> Task:
    return Task(
        episode_id=item.episode_id,
        url=item.url,
        title=item.title,
        guests=item.guests,
        published=published,
        feed_fingerprint=item.fingerprint,
        freshness=freshness,
        transcripts=item.transcripts,
        guid=item.guid,
        audio=item.audio,
        asked_since=asked_since,
    )


def _delays(
    show: ShowProfile, pending: Mapping[str, Sequence[Task]], fetcher: web.Fetcher
) -> dict[str, float]:
    """Seconds between two requests to each domain that has something to read; "" for any other.

    None for files of the user's own. Domains beyond the `MOST_DOMAINS` with most to read are taken to
    ask for no more than the profile waits.
    """
    if show.transcripts:
        return {"": 0.0}
    places = Counter(
        place for tasks in pending.values() for task in tasks for place in _places(task)
    )
    by_domain: dict[str, str] = {}
    pages_of = Counter[str]()
    for place, times in places.items():
        by_domain.setdefault(_domain(place), place)
        pages_of[_domain(place)] += times
    own = show.fetch.delay_seconds
    return {
        "": own,
        **{
            domain: fetcher.delay_of(by_domain[domain])
            for domain, _ in pages_of.most_common(MOST_DOMAINS)
        },
    }


def _seconds(delays: Mapping[str, float], task: Task) -> float:
    """Return how long the task's pages are waited for, at most."""
    return sum(delays.get(_domain(place), delays[""]) for place in _places(task))


def _places(task: Task) -> tuple[str, ...]:
    return (*task.transcripts, task.url) if task.url else task.transcripts


def _domain(url: str) -> str:
    """Scheme, domain and port, which is what a robots.txt speaks for."""
    return "/".join(url.split("/", 3)[:3])


def _batches(
    pending: Mapping[str, Sequence[Task]], seconds: Callable[[Task], float]
) -> dict[str, Sequence[Task]]:
    """Return the tasks by batch: a month's, in parts that one function can read in time and start over with."""
    return {
        keys.batch_name(shard, part): tasks
        for shard, month in sorted(pending.items())
        for part, tasks in enumerate(_parts(month, seconds))
    }


def _parts(tasks: Sequence[Task], seconds: Callable[[Task], float]) -> Iterator[Sequence[Task]]:
    part, waited = list[Task](), 0.0
    for task in tasks:
        took = seconds(task)
        if part and (len(part) == EPISODES_PER_BATCH or waited + took > BATCH_SECONDS):
            yield part
            part, waited = [], 0.0
        part.append(task)
        waited += took
    if part:
        yield part


def _write_batches(lake: Lake, run_id: str, batches: Mapping[str, Sequence[Task]]) -> None:
    for batch, tasks in batches.items():
        lake.write_json(keys.batch(run_id, batch), [asdict(task) for task in tasks])
    lake.write_json(keys.batches(run_id), [{"run_id": run_id, "batch": batch} for batch in batches])
