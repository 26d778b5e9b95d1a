"""What the stages that collect a show tell each other."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Freshness = Literal["fetch_once", "revalidate"]
PARSED = "parsed"
REFUSED = "refused"
DUPLICATE = "duplicate"
NEAR_DUPLICATE = "near_duplicate"


@dataclass(frozen=True, slots=True)
class Item:
    """One episode as the show's source lists it, whatever the source.

    `url` is "" where there is no page. `guid` is the source's own name for the episode, "" where it
    has none; `former_id` is what an earlier version would have called it.
    `title` is "" where only the page tells it. `published` is None where the source gives no date;
    `fingerprint` changes when anything the source says does. `transcripts` are the addresses of
    transcripts offered besides the page, best first.
    """

    episode_id: str
    url: str
    title: str
    guests: tuple[str, ...]
    published: datetime | None
    fingerprint: str
    transcripts: tuple[str, ...] = ()
    guid: str = ""
    former_id: str = ""
    audio: str = ""


@dataclass(frozen=True, slots=True)
class Listing:
    """All that a source lists, newest first where it is dated.

    `passed_over` counts what lies beside transcripts and is none, by kind; `notes` are sentences
    about what of the source could not be had.

    `reaches_back_to` is set where a source may be a window on a longer show: what is older has
    left the window and was not removed. `moved_to` is the address at which a feed says it is now.
    """

    items: tuple[Item, ...]
    reaches_back_to: datetime | None = None
    moved_to: str | None = None
    passed_over: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What the lake remembers of an episode."""

    feed_fingerprint: str
    parser_version: int
    status: str
    shard: str
    published: datetime
    url: str = ""
    title: str = ""
    reason: str | None = None
    turns_digest: str | None = None
    guid: str | None = None
    duplicate_of: str | None = None
    fetched_at: datetime | None = None
    asked_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One episode to read, as a batch carries it; `asked_since` is set once it was asked for and not read."""

    episode_id: str
    url: str
    title: str
    guests: tuple[str, ...]
    published: datetime
    feed_fingerprint: str
    freshness: Freshness
    transcripts: tuple[str, ...] = ()
    guid: str = ""
    audio: str = ""
    asked_since: datetime | None = None

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Task":
        """Return the task written by `discover`."""
        return cls(
            **{
                **document,
                "guests": tuple(document["guests"]),
                "transcripts": tuple(document["transcripts"]),
                "published": datetime.fromisoformat(document["published"]),
                "asked_since": _time(document.get("asked_since")),
            }
        )


def _time(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


@dataclass(frozen=True, slots=True)
class Discovery:
    """How many episodes the run looks at, what of them needs reading, and how many are gone."""

    discovered: int
    new: int
    changed: int
    unchanged: int
    removed: int
    excluded: int
    batches: int
