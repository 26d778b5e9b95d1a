"""The reports of all runs in a folder: the one to open first, and a page that links every one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from infra.local.folder import Folder
from shared.lake import keys

LATEST = "report.html"  # under a name that stays
INDEX = "index.html"
HERE = Path(__file__).parent
STYLE = HERE.parents[2] / "shared" / "report"


@dataclass(frozen=True, slots=True)
class Reported:
    """A run that has a report: its summary and its manifest, and whether there is a quiz."""

    summary: dict[str, Any]
    manifest: dict[str, Any]
    has_quiz: bool

    @property
    def run_id(self) -> str:
        """The run's name."""
        return str(self.summary["run_id"])

    @property
    def paid(self) -> bool:
        """Whether there is anything in it that was paid for, by this run or an earlier one."""
        money = (self.summary["settled_usd"], self.summary["reserved_usd"])
        bought = any(model["job_id"] for model in self.summary["models"])
        return bought or any(Decimal(amount) > 0 for amount in money)


def reported(bucket: Path) -> list[Reported]:
    """The runs of a bucket's folder that have a report, the newest first."""
    found = [
        Reported(
            _json(bucket / keys.summary(run.name)),
            _json(bucket / keys.manifest(run.name)),
            (bucket / keys.quiz(run.name)).is_file(),
        )
        for run in (bucket / "runs").glob("*/")
        if all((bucket / key(run.name)).is_file() for key in (keys.report, keys.manifest))
    ]
    return sorted(found, key=lambda run: (run.manifest["started_at"], run.run_id), reverse=True)


def foremost(runs: Sequence[Reported]) -> Reported | None:
    """The newest run that has what was paid for, or the newest when none has; None without a run."""
    return next((run for run in runs if run.paid), runs[0] if runs else None)


def publish(folder: Folder, bucket: Path) -> list[str]:
    """Write report.html and index.html; return the names in whose place something else lies."""
    runs = reported(bucket)
    first = foremost(runs)
    if first is None:
        return []
    # The copy lies elsewhere than what the page links beside it.
    beside = f'href="runs/{quote(first.run_id)}/'.encode()
    report = (bucket / keys.report(first.run_id)).read_bytes().replace(b'href="./', beside)
    pages = {LATEST: report, INDEX: index(runs, first).encode()}
    return [name for name, page in pages.items() if not folder.write(name, page)]


def index(runs: Sequence[Reported], first: Reported) -> str:
    """The page of all runs; everything from outside is escaped."""
    environment = Environment(
        loader=FileSystemLoader([HERE, STYLE]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("index.html.j2").render(runs=runs, first=first)


def _json(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_bytes()))
