"""How a run's steps are shown: not at all, as plain lines, or as lines that live while their state goes on."""

from collections.abc import Callable

from rich.progress import Progress, TaskID, TextColumn
from rich.table import Column

from infra.cli.terminal.harmless import harmless
from infra.cli.terminal.screen import console
from infra.machine.progress import STEPS, Step

GOES_ON, DONE, FAILED = "▸", "✓", "✗"
EACH_SECONDS = 60.0  # between plain lines, where nothing is new


class Quiet:
    """What happens to a run, told to nobody; the other displays override what they tell.

    `now` is in seconds of the course's clock, `paid` words for the money so far.
    """

    def begin(self) -> None:
        """The run is about to be followed."""

    def end(self) -> None:
        """It is followed no more, however it ended."""

    def changed(self, step: Step, now: float, paid: str) -> None:
        """The step began, its count moved, or a model came to something new in it."""

    def passed(self, step: Step, now: float, paid: str) -> None:
        """Time went by in the step."""

    def finished(self, status: str, now: float, paid: str) -> None:
        """The execution ended."""


class Plain(Quiet):
    """A line for every state and for everything that a model comes to, and one a minute in between."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._began = self._last = clock()
        self._said: set[str] = set()

    def changed(self, step: Step, now: float, paid: str) -> None:
        news = [step.state, *(f"  {who} {doing}" for who, doing in step.doing.items())]
        for line in news:
            if line not in self._said:
                self._said.add(line)
                self._print(line, now, paid)

    def passed(self, step: Step, now: float, paid: str) -> None:
        if now - self._last >= EACH_SECONDS:
            self._print(f"{step.state} {_counted(step, now)}".rstrip(), now, paid)

    def finished(self, status: str, now: float, paid: str) -> None:
        self._print(status, now, paid)

    def _print(self, line: str, now: float, paid: str) -> None:
        self._last = now
        print(f"{now - self._began:6.1f} s  {line:<38}{paid}".rstrip(), flush=True)


class Live(Quiet):
    """One line a state that lives while the state goes on, and one a model below it."""

    def __init__(self) -> None:
        self._shown = Progress(
            TextColumn("{task.fields[mark]}", table_column=Column(no_wrap=True)),
            TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True)),
            TextColumn("{task.fields[words]}", markup=False, table_column=Column(overflow="fold")),
            console=console(),
        )
        self._tasks: dict[str, TaskID] = {}
        self._of_models: dict[str, TaskID] = {}
        self._last: Step | None = None
        self._failed = False

    def begin(self) -> None:
        self._shown.start()

    def end(self) -> None:
        self._shown.stop()

    def changed(self, step: Step, now: float, paid: str) -> None:
        if self._last is not None and step is not self._last and step.ended is None:
            self.passed(self._last, now, paid)
            self._close(self._last, FAILED if self._last.failed else DONE)
        if step.ended is None:
            self._last = step
        self.passed(step, now, paid)
        for who, doing in step.doing.items():
            words = harmless(f"  {who} {doing}")
            if who not in self._of_models:
                self._of_models[who] = self._shown.add_task(words, mark=" ", words="")
            self._shown.update(self._of_models[who], description=words)

    def passed(self, step: Step, now: float, paid: str) -> None:
        until = now if step.ended is None else step.ended
        words = " · ".join(filter(None, (_seconds(until - step.began), _counted(step, now), paid)))
        if step.state not in self._tasks:
            self._tasks[step.state] = self._shown.add_task(
                f"{step.state:<18}", mark=GOES_ON, words=words
            )
        task = self._tasks[step.state]
        self._shown.update(task, words=words)

    def finished(self, status: str, now: float, paid: str) -> None:
        if self._last is not None:
            self.passed(self._last, now, paid)
            ended_well = status == "SUCCEEDED" or self._failed  # what failed has been told
            self._close(self._last, DONE if ended_well else FAILED)

    def _close(self, step: Step, mark: str) -> None:
        for of_model in self._of_models.values():
            self._shown.remove_task(of_model)
        self._of_models.clear()
        self._failed = self._failed or step.failed
        self._shown.update(self._tasks[step.state], mark=mark)


def _counted(step: Step, now: float) -> str:
    """How many of how many, how fast, and how long the rest will take."""
    if not step.total:
        return ""
    counted = f"{step.done} of {step.total} {STEPS[step.state]}"
    if step.ended is not None or not step.done:
        return counted
    left = step.left_seconds(now)
    pace = (now - step.began) / step.done
    return f"{counted}, {_seconds(pace)} each" + (f", {_seconds(left)} left" if left else "")


def _seconds(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"
