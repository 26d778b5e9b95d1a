"""Erasing episodes from everything that is kept, except the names of the models that learnt from them."""

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from shared.corpus import trained_on
from shared.erasure.episodes import save_erased_names
from shared.erasure.traces import Fingerprint, fingerprint
from shared.lake import keys
from shared.lake.tables import Lake, Row
from shared.ledger import Ledger
from shared.providers import UNUSABLE

# Rows that say which episode trained which model stay: they hold names and no words.
KEPT_TABLES = frozenset({"selections"})
OF_AN_EPISODE = ("pairs", "turns", "episodes")


@dataclass(slots=True)
class ErasureResult:
    """What was taken out, and which models still have learnt from it."""

    rows: dict[str, int] = field(default_factory=dict)
    objects: list[str] = field(default_factory=list)
    answers: int = 0
    models: list[dict[str, Any]] = field(default_factory=list)


def erase_episodes(lake: Lake, ledger: Ledger, show: str, episodes: Sequence[Row]) -> ErasureResult:
    """Remove the episodes; may be repeated after any interruption.

    The names that must not come back are written first; the turns, by which everything else is
    known, and the episodes, by which the turns are, go last.
    """
    save_erased_names(lake, show, episodes)
    ids = {row["episode_id"] for row in episodes}
    print_of = _fingerprint(lake, show, ids)
    done = ErasureResult(models=trained_on(lake, ids))
    done.answers = _erase_answers(lake, ledger, print_of)
    for key in _others(lake, show):
        if _is_of(key, show, ids) or print_of.marks_file(key, lake.read(key) or b""):
            lake.delete([key])
            done.objects.append(key)
    for table in _tables(lake):
        own = table in OF_AN_EPISODE
        for key in lake.keys(keys.table_files(table)):
            if own and not keys.belongs_to(key, show):
                continue
            gone = _rewritten(lake, table, key, ids if own else frozenset(), print_of)
            done.rows[table] = done.rows.get(table, 0) + gone
    lake.purge()
    return done


def _fingerprint(lake: Lake, show: str, ids: Set[str]) -> Fingerprint:
    turns = list(lake.show_rows("turns", show, ("episode_id", "text")))
    pairs = lake.show_rows("pairs", show, ("pair_id", "episode_id"))
    return fingerprint(
        (row["text"] for row in turns if row["episode_id"] in ids),
        (row["text"] for row in turns if row["episode_id"] not in ids),
        (row["pair_id"] for row in pairs if row["episode_id"] in ids),
    )


def _others(lake: Lake, show: str) -> list[str]:
    """Return the keys of all objects that are no tables, without the list of what must not be read again."""
    folders = (keys.fetched(show), keys.RUNS, keys.CUSTOMIZATION, keys.QUERY_RESULTS)
    found = (key for folder in folders for key in lake.keys(folder))
    return [key for key in found if key != keys.erased(show)]


def _is_of(key: str, show: str, ids: Set[str]) -> bool:
    """Return whether a raw page is an episode's, by its name."""
    return any(key.startswith(keys.page(show, one)) for one in ids)


def _tables(lake: Lake) -> list[str]:
    """Return the tables that hold words; those of episodes last."""
    there = {keys.table_of(key) for key in lake.keys(keys.LAKE)} - KEPT_TABLES
    return sorted(there - set(OF_AN_EPISODE)) + [table for table in OF_AN_EPISODE if table in there]


def _rewritten(lake: Lake, table: str, key: str, ids: Set[str], print_of: Fingerprint) -> int:
    """Return how many rows of a file went; a file without rows goes too."""
    before = lake.read_file(key)
    if not any(_goes(row, ids, print_of) for row in before):
        return 0
    left = lake.rewrite(
        table, key, lambda rows: [row for row in rows if not _goes(row, ids, print_of)]
    )
    if not left:
        lake.delete([key])
    return len(before) - left


def _goes(row: Row, ids: Set[str], print_of: Fingerprint) -> bool:
    return row["episode_id"] in ids if ids else print_of.marks_row(row)


def _erase_answers(lake: Lake, ledger: Ledger, print_of: Fingerprint) -> int:
    """Return how many answers of models and judges, of stopped runs too, lost their words; what they cost stays."""
    runs = {keys.run_of(key) for key in lake.keys(keys.RUNS)}
    runs.update(row["run_id"] for row in lake.read_rows("spend", "", ("run_id",)))
    bought = {entry.purchase_id for run_id in runs for entry in ledger.entries(run_id)}
    emptied = 0
    for purchase_id in sorted(bought):
        answer = ledger.answers.get(purchase_id)
        if answer is not None and print_of.marks(answer.text or ""):
            ledger.answers.update(answer, text="", finish_reason=UNUSABLE)
            emptied += 1
    return emptied
