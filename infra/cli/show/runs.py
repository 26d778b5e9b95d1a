"""`econchatr runs`: the runs whose results lie in a folder, the newest first."""

import json

from infra.cli.arguments import Runs
from infra.cli.results.history import print_runs, runs_in
from infra.local.folder import state_dir
from infra.machine.runs import Run


def run(arguments: Runs) -> int:
    """Print a line a run, or as JSON the summaries of those that came to their end; 0."""
    found = runs_in(arguments.out)
    if arguments.json:
        summaries = [run.summary for run in found if run.summary is not None]
        print(json.dumps(summaries, ensure_ascii=False, indent=1))
        return 0
    running = _running(arguments, found)
    print_runs(found, arguments.out, lambda run: "running" if run in running else "killed")
    if any(run.summary is None and run not in running for run in found):
        print(
            "\nWhat was killed may have jobs that still run: the next run in this folder goes on with them or "
            "stops them, settles what they cost, and writes the report."
        )
    return 0


def _running(arguments: Runs, found: list[Run]) -> list[Run]:
    """The runs without an end that began since a command has the folder; all others were killed."""
    unfinished = [run for run in found if run.summary is None]
    if not unfinished:
        return []
    from infra.local.cloud.server import in_use_since

    since = in_use_since(state_dir(arguments.out) / "cloud")
    return [run for run in unfinished if since is not None and run.started_at >= since]
