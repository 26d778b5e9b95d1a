"""What the bucket remembers of a show for all its runs: which episodes are held out, and which spans recur."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from shared.dataset import splits
from shared.dataset.boilerplate import recurring_spans
from shared.dataset.splits import Assigned, Episode, Split
from shared.lake import contended, keys
from shared.lake.tables import Lake, Row

MOST_EPISODES = 600
"""So many episodes are looked at for recurring spans, so that a large show fits one function."""
GROWTH = 10  # percent by which a show grows before its recurring spans are looked for again


def settled(lake: Lake, show: str, turns: Mapping[str, str]) -> dict[str, Split]:
    """The split of every episode with turns; new ones get theirs and keep it. Raises FileContended.

    `turns` are the show's files of turns and their entity tags.
    """
    key = keys.splits(show)
    for stored in lake.races(key):
        before = splits.from_rows(json.loads(stored.body)) if stored else []
        new = _unplaced(lake, turns, before)
        placed = [*before, *splits.assign(new, before)]
        body = json.dumps(splits.rows_of(placed), ensure_ascii=False).encode()
        if not new or lake.replace(key, body, "application/json", stored):
            return {one.episode.episode_id: one.split for one in placed}
    raise contended(key)


def recurring(lake: Lake, show: str, turns: Mapping[str, str], n_episodes: int) -> list[int]:
    """The show's recurring spans, looked for again when it has grown by GROWTH percent."""
    key = keys.boilerplate(show)
    kept = lake.read_json(key)
    if kept and kept["episodes"] <= n_episodes <= kept["episodes"] * (100 + GROWTH) / 100:
        return [int(value) for value in kept["spans"]]
    spans = recurring_spans(_evenly_chosen(lake, sorted(turns), n_episodes))
    lake.write_json(key, {"episodes": n_episodes, "spans": spans})
    return spans


def _unplaced(lake: Lake, turns: Mapping[str, str], before: Sequence[Assigned]) -> list[Episode]:
    placed = {one.episode.episode_id for one in before}
    found = []
    for key in turns:
        fresh = _unread(lake, key, placed)
        said = dict(_by_episode(lake, key)) if fresh else {}
        found += [
            _episode(row, said[row["episode_id"]]) for row in fresh if row["episode_id"] in said
        ]
    return found


def _episode(row: Row, said: Sequence[str]) -> Episode:
    return Episode(
        row["episode_id"],
        row["title"] or "",
        row["published"].date().isoformat(),
        splits.sketch(said),
    )


def _unread(lake: Lake, turns_key: str, placed: set[str]) -> list[Row]:
    key = turns_key.replace("lake/turns/", "lake/episodes/")
    rows = lake.read_file(key, ("episode_id", "title", "published"))
    return [row for row in rows if row["episode_id"] not in placed]


def _by_episode(lake: Lake, key: str) -> Iterator[tuple[str, list[str]]]:
    rows = lake.read_file(key, ("episode_id", "turn", "text"))
    rows.sort(key=lambda row: (row["episode_id"], row["turn"]))
    for episode_id, said in groupby(rows, key=lambda row: row["episode_id"]):
        yield episode_id, [row["text"] for row in said]


def _evenly_chosen(lake: Lake, files: Sequence[str], n_episodes: int) -> Iterator[list[str]]:
    """The texts of at most MOST_EPISODES episodes, from the whole life of the show."""
    step = max(1, -(-n_episodes // MOST_EPISODES))
    at = 0
    for key in files:
        for _, texts in _by_episode(lake, key):
            if at % step == 0:
                yield texts
            at += 1
