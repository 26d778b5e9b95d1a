"""What AWS would charge: seconds and bytes measured on the embedded cloud, states counted by the definition."""

import contextlib
import io
import tempfile
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from infra.cli.inputs import inline
from infra.cli.terminal.reporter import reporting
from infra.local.demo.site import demo_site
from infra.local.laptop import Laptop, laptop
from infra.machine.execution import execute, new_run_id
from shared import shows
from tests.bench.machine import DELAY_SECONDS, batches
from tests.cfn import load_template
from tests.history import IDLE, MACHINE, bought, entered
from tests.places import ROOT

PRICES_OF = "2026-06, us-east-1, x86_64, no free tier"
STATE, GB_SECOND, CALL = 0.025 / 1_000, 0.0000166667, 0.20 / 1_000_000
PUT, GB_MONTH, SECRET = 0.005 / 1_000, 0.023, 0.40
ONE_PROCESSOR_MB = 1_769
"""With less memory a function has that much less of a processor (AWS's documentation)."""

EPISODES, WEEKS, LOOKS = 1_000, 52 / 12, 40
FILES_A_BATCH = 6  # episodes, turns, pairs, each written twice at most; a page is two objects
SCRAPING = "Scrape batch"
SCRAPING_GB = (
    load_template(ROOT / "template.yaml")["Resources"]["ScrapeBatchFunction"]["Properties"][
        "MemorySize"
    ]
    / 1_024
)


def measured() -> dict[str, Any]:
    """Dollars of a first run, of a month of weekly runs that find nothing new, and of one page in three ways."""
    first, idle, kept = _two_runs()
    read = kept["episodes"]
    page = first.pop(SCRAPING) / read
    ways, items = bought(LOOKS)
    states = entered(MACHINE, ways, {**items, "Scrape episodes": batches(EPISODES)}).total()
    scraping = EPISODES * (DELAY_SECONDS * SCRAPING_GB + _gb_seconds(page))
    gb_seconds = scraping + _gb_seconds(first.total())
    gigabytes = kept["gigabytes"] * EPISODES / read
    objects = 2 * EPISODES + FILES_A_BATCH * batches(EPISODES) + kept["of_the_run"]
    a_first_run = states * STATE + gb_seconds * GB_SECOND + states * CALL + objects * PUT
    idle_states = entered(MACHINE, IDLE, {}).total()
    an_idle_run = idle_states * (STATE + CALL) + _gb_seconds(idle.total()) * GB_SECOND
    asleep = DELAY_SECONDS * SCRAPING_GB * GB_SECOND
    return {
        "prices_of": PRICES_OF,
        "states_of_a_first_run": states,
        "gb_seconds_of_a_first_run": round(gb_seconds),
        "usd_for_1000_episodes": round(a_first_run, 4),
        "of_it_asleep_between_pages": round(EPISODES * asleep / a_first_run, 2),
        "usd_of_an_idle_run": round(an_idle_run, 6),
        "usd_a_month_of_idle_weeks": round(WEEKS * an_idle_run + SECRET + gigabytes * GB_MONTH, 4),
        "usd_a_page_asleep": asleep,
        "usd_a_page_by_a_wait_state": 2 * STATE + CALL,
        "usd_a_page_of_five_shows_at_once": asleep / 5,
    }


def _gb_seconds(seconds: float) -> float:
    """Of work that took so long on a whole processor: with half the memory it takes twice as long."""
    return seconds * ONE_PROCESSOR_MB / 1_024


def _two_runs() -> tuple[Counter[str], Counter[str], dict[str, float]]:
    """Seconds by function of a run of the demo and of a dry one after it, and what the first left in the bucket."""
    with (
        tempfile.TemporaryDirectory() as folder,
        demo_site(Path(folder) / "site") as base_url,
        laptop(Path(folder) / "out", month_ceiling_usd="100", wait_scale=0.1) as here,
    ):
        show = shows.packaged("demo").model_copy(update={"feed": f"{base_url}/feed.xml"})
        asked = {"show": inline(show), "ceiling_usd": "5.00", "models": ["llama-3.3-70b"]}
        first = _seconds(here, asked)
        pages = here.cloud.client("s3").get_paginator("list_objects_v2")
        listed = pages.paginate(Bucket=here.outputs["LakeBucket"]).build_full_result()["Contents"]
        idle = _seconds(here, {**asked, "dry_run": True})
    kept = {
        "of_the_run": sum(one["Key"].startswith("runs/") for one in listed),
        "gigabytes": sum(one["Size"] for one in listed) / 1e9,
        "episodes": sum(one["Key"].startswith("raw/") for one in listed) / 2,
    }
    return first, idle, kept


def _seconds(here: Laptop, asked: dict[str, Any]) -> Counter[str]:
    run_id = new_run_id(asked["show"]["name"])
    with contextlib.redirect_stdout(io.StringIO()):
        finished = execute(here.stack, run_id, asked, reporting(here.stack, quiet=True))
    assert finished.status == "SUCCEEDED", finished
    arn = here.outputs["StateMachineArn"].replace(":stateMachine:", ":execution:")
    steps = here.cloud.client("stepfunctions")
    arns = [f"{arn}:{run_id}"]
    for found in steps.list_map_runs(executionArn=arns[0])["mapRuns"]:
        pages = steps.get_paginator("list_executions").paginate(mapRunArn=found["mapRunArn"])
        arns += [one["executionArn"] for one in pages.build_full_result()["executions"]]
    taken: Counter[str] = Counter()
    for each in arns:
        pages = steps.get_paginator("get_execution_history").paginate(executionArn=each)
        taken.update(_by_state(pages.build_full_result()["events"]))
    return taken


def _by_state(events: list[dict[str, Any]]) -> Counter[str]:
    """Seconds from when a Task was scheduled to its end; of several at once each is counted."""
    taken: Counter[str] = Counter()
    began: dict[str, datetime] = {}
    for event in events:
        if event["type"] == "TaskStateEntered":
            began[event["stateEnteredEventDetails"]["name"]] = event["timestamp"]
        elif event["type"] == "TaskStateExited":
            name = event["stateExitedEventDetails"]["name"]
            taken[name] += (event["timestamp"] - began[name]).total_seconds()
    return taken
