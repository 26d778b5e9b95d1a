"""`econchatr runs` and `econchatr open`: the runs in a folder, and a run's report."""

import click

from infra.cli import options
from infra.cli.options import RunsFolder


@click.command(
    short_help="The runs in a folder, the newest first.",
    epilog="""\b
Example:
  econchatr runs mine.yaml""",
)
@options.runs_folder
@click.option("--json", "as_json", is_flag=True, help="The runs' whole summaries.")
def runs(runs_folder: RunsFolder, as_json: bool) -> int:
    """The runs in a folder, the newest first: how each ended, what it cost, where its report is."""
    from infra.cli.results.history import print_runs, print_summaries, running, runs_in
    from infra.cli.terminal.screen import print_wrapped

    out = runs_folder.path
    found = runs_in(out)
    if as_json:
        print_summaries(found)
        return 0
    going_on = running(out, found)
    print_runs(found, out, lambda run: "running" if run in going_on else "killed")
    if any(run.summary is None and run not in going_on for run in found):
        print()
        print_wrapped(
            "What was killed may have jobs that still run: the next run in this folder goes on with them or "
            "stops them, settles what they cost, and writes the report."
        )
    return 0


@click.command(
    "open",
    short_help="A run's report in the browser.",
    epilog="""\b
Example:
  econchatr open mine.yaml""",
)
@options.runs_folder
@click.option(
    "--run", "run_id", metavar="RUN_ID", help="Which run.  [default: the one that matters most]"
)
def open_report(runs_folder: RunsFolder, run_id: str | None) -> int:
    """A run's report in the browser; prints where it is."""
    import webbrowser

    from infra.cli.results.history import NoRuns
    from infra.cli.results.pages import LATEST
    from shared.lake import keys

    out = runs_folder.path
    page = out / (keys.report(run_id) if run_id else LATEST)
    if not page.is_file():
        which = f"report of a run {run_id!r}" if run_id else "report"
        raise NoRuns(f"{out} holds no {which}; `econchatr runs --out {out}` lists what is there")
    print(page)
    webbrowser.open(page.resolve().as_uri())
    return 0


@click.command(
    short_help="End a run that goes on here, wherever its terminal is.",
    epilog="""\b
Example:
  econchatr stop mine.yaml""",
)
@options.runs_folder
def stop(runs_folder: RunsFolder) -> int:
    """End a run that goes on in a folder as Ctrl-C does: what runs is cancelled, what it cost is settled."""
    import os
    import signal

    from infra.cli.results.history import NoRuns
    from infra.local.cloud.server import used_by
    from infra.local.folder import state_dir

    out = runs_folder.path
    nothing = NoRuns(f"nothing runs in {out}; `econchatr runs --out {out}` lists what is there")
    process = used_by(state_dir(out) / "cloud")
    if process is None:
        raise nothing
    try:
        os.kill(process, signal.SIGTERM)
    except ProcessLookupError:  # killed this moment, and its cloud not gone yet
        raise nothing from None
    print(f"The run in {out} is asked to end; `econchatr runs --out {out}` says when it has.")
    return 0
