"""AWS fails an execution at 25,000 events, and no Catch sees it: no setting may come near."""

import json
import re
from dataclasses import asdict, fields

import pytest

from shared.corpus.discovery import BATCH_SECONDS, EPISODES_PER_BATCH
from shared.corpus.records import Discovery
from shared.errors import InvalidField
from shared.fine_tuning.stages import MAX_DEPLOYMENT_AGE, MAX_JOB_AGE, next_wait
from shared.run.settings import MAX_MODELS
from tests.cfn import load_template
from tests.history import (
    EXECUTION,
    IDLE,
    LIMIT,
    MACHINE,
    attempts,
    bought,
    entered,
    every_state,
    most,
    pauses,
)
from tests.places import ROOT
from tests.unit.shared.run.porch import resolved

PARAMETERS = load_template(ROOT / "template.yaml")["Parameters"]
ARMS = 3  # the tuned model, its base, and its base with card and examples
JUDGES = 5
POLL = dict(every_state(MACHINE))["Poll fine tune"]
JOB = ("Is it done?", "Wait", "Poll fine tune")
DEPLOYMENT = ("Is it deployed?", "Wait for deployment", "Deploy model")


def looks(first, seconds, pause=0):
    """How often a loop goes round in so many seconds, each look with pauses of so many."""
    wait, waited, count = first, 0, 0
    while waited + pause * count < seconds:
        wait, waited = next_wait(wait, waited).values()
        count += 1
    return count + 1


def events(models, first, seconds):
    """The most events of a run, however many retries each of its looks needs: more retries, but fewer looks."""
    return max(with_retries(models, first, seconds, retries) for retries in range(attempts(POLL)))


def with_retries(models, first, seconds, retries):
    pause = pauses(POLL, retries)
    ages = {JOB: MAX_JOB_AGE, DEPLOYMENT: MAX_DEPLOYMENT_AGE}
    visits = {
        name: looks(first, min(seconds, age.total_seconds()), pause)
        for loop, age in ages.items()
        for name in loop
    }
    maps = {"Fine-tune models": models, "Evaluate": ARMS * models, "Hear the jury": JUDGES}
    tries = dict.fromkeys(("Poll fine tune", "Deploy model"), 1 + retries)
    return EXECUTION + most(MACHINE, visits, maps, tries)


def shortest_wait():
    pattern = PARAMETERS["PollSeconds"]["AllowedPattern"]
    assert not [odd for odd in ("0", "1.5", "-1", "", "1e3") if re.fullmatch(pattern, odd)]
    return next(first for first in range(1, 1000) if re.fullmatch(pattern, str(first)))


@pytest.mark.parametrize("models", range(1, MAX_MODELS + 1))
@pytest.mark.parametrize(
    "poll_seconds", [shortest_wait(), int(PARAMETERS["PollSeconds"]["Default"]), 999]
)
def test_a_day_of_looking_at_jobs_fits_an_executions_history(models, poll_seconds):
    assert events(models, poll_seconds, MAX_JOB_AGE.total_seconds()) < LIMIT


def test_no_setting_of_the_template_comes_to_the_limit():
    longest = PARAMETERS["MachineTimeoutSeconds"]["MaxValue"]
    assert events(MAX_MODELS, shortest_wait(), longest) < LIMIT


def test_looks_as_far_apart_as_the_first_would_pass_the_limit(monkeypatch):
    monkeypatch.setitem(
        globals(), "next_wait", lambda wait, waited: {"wait": wait, "waited": waited + wait}
    )
    assert events(5, 60, MAX_JOB_AGE.total_seconds()) > LIMIT


def test_a_run_that_tunes_more_models_than_its_history_holds_is_refused_and_a_plan_is_not():
    known = [
        "gpt-4.1-mini",
        "gpt-4o",
        "gpt-4.1",
        "llama-3.3-70b",
        "llama-3.1-8b",
        "gpt-4o-mini",
    ]
    with pytest.raises(InvalidField, match="at most 5 models, not 6"):
        resolved(models=known)
    assert len(resolved(models=known, dry_run=True).models) == len(known)


def test_an_idle_scheduled_run_enters_twelve_states():
    asked = json.loads(PARAMETERS["ScheduleInput"]["Default"])
    assert asked["dry_run"] is True
    assert entered(MACHINE, IDLE, {}).total() == 12


def test_a_batch_adds_one_state_and_a_look_three():
    ways, items = bought(looks=1)
    once = entered(MACHINE, ways, items).total()
    assert entered(MACHINE, ways, {**items, "Scrape episodes": 241}).total() == once + 240
    assert entered(MACHINE, *bought(looks=41)).total() == once + 3 * 40


STATE_BYTES = 262_144  # of a state's input or output, whatever kind it is
EPISODES = 100_000


def test_the_machine_itself_is_bounded_in_time():
    text = (ROOT / "infra" / "pipeline.asl.yaml").read_text("utf-8")
    assert "TimeoutSeconds: ${MachineTimeoutSeconds}" in text.split("States:")[0]


def test_a_hundred_thousand_episodes_pass_through_the_states():
    scraping = MACHINE["States"]["Scrape episodes"]
    (one,) = scraping["ItemProcessor"]["States"].values()
    assert scraping["ItemProcessor"]["ProcessorConfig"]["Mode"] == "DISTRIBUTED"
    assert one["OutputPath"] is None  # so that each batch returns {}
    longest = PARAMETERS["MachineTimeoutSeconds"]["MaxValue"]
    # A batch is full of episodes or of seconds; those full of seconds end with the machine's time.
    batches = EPISODES // EPISODES_PER_BATCH + longest // BATCH_SECONDS + 12 * 100
    assert len("{},") * batches < STATE_BYTES
    found = Discovery(*[EPISODES] * len(fields(Discovery)))
    assert len(json.dumps(asdict(found))) < 1_000
    assert scraping["ResultPath"] is None
