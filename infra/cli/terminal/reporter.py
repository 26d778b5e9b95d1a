"""Tells a run while it goes on: a live display on a terminal, else a plain line for what is new and one a minute."""

import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from infra.cli.terminal.displays import Live, Plain, Quiet
from infra.cli.terminal.screen import console
from infra.machine.execution import Observe
from infra.machine.follow import Finished, Progress
from infra.machine.progress import RunProgress
from infra.machine.stack import DeployedStack
from shared.ledger import Ledger, RunNotOpen
from shared.report import dollars

EACH_SECONDS = 1.0  # between readings of the ledger


def reporting(stack: DeployedStack, *, stand_in: bool = False, quiet: bool = False) -> Observe:
    """Return what makes a reporter of a run of the stack from the run's id."""
    return lambda run_id: ProgressReporter(stack.ledger, run_id, stand_in=stand_in, quiet=quiet)


class ProgressReporter:
    """Tells each state with its counts, each model with what it is at, and the money so far; `quiet` tells nothing.

    To be entered before it tells anything, and left however the run ends.
    """

    def __init__(
        self,
        ledger: Ledger,
        run_id: str,
        *,
        stand_in: bool = False,
        quiet: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._progress = RunProgress(clock)
        self._money = _Money(ledger, run_id, stand_in, clock)
        self._clock = clock
        screen = console()
        live = screen.is_terminal and not screen.is_dumb_terminal
        self._display = Quiet() if quiet else Live() if live else Plain(clock)
        if not quiet:
            print(f"Run {run_id}", flush=True)

    def __enter__(self) -> Self:
        self._display.begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._display.end()

    def report(self, progress: Progress) -> None:
        """Tell what happened, if a person wants to know of it."""
        step = self._progress.take(progress)
        if step is not None:
            self._display.changed(step, self._clock(), self._money.words())
        if isinstance(progress, Finished):
            paid = self._money.words(anew=True)
            self._display.finished(progress.status, self._clock(), paid)

    def tick(self) -> None:
        """Nothing new may have happened; time goes by, and money."""
        step = self._progress.current
        if step is not None:
            self._display.passed(step, self._clock(), self._money.words())


class _Money:
    """What the run has spent and holds, as a few words; read once a second at most."""

    def __init__(
        self, ledger: Ledger, run_id: str, stand_in: bool, clock: Callable[[], float]
    ) -> None:
        self._ledger, self._run_id, self._clock = ledger, run_id, clock
        self._did = "would have cost" if stand_in else "spent"
        self._words, self._read_at = "", -EACH_SECONDS

    def words(self, *, anew: bool = False) -> str:
        if anew or self._clock() - self._read_at >= EACH_SECONDS:
            self._words, self._read_at = self._read(), self._clock()
        return self._words

    def _read(self) -> str:
        try:
            totals = self._ledger.totals(self._run_id)
        except RunNotOpen:
            return ""
        if not totals.settled and not totals.reserved:
            return ""
        reserved = f", {dollars(totals.reserved)} reserved" if totals.reserved else ""
        return f"{self._did} {dollars(totals.settled)}{reserved} of {dollars(totals.ceiling)}"
