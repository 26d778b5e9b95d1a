"""The corpus by year, with pandas: who only asks what a plan comes to need not import it."""

from typing import Any

import pandas as pd

from shared.report.record import EPISODE_COLUMNS, RunRecord


def corpus_by_year(record: RunRecord) -> list[dict[str, Any]]:
    """For each year of publication: episodes, those read, and their turns and tokens."""
    episodes = pd.DataFrame(record.episodes, columns=list(EPISODE_COLUMNS))
    if episodes.empty:
        return []
    years = episodes.assign(
        year=episodes["published"].dt.year, read=episodes["status"] == "parsed"
    ).groupby("year", as_index=False)
    by_year = years.agg(
        episodes=("episode_id", "count"),
        read=("read", "sum"),
        turns=("n_turns", "sum"),
        tokens=("n_tokens", "sum"),
    )
    lines: list[dict[str, Any]] = by_year.astype("int64").to_dict("records")
    return lines
