"""Which of several copies of one talk is the better one, and which of the others go."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from shared.shingles import near_duplicate_pairs

LIKE = 0.6  # share of shingles in common, from which two talks are one
Row = Mapping[str, Any]


def near_duplicates(episodes: Sequence[Row]) -> dict[str, Row]:
    """Return each parsed episode that is nearly another's talk, by id, with the better one that stays.

    Takes rows with `episode_id`, `published`, `sketch`, `host_share`, `n_turns` and `n_tokens`.
    """
    by_id = {row["episode_id"]: row for row in episodes if row["sketch"]}
    like: dict[str, set[str]] = defaultdict(set)
    for one, other in near_duplicate_pairs(
        {name: row["sketch"] for name, row in by_id.items()}, LIKE
    ):
        like[one].add(other)
        like[other].add(one)
    worse, better = dict[str, Row](), set[str]()
    for row in sorted((by_id[name] for name in like), key=_quality, reverse=True):
        if row["episode_id"] not in worse:
            better.add(row["episode_id"])
            worse |= dict.fromkeys(like[row["episode_id"]] - better - worse.keys(), row)
    return worse


def _quality(row: Row) -> tuple[bool, int, int, float, str]:
    """Better first: the host speaks, more turns, more words; then the earlier one."""
    return (
        bool(row["host_share"]),
        row["n_turns"] or 0,
        row["n_tokens"] or 0,
        -row["published"].timestamp(),
        row["episode_id"],
    )
