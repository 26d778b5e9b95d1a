"""Where a run is, from what happens in its execution: steps with counts, and what each model is at."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.machine.follow import Entered, Finished, Left, MapProgress, Progress

STEPS = {  # states that a person is told of, and what is counted in those that have many of something
    "Prepare run": "",
    "Discover episodes": "",
    "Scrape episodes": "batches",
    "Build dataset": "",
    "Fine-tune models": "models",
    "Plan evaluation": "",
    "Evaluate": "arms",
    "Hear the jury": "judges",
    "Cancel fine tunes": "",
    "Measure style": "",
    "Write report": "",
}
ITEMS = {  # where a Map's input has its items
    "Fine-tune models": ("dataset", "models"),
    "Evaluate": ("evaluation", "arms"),
    "Hear the jury": ("evaluation", "judges"),
}
DOING = {  # states within a Map, once an item: what is done there to whom the item names
    "Submit fine tune": "is submitted",
    "Poll fine tune": "trains",
    "Settle fine tune": "is settled",
    "Deploy model": "is deployed",
    "Answer questions": "answers",
    "Judge answers": "judges",
}
STOPS_AT = "Cancel fine tunes"  # where every failure goes, but that of the first state
GOES_ON_TO_STOP = ("Hear the jury", "Cancel fine tunes")  # and what goes there by itself
LAST = {  # states with which an item ends, unless their output says that there is more to wait for
    "Settle fine tune": "deploying",
    "Deploy model": "deploying",
    "Answer questions": "",
    "Judge answers": "",
}


@dataclass(slots=True)
class Step:
    """One state: since when, in seconds of `RunProgress`'s clock, how many of how many, and who is at what."""

    state: str
    began: float
    done: int = 0
    total: int | None = None
    ended: float | None = None
    failed: bool = False
    doing: dict[str, str] = field(default_factory=dict)

    def left_seconds(self, now: float) -> float | None:
        """Return how long the rest takes at the pace so far; None while that is unknown."""
        if not self.total or not self.done:
            return None
        return (now - self.began) / self.done * (self.total - self.done)


class RunProgress:
    """The steps of a run so far; times are those of `clock`, in seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.steps: list[Step] = []

    @property
    def current(self) -> Step | None:
        """The step that goes on; None between steps."""
        return self.steps[-1] if self.steps and self.steps[-1].ended is None else None

    def take(self, progress: Progress) -> Step | None:
        """Note what happened; return the step that it changed, if any."""
        if isinstance(progress, Entered):
            return self._entered(progress)
        if isinstance(progress, Finished):
            self._end()
            return None
        step = self._scraping() if isinstance(progress, MapProgress) else self.current
        if step is None:
            return None
        if isinstance(progress, MapProgress):
            step.done, step.total = progress.succeeded + progress.failed, progress.total
            return step
        return self._left(step, progress)

    def _entered(self, progress: Entered) -> Step | None:
        if progress.state in STEPS:
            self._end(followed_by=progress.state)
            total = _total(progress.state, progress.given)
            self.steps.append(Step(progress.state, self._clock(), total=total))
            return self.steps[-1]
        step, doing = self.current, DOING.get(progress.state)
        if step is None or doing is None:
            return None
        who, arm = _who(progress.given), progress.given.get("arm")
        step.doing[who] = f"{doing}, {arm}" if arm else doing
        return step

    def _left(self, step: Step, progress: Left) -> Step | None:
        if progress.state not in LAST or progress.given.get(LAST[progress.state]):
            return None
        step.done += 1
        who = _who(progress.given)
        if who in step.doing:
            step.doing[who] = "is done"
        return step

    def _scraping(self) -> Step | None:
        """The scraping, of which the last count comes when the next state has begun."""
        found = [step for step in self.steps if step.state == "Scrape episodes"]
        return found[-1] if found else None

    def _end(self, followed_by: str = "") -> None:
        step = self.current
        if step is not None:
            step.ended = self._clock()
            stopped = followed_by == STOPS_AT and step.state not in GOES_ON_TO_STOP
            step.failed = stopped or (step.state, followed_by) == ("Prepare run", "Write report")
            step.doing.clear()


def _who(given: Mapping[str, Any]) -> str:
    return str(given.get("model") or given.get("judge") or "")


def _total(state: str, given: Mapping[str, Any]) -> int | None:
    if state not in ITEMS:
        return None
    stage, items = ITEMS[state]
    value = (given.get(stage) or {}).get("value") or {}
    return len(value.get(items) or ()) or None
