"""One batch of episodes into the lake."""

from collections import Counter
from collections.abc import Callable, Sequence

from shared import web
from shared.corpus.reading import read_episode
from shared.corpus.records import Task
from shared.lake import keys
from shared.lake.tables import Lake, Row
from shared.run import RunSettings


def scrape(lake: Lake, settings: RunSettings, batch: str, fetcher: web.Fetcher) -> Counter[str]:
    """Read one batch and rewrite its shard of `episodes` and `turns`; return episodes by status.

    Raises web.AccessDenied when the site does not want us: the show stops there, and what was read
    before is kept.
    """
    tasks = [Task.from_json(task) for task in lake.read_json(keys.batch(settings.run_id, batch))]
    episodes: list[Row] = []
    turns: list[Row] = []
    try:
        for task in tasks:
            episode, spoken = read_episode(lake, settings.show, task, fetcher)
            episodes.append(episode)
            turns.extend(spoken)
    except web.AccessDenied as error:
        reason = {"error": type(error).__name__, "cause": str(error)}
        lake.write_json(keys.stopped(settings.run_id), reason)
        raise
    finally:
        _save(lake, keys.shard_of_batch(batch), episodes, turns)
    return Counter(str(row["status"]) for row in episodes)


def _save(lake: Lake, shard: str, episodes: Sequence[Row], turns: Sequence[Row]) -> None:
    """Put these episodes in the place of what the shard had of them."""
    done = {row["episode_id"] for row in episodes}

    def with_these(rows: Sequence[Row]) -> Callable[[list[Row]], list[Row]]:
        return lambda before: [*(row for row in before if row["episode_id"] not in done), *rows]

    # `episodes` last: it says the rest is there.
    for table, rows in (("turns", turns), ("episodes", episodes)) if done else ():
        lake.rewrite(table, keys.shard_file(table, shard), with_these(rows))
