"""What the bucket remembers of a show for all its runs: which episodes are held out, and which shingles recur."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from shared.dataset import splits
from shared.dataset.boilerplate import recurring_shingles
from shared.dataset.episodes import Episodes
from shared.dataset.splits import Episode, Split
from shared.lake import contended, keys
from shared.lake.tables import Lake, Row
from shared.shingles import NUMBERING

MOST_EPISODES = 600
"""So many episodes are looked at for recurring shingles, so that a large show fits one function."""
GROWTH = 10  # percent by which a show grows before its recurring shingles are looked for again


def assign_splits(lake: Lake, show: str, episodes: Episodes) -> dict[str, Split]:
    """Return the split of every parsed episode; new ones get theirs and keep it. Raises FileContended."""
    parsed = {row["episode_id"]: _episode(row) for row in episodes.parsed()}
    key = keys.splits(show)
    for stored in lake.races(key):
        before = splits.from_rows(json.loads(stored.body)) if stored else []
        known = splits.renewed(before, parsed)
        placed = {one.episode.episode_id for one in known}
        new = [episode for name, episode in parsed.items() if name not in placed]
        after = [*known, *splits.assign(new, known)]
        body = json.dumps(splits.rows_of(after), ensure_ascii=False).encode()
        if after == before or lake.replace(key, body, "application/json", stored):
            return {one.episode.episode_id: one.split for one in after}
    raise contended(key)


def recurring_shingles_of(
    lake: Lake, show: str, turns: Mapping[str, str], n_episodes: int
) -> list[int]:
    """Return the show's recurring shingles, looked for again when it has grown by GROWTH percent."""
    key = keys.boilerplate(show)
    kept = lake.read_json(key) or {}
    if kept.get("numbering") == NUMBERING and _as_large(n_episodes, kept["episodes"]):
        return [int(value) for value in kept["spans"]]
    shingles = recurring_shingles(_evenly_chosen(lake, sorted(turns), n_episodes))
    lake.write_json(key, {"episodes": n_episodes, "numbering": NUMBERING, "spans": shingles})
    return shingles


def _as_large(n_episodes: int, before: int) -> bool:
    return before <= n_episodes <= before * (100 + GROWTH) / 100


def _episode(row: Row) -> Episode:
    return Episode(
        row["episode_id"],
        row["title"] or "",
        row["published"].date().isoformat(),
        row["sketch"],
    )


def _by_episode(lake: Lake, key: str) -> Iterator[tuple[str, list[str]]]:
    rows = lake.read_file(key, ("episode_id", "turn", "text"))
    rows.sort(key=lambda row: (row["episode_id"], row["turn"]))
    for episode_id, said in groupby(rows, key=lambda row: row["episode_id"]):
        yield episode_id, [row["text"] for row in said]


def _evenly_chosen(lake: Lake, files: Sequence[str], n_episodes: int) -> Iterator[list[str]]:
    """Yield the texts of at most MOST_EPISODES episodes, from the whole life of the show."""
    step = max(1, -(-n_episodes // MOST_EPISODES))
    at = 0
    for key in files:
        for _, texts in _by_episode(lake, key):
            if at % step == 0:
                yield texts
            at += 1
