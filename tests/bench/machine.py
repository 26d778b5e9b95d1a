"""What the state machine itself takes: states and events by its definition, milliseconds on the embedded cloud."""

import json
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from shared.corpus.discovery import BATCH_SECONDS, EPISODES_PER_BATCH
from tests.history import EXECUTION, IDLE, MACHINE, bought, entered, most
from tests.integration.embedded_cloud import App, deployed

SIZES = (1_000, 10_000, 100_000)
ITEMS, LOOKS = 50, 20
DELAY_SECONDS = 2.0
"""Between two pages of a host, as a profile has it unless told otherwise."""


def measured() -> dict[str, Any]:
    """States entered and events at most, of runs of three sizes; milliseconds an item and a look take here."""
    ways, items = bought(looks=1)
    with tempfile.TemporaryDirectory() as folder, deployed(Path(folder)) as app:
        item, look = _milliseconds_an_item(app), _milliseconds_a_look(app)
    return {
        "states_of_an_idle_run": entered(MACHINE, IDLE, {}).total(),
        **{
            f"states_for_{size}_episodes": entered(
                MACHINE, ways, {**items, "Scrape episodes": batches(size)}
            ).total()
            for size in SIZES
        },
        "events_for_any_number_of_episodes": EXECUTION + most(MACHINE, {}, items),
        "milliseconds_an_item": item,
        "milliseconds_a_look": look,
    }


def batches(episodes: int, years: int = 20) -> int:
    """At most so many batches: full of episodes or of seconds, and one more for each month."""
    full = min(EPISODES_PER_BATCH, int(BATCH_SECONDS / DELAY_SECONDS))
    return episodes // full + 12 * years


def _milliseconds_an_item(app: App) -> float:
    """Of a Distributed Map whose function does nothing, beside the same over one item."""
    one, many = (_seconds(app, _mapped(app), list(range(count))) for count in (1, 1 + ITEMS))
    return round(1_000 * (many - one) / ITEMS, 1)


def _mapped(app: App) -> dict[str, Any]:
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Act",
        "States": {"Act": app.act({"do": "echo"})},
    }
    return {"Each": {"Type": "Map", "MaxConcurrency": 1, "ItemProcessor": processor, "End": True}}


def _milliseconds_a_look(app: App) -> float:
    """Of a loop of a Wait of no time, a Task and a Choice, beside one time round."""
    once, often = (_seconds(app, _looking(app, looks), {}) for looks in (1, 1 + LOOKS))
    return round(1_000 * (often - once) / LOOKS, 1)


def _looking(app: App, looks: int) -> dict[str, Any]:
    """Unrolled, for the function remembers nothing."""
    states: dict[str, Any] = {}
    for at in range(looks):
        after = f"Wait {at + 1}" if at + 1 < looks else "Done"
        states[f"Wait {at}"] = {"Type": "Wait", "Seconds": 0, "Next": f"Look {at}"}
        states[f"Look {at}"] = app.act({"do": "echo"}, Next=f"Is it {at}?", ResultPath=None)
        states[f"Is it {at}?"] = {
            "Type": "Choice",
            "Choices": [{"Variable": "$.over", "IsPresent": True, "Next": "Done"}],
            "Default": after,
        }
    return {**states, "Done": {"Type": "Succeed"}}


def _seconds(app: App, states: Mapping[str, Any], data: object) -> float:
    app.execute(states, data)  # so that the function is warm
    began = time.perf_counter()
    finished = app.execute(states, data)
    assert finished.status == "SUCCEEDED", json.dumps([finished.error, finished.cause])
    return time.perf_counter() - began
