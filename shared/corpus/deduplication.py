"""The last step of collecting, once every batch is read: what is gone goes, duplicates are refused."""

from collections.abc import Callable, Mapping
from typing import Any

from shared.corpus.deletions import duplicates
from shared.corpus.near_duplicates import near_duplicates
from shared.corpus.records import DUPLICATE, NEAR_DUPLICATE, PARSED, REFUSED
from shared.lake import keys
from shared.lake.tables import Lake, Row
from shared.run import RunSettings

COLUMNS = (
    *("episode_id", "url", "title", "published", "status", "turns_digest"),
    *("sketch", "host_share", "n_turns", "n_tokens"),
)


def remove_gone_and_duplicates(lake: Lake, settings: RunSettings) -> None:
    """Take out of `episodes` and `turns` what discovery found gone, and the turns of duplicates.

    Of two episodes with the same turns the later published one is refused and names the other; of
    two with nearly the same talk the worse one.
    May be repeated.
    """
    shards = {
        keys.shard_in(key): lake.read_file(key, COLUMNS)
        for key in lake.show_files("episodes", settings.show.name)
    }
    discovery = lake.read_json(keys.discovery(settings.run_id)) or {}
    removed = {row["episode_id"] for row in discovery.get("removed_episodes", ())}
    staying = [row for rows in shards.values() for row in rows if row["episode_id"] not in removed]
    doubled = {name: (DUPLICATE, other) for name, other in duplicates(staying).items()}
    alone = [row for row in staying if row["status"] == PARSED and row["episode_id"] not in doubled]
    doubled |= {name: (NEAR_DUPLICATE, other) for name, other in near_duplicates(alone).items()}
    for shard, rows in shards.items():
        if any(row["episode_id"] in removed or row["episode_id"] in doubled for row in rows):
            _rewrite(lake, "turns", shard, lambda row: _without(row, removed | doubled.keys()))
            _rewrite(
                lake,
                "episodes",
                shard,
                lambda row: _without_gone_and_duplicates(row, removed, doubled),
            )


def _rewrite(lake: Lake, table: str, shard: str, change: Callable[[Row], Row | None]) -> None:
    key = keys.shard_file(table, shard)

    def changed(rows: list[Row]) -> list[Row]:
        return [row for row in map(change, rows) if row is not None]

    if not lake.rewrite(table, key, changed):
        lake.delete([key])


def _without(row: Row, episodes: set[str]) -> Row | None:
    return None if row["episode_id"] in episodes else row


def _without_gone_and_duplicates(
    row: Row, removed: set[str], doubled: Mapping[str, tuple[str, Mapping[str, Any]]]
) -> Row | None:
    if row["episode_id"] in removed:
        return None
    if row["episode_id"] not in doubled:
        return row
    reason, other = doubled[row["episode_id"]]
    named = f"{other['title'] or 'the episode'} ({other['url']})"
    return {
        **row,
        "status": REFUSED,
        "reason": reason,
        "detail": (
            f"The same turns as {named}, published before."
            if reason == DUPLICATE
            else f"Nearly the same talk as {named}, which is the better copy; `exclude` that one to have this."
        ),
        "duplicate_of": other["episode_id"],
        "n_turns": 0,
        "n_tokens": 0,
        "host_share": None,
        "n_replaced": 0,
    }
