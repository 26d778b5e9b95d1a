"""What a machine's definition makes of an execution: the events of its history, and the states it enters."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import yaml

from tests.places import ROOT

State = Mapping[str, Any]
LIMIT = 25_000
EXECUTION = 2  # started, and succeeded or failed
DISTRIBUTED_MAP = (
    6  # entered, started, its run started and ended, succeeded, exited: items are elsewhere
)
INLINE_MAP = 4  # entered, started, succeeded, exited
ITERATION = 2  # started, succeeded
MACHINE: State = yaml.safe_load(
    re.sub(r"\$\{\w+\}", "1", (ROOT / "infra" / "pipeline.asl.yaml").read_text("utf-8"))
)
ENDS_WELL = {"Did it fail?": ("Run succeeded",)}
IDLE = {**ENDS_WELL, "Dry run?": ("Write report",)}
"""Where a scheduled run goes that finds nothing new: by default it ends with the plan."""


def bought(
    looks: int, judges: int = 0, deployment: int | None = None
) -> tuple[dict[str, Sequence[str]], dict[str, int]]:
    """The ways and items of a run that scrapes one batch, looks so often at its one model's job and asks three arms.

    `deployment` is how often it looks at a deployment, None where the provider needs none.
    """
    ways: dict[str, Sequence[str]] = {
        **ENDS_WELL,
        "Anything to scrape?": ("Scrape episodes",),
        "Is it done?": (*["Wait"] * looks, "Settle fine tune"),
        "Must it be deployed?": () if deployment is None else ("Deploy model",),
        "Is it deployed?": ["Wait for deployment"] * (deployment or 0),
    }
    arms_and_judges = {"Evaluate": 3, "Hear the jury": judges}
    return ways, {"Scrape episodes": 1, "Fine-tune models": 1, **arms_and_judges}


def every_state(machine: State) -> Iterator[tuple[str, State]]:
    """Each state with its name, those inside of Maps too."""
    for name, state in machine["States"].items():
        yield name, state
        if "ItemProcessor" in state:
            yield from every_state(state["ItemProcessor"])


def attempts(state: State) -> int:
    """The most times a Task is tried: each retrier counts by itself."""
    return 1 + sum(retrier.get("MaxAttempts", 3) for retrier in state.get("Retry", ()))


def pauses(state: State, retries: int) -> int:
    """The seconds that so many retries of a Task with one retrier take at least."""
    (retrier,) = state["Retry"]
    assert "JitterStrategy" not in retrier
    first, rate, most = (retrier[n] for n in ("IntervalSeconds", "BackoffRate", "MaxDelaySeconds"))
    return sum(min(first * rate**n, most) for n in range(retries))


def visit(state: State, *, tries: int | None = None) -> int:
    """The events of one visit of a state that holds no others; `tries` of a Task, the most by default."""
    if state["Type"] == "Task":  # entered, exited, and for each try scheduled, started, ended
        return 2 + 3 * (attempts(state) if tries is None else tries)
    return 1 if state["Type"] == "Fail" else 2


def most(
    machine: State,
    visits: Mapping[str, int],
    iterations: Mapping[str, int],
    tries: Mapping[str, int] = MappingProxyType({}),
) -> int:
    """The most events where every state is visited, those of `visits` so often, Maps over so many items.

    A Task is tried as often as `tries` says, else as often as it may be.
    """
    events = 0
    for name, state in machine["States"].items():
        if state["Type"] != "Map":
            events += visits.get(name, 1) * visit(state, tries=tries.get(name))
        elif state["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED":
            events += DISTRIBUTED_MAP
        else:
            inside = most(state["ItemProcessor"], visits, iterations, tries)
            events += INLINE_MAP + iterations[name] * (ITERATION + inside)
    return events


def entered(
    machine: State, ways: Mapping[str, Sequence[str]], items: Mapping[str, int]
) -> Counter[str]:
    """How often each state is entered where nothing fails, which is what Step Functions charges for.

    A Choice goes where `ways` sends it, at its first visit and those after, then to its default;
    `items` has the number of items of each Map, which all go the same way.
    """
    counts: Counter[str] = Counter()
    left = {name: iter(chosen) for name, chosen in ways.items()}
    name: str | None = machine["StartAt"]
    while name:
        counts[name] += 1
        state = machine["States"][name]
        if state["Type"] == "Map":
            inside = entered(state["ItemProcessor"], ways, items)
            times = items[name]
            counts.update({one: often * times for one, often in inside.items() if times})
        name = next(left.get(name, iter(())), state.get("Default", state.get("Next")))
    return counts
