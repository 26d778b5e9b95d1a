"""The corpus by year, with pandas: who only asks what a plan comes to need not import it."""

from collections.abc import Sequence
from typing import TypedDict

import pandas as pd

from shared.report.record import EpisodeRead


class Year(TypedDict):
    """A year of publication: episodes, those read, and their turns and tokens."""

    year: int
    episodes: int
    read: int
    turns: int
    tokens: int


def corpus_by_year(rows: Sequence[EpisodeRead]) -> list[Year]:
    """Return each year of publication that has episodes."""
    episodes = pd.DataFrame(rows, columns=list(EpisodeRead.__annotations__))
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
    lines: list[Year] = by_year.astype("int64").to_dict("records")
    return lines
