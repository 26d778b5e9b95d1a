"""What runs left in a folder, as tables of pandas."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from econchatr.own_packages import load

load()

from infra.local.folder import objects_in  # noqa: E402 - ours, whatever else is called infra
from infra.machine.runs import Run as StoredRun  # noqa: E402
from infra.machine.runs import RunStore  # noqa: E402

if TYPE_CHECKING:
    import pandas as pd

DEMO = Path("build") / "demo"
ANSWERS = ("question", "model", "arm", "item_kind", "prompt", "answer")


class NoSuchRun(LookupError):
    """The folder holds no run of this name, or none at all."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run: its id, how it ended, and its rows of the lake's tables."""

    run_id: str
    summary: Mapping[str, Any]
    _stored: StoredRun = field(repr=False)

    def answers(self) -> "pd.DataFrame":
        """Return every answer that was given, one a row: question, model, arm, item_kind, prompt and answer."""
        return self.table("generations")[list(ANSWERS)]

    def table(self, name: str) -> "pd.DataFrame":
        """Return the run's own rows of a table, such as metrics, judgements or token_stats."""
        import pandas as pd

        return pd.DataFrame(self._stored.rows(name))


def open_run(folder: str | Path = DEMO, run_id: str | None = None) -> Run:
    """Return the named run of a folder, else the newest with answers, else the newest at all; raises NoSuchRun."""
    ended = [run for run in RunStore(objects_in(Path(folder))).runs if run.summary is not None]
    wanted = [run for run in ended if run_id in (None, run.run_id)]
    if not wanted:
        there = ", ".join(run.run_id for run in ended) or "none"
        raise NoSuchRun(
            f"{folder} holds no run {run_id or ''} that came to its end; there are: {there}"
        )
    found = next((run for run in wanted if run.rows("generations")), wanted[0])
    return Run(found.run_id, found.summary or {}, found)


def list_runs(folder: str | Path = DEMO) -> "pd.DataFrame":
    """Return the runs of a folder, the newest first: run_id, started_at, status, what they cost and their ceiling."""
    import pandas as pd

    found = RunStore(objects_in(Path(folder))).runs
    fields = ("status", "settled_usd", "ceiling_usd")
    return pd.DataFrame(
        {
            "run_id": run.run_id,
            "started_at": run.started_at,
            **{name: (run.summary or {}).get(name) for name in fields},
        }
        for run in found
    )


def read_table(name: str, folder: str | Path = DEMO) -> "pd.DataFrame":
    """Return a table of a folder's lake with the rows of all runs; docs/reference/tables.md says what is in each."""
    import pandas as pd

    return pd.read_parquet(Path(folder) / "lake" / name)
