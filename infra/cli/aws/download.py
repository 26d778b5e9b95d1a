"""A run's results, brought from the bucket into a folder that every other command reads."""

from pathlib import Path

from infra.cli.results import pages
from infra.cli.results.outcome import print_outcome
from infra.local.folder import FolderObjects, taken
from infra.machine.runs import RunStore
from shared.errors import BadInput
from shared.lake import Bucket, keys

TABLES = ("token_stats", "generations")


class NoReport(BadInput):
    """No run has left a report yet."""


def newest(bucket: Bucket) -> str:
    """Return the name of the newest run that has a report; raises NoReport."""
    run = RunStore(bucket).newest(lambda run: run.left(keys.report(run.run_id)))
    if run is None:
        raise NoReport("no run has left a report yet; `econchatr aws start SHOW` makes one")
    return run.run_id


def download(bucket: Bucket, run_id: str, out: Path) -> None:
    """Bring what a person reads of a run, and print it: pages, summary, plan, answers; never training files.

    Raises NotOurFolder; what somebody else put in the place of a file stays.
    """
    folder = taken(out)
    below = f"runs/{run_id}/"
    wanted = [key for key in bucket.keys(below) if _is_read(key.removeprefix(below))]
    wanted += [keys.table_file(table, run_id) for table in TABLES]
    for key in wanted:
        body = bucket.read(key)
        if body is not None:
            folder.write(key, body)
    store = RunStore(FolderObjects(out))
    pages.publish(folder, store)
    print_outcome(store, run_id, out)


def _is_read(name: str) -> bool:
    """Whether a person reads it: a file of the run's own folder, or of the tables beside its report."""
    return "/" not in name or name.startswith(("tables/", "jobs/"))
