"""How many events a machine's definition can put into one execution's history, as AWS documents them."""

from collections.abc import Iterator, Mapping
from typing import Any

State = Mapping[str, Any]
LIMIT = 25_000
EXECUTION = 2  # started, and succeeded or failed
DISTRIBUTED_MAP = (
    6  # entered, started, its run started and ended, succeeded, exited: items are elsewhere
)
INLINE_MAP = 4  # entered, started, succeeded, exited
ITERATION = 2  # started, succeeded


def every_state(machine: State) -> Iterator[tuple[str, State]]:
    """Each state with its name, those inside of Maps too."""
    for name, state in machine["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from every_state(state["ItemProcessor"])


def attempts(state: State) -> int:
    """The most times a Task is tried: each retrier counts by itself."""
    return 1 + sum(retrier.get("MaxAttempts", 3) for retrier in state.get("Retry", ()))


def visit(state: State, *, tries: int | None = None) -> int:
    """The events of one visit of a state that holds no others; `tries` of a Task, the most by default."""
    if state["Type"] == "Task":  # entered, exited, and for each try scheduled, started, ended
        return 2 + 3 * (attempts(state) if tries is None else tries)
    return 1 if state["Type"] == "Fail" else 2


def most(machine: State, visits: Mapping[str, int], iterations: Mapping[str, int]) -> int:
    """The most events where every state is visited, those of `visits` so often, Maps over so many items."""
    events = 0
    for name, state in machine["States"].items():
        if state["Type"] != "Map":
            events += visits.get(name, 1) * visit(state)
        elif state["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED":
            events += DISTRIBUTED_MAP
        else:
            inside = most(state["ItemProcessor"], visits, iterations)
            events += INLINE_MAP + iterations[name] * (ITERATION + inside)
    return events
