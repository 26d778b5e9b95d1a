"""The reports of all runs in a folder: the one to open first, and a page that links every one."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

from infra.local.folder import Folder
from infra.machine.runs import Run, RunStore
from shared import templates
from shared.lake import keys

LATEST = "report.html"  # under a name that stays
INDEX = "index.html"
HERE = Path(__file__).parent
STYLE = HERE.parents[2] / "shared" / "report"


def reported(store: RunStore) -> list[Run]:
    """Return the runs that have a report, the newest first."""
    return [
        run
        for run in store.runs
        if run.summary and run.manifest and run.left(keys.report(run.run_id))
    ]


def foremost(runs: Sequence[Run]) -> Run | None:
    """Return the newest run that has what was paid for, or the newest when none has; None without a run."""
    return next(filter(_paid, runs), runs[0] if runs else None)


def publish(folder: Folder, store: RunStore) -> list[str]:
    """Write report.html and index.html; return the names in whose place something else lies."""
    runs = reported(store)
    first = foremost(runs)
    if first is None:
        return []
    # The copy lies elsewhere than what the page links beside it.
    beside = f'href="runs/{quote(first.run_id)}/'.encode()
    report = (first.read(keys.report(first.run_id)) or b"").replace(b'href="./', beside)
    pages = {LATEST: report, INDEX: index(runs, first).encode()}
    return [name for name, page in pages.items() if not folder.write(name, page)]


def index(runs: Sequence[Run], first: Run) -> str:
    """Return the page of all runs; everything from outside is escaped."""
    quizzes = {run.run_id for run in runs if run.left(keys.quiz(run.run_id))}
    page = templates.environment(HERE, STYLE).get_template("index.html.j2")
    return page.render(runs=runs, first=first, quizzes=quizzes)


def _paid(run: Run) -> bool:
    """Whether there is anything in it that was paid for, by this run or an earlier one."""
    summary = run.summary or {}
    money = (summary["settled_usd"], summary["reserved_usd"])
    bought = any(model["job_id"] for model in summary["models"])
    return bought or any(Decimal(amount) > 0 for amount in money)
