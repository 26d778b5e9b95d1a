"""Episodes that are to be no more: excluded by the profile, or gone from the source."""

import re
from collections.abc import Mapping, Sequence, Set
from typing import Any

from shared.corpus.records import DUPLICATE, NEAR_DUPLICATE, PARSED, Known, Listing
from shared.lake.tables import Lake
from shared.shows import ShowProfile


def excluded(show: ShowProfile, episode_id: str, url: str, title: str) -> bool:
    """Return whether the profile excludes the episode: by its address, its id, or a pattern in its title."""
    return any(_names(entry, episode_id, url, title) for entry in show.exclude)


def excluding_nothing(show: ShowProfile, episodes: Sequence[tuple[str, str, str]]) -> list[str]:
    """Return which of the profile's exclusions name none of the episodes, each an id, an address and a title."""
    return [
        entry for entry in show.exclude if not any(_names(entry, *episode) for episode in episodes)
    ]


def _names(entry: str, episode_id: str, url: str, title: str) -> bool:
    return entry in (url, episode_id) or (
        "://" not in entry and re.search(entry, title, re.IGNORECASE) is not None
    )


def gone(
    show: ShowProfile, known: Mapping[str, Known], listing: Listing, wanted: Set[str]
) -> dict[str, Known]:
    """Return the episodes that the lake has and the show no longer has, excluded ones included.

    Never what merely left the window of a feed that lists its latest episodes only.
    """
    oldest = listing.reaches_back_to
    return {
        episode_id: before
        for episode_id, before in known.items()
        if episode_id not in wanted
        and (
            oldest is None
            or before.published >= oldest
            or excluded(show, episode_id, before.url, before.title)
        )
    }


def orphans(known: Mapping[str, Known], missing: Mapping[str, Known]) -> frozenset[str]:
    """Duplicates whose other is no longer there, so that they count for themselves again."""
    staying = {
        episode_id: before for episode_id, before in known.items() if episode_id not in missing
    }
    parsed = {name: before for name, before in staying.items() if before.status == PARSED}
    digests = {before.turns_digest for before in parsed.values()}
    return frozenset(
        episode_id
        for episode_id, before in staying.items()
        if (before.reason == DUPLICATE and before.turns_digest not in digests)
        or (before.reason == NEAR_DUPLICATE and before.duplicate_of not in parsed)
    )


def removal_record(lake: Lake, missing: Mapping[str, Known]) -> dict[str, list[dict[str, Any]]]:
    """Return the removed episodes and the tuned models whose training text holds any of them."""
    return {
        "removed_episodes": [
            {"episode_id": episode_id, "title": before.title, "url": before.url}
            for episode_id, before in missing.items()
        ],
        "trained_on_removed": trained_on(lake, missing.keys()) if missing else [],
    }


def trained_on(lake: Lake, episodes: Set[str]) -> list[dict[str, Any]]:
    """Return each tuned model with how many of `episodes` trained it, from `selections` and `jobs`.

    Of the runs that share one tuned model the first is named.
    """
    chosen: dict[tuple[str, str], set[str]] = {}
    for row in lake.read_rows("selections", "", ("run_id", "model", "episode_id")):
        if row["episode_id"] in episodes:  # an episode's id holds its show's name
            chosen.setdefault((row["run_id"], row["model"]), set()).add(row["episode_id"])
    columns = ("run_id", "model", "provider", "job_id", "status", "fine_tuned_model")
    jobs = [
        row
        for row in lake.read_rows("jobs", "", columns)
        if row["status"] == "succeeded" and (row["run_id"], row["model"]) in chosen
    ]
    return _distinct(jobs, chosen)


def _distinct(
    jobs: Sequence[Mapping[str, Any]], chosen: Mapping[tuple[str, str], Set[str]]
) -> list[dict[str, Any]]:
    named: dict[str, dict[str, Any]] = {}
    for job in sorted(jobs, key=lambda job: str(job["run_id"])):
        named.setdefault(
            job["fine_tuned_model"],
            {
                **{name: job[name] for name in ("fine_tuned_model", "model", "provider", "job_id", "run_id")},
                "episodes": sorted(chosen[job["run_id"], job["model"]]),
            },
        )  # fmt: skip
    return list(named.values())


def duplicates(episodes: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Return each parsed episode whose turns an earlier one has too, by id, with that earlier one.

    Takes rows with `episode_id`, `published`, `status` and `turns_digest`.
    """
    first: dict[str, Mapping[str, Any]] = {}
    later = {}
    parsed = [row for row in episodes if row["status"] == PARSED and row["turns_digest"]]
    for row in sorted(parsed, key=lambda row: (row["published"], row["episode_id"])):
        before = first.setdefault(row["turns_digest"], row)
        if before is not row:
            later[row["episode_id"]] = before
    return later
