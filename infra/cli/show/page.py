"""`econchatr open`: a run's report in the browser."""

import webbrowser

from infra.cli.arguments import Open
from infra.cli.results import pages
from infra.cli.results.history import NoRuns
from shared.lake import keys


def run(arguments: Open) -> int:
    """Open the named run's report, or the one that matters most, and print its path; 0. Raises NoRuns."""
    out = arguments.out
    page = out / (keys.report(arguments.run) if arguments.run else pages.LATEST)
    if not page.is_file():
        which = f"report of a run {arguments.run!r}" if arguments.run else "report"
        raise NoRuns(f"{out} holds no {which}; `econchatr runs --out {out}` lists what is there")
    print(page)
    webbrowser.open(page.resolve().as_uri())
    return 0
