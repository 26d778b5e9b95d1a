"""The runs whose results lie in a folder or a bucket, the newest first."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path

from infra.cli.terminal.screen import print_json, print_table
from infra.local.folder import objects_in, state_dir
from infra.machine.runs import Run, RunStore
from shared import money
from shared.errors import BadInput


class NoRuns(BadInput):
    """The folder holds no run, or none of the kind that is asked for."""


def runs_in(out: Path) -> list[Run]:
    """Return the runs of a folder, the newest first; raises NoRuns."""
    found = RunStore(objects_in(out)).runs
    if not found:
        raise NoRuns(f"{out} holds no run; run `econchatr local --out {out} ...` first")
    return found


def finished_run(out: Path, run_id: str | None, has: Callable[[Run], bool], what: str) -> Run:
    """Return the named run, or the newest, that came to its end and has `what`; raises NoRuns."""
    for run in runs_in(out):
        if run.summary is not None and run_id in (None, run.run_id) and has(run):
            return run
    which = f"run {run_id!r}" if run_id else "run"
    raise NoRuns(f"{out} holds no {which} with {what}; `econchatr runs --out {out}` lists them")


def running(out: Path, runs: Iterable[Run]) -> list[Run]:
    """Return the runs without an end that began since a command has the folder; all others were killed."""
    unfinished = [run for run in runs if run.summary is None]
    if not unfinished:
        return []
    from infra.local.cloud.server import in_use_since  # with boto3

    since = in_use_since(state_dir(out) / "cloud")
    return [run for run in unfinished if since is not None and run.started_at >= since]


def print_summaries(runs: Iterable[Run]) -> None:
    """Print the summaries of the runs that came to their end, as one JSON list."""
    print_json([run.summary for run in runs if run.summary is not None])


def print_runs(runs: Iterable[Run], place: Path | str, unfinished: Callable[[Run], str]) -> None:
    """Print a line a run; `place` is where reports lie, `unfinished` says what a run without an end is at."""
    print_table(
        ("run", "status", "kind", "models", "cost", "ceiling", "report"),
        [
            (run.run_id, *(_end(run, place) if run.summary else _begun(run, unfinished(run))))
            for run in runs
        ],
    )


def _end(run: Run, place: Path | str) -> tuple[str, ...]:
    summary = run.summary or {}
    return (
        summary["error"] or summary["status"],
        _kind(run),
        ", ".join(model["name"] for model in summary["models"]) or "-",
        summary["settled_usd"],
        summary["ceiling_usd"],
        f"{place}/{summary['report']}" if summary["report"] else "-",
    )


def _begun(run: Run, status: str) -> tuple[str, ...]:
    manifest = run.manifest or {}
    models = ", ".join(model["model"] for model in manifest["models"])
    ceiling = money.format_usd(Decimal(manifest["ceiling_usd"]))
    return status, _kind(run), models or "-", "-", ceiling, "-"


def _kind(run: Run) -> str:
    return "plan" if run.dry else "run"
