"""How far a training is follows from what its process wrote, and from nothing else."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.provider.engine import TERMINAL
from infra.local.provider.store import Job
from infra.local.provider.training import progress
from infra.local.provider.training.progress import Training, lines_of, seconds_used

JOB = Job(
    id="ftjob-0123456789abcdef01234567",
    model="tiny",
    training_file="file-1",
    training_sha256="00",
    validation_file=None,
    validation_sha256=None,
    hyperparameters={"n_epochs": 2, "batch_size": 4},
    uses_method=True,
    suffix=None,
    seed=0,
    metadata={},
    created_at=100.0,
    seconds=0.0,
    n_examples=40,
    tokens_per_epoch=1000,
)
MOST = 3600.0
BEGUN = {"at": 110.0, "what": "begun"}
STARTED = {"at": 120.0, "what": "started", "steps": 20, "step": 0, "weights": 5, "of": 100}


def step(number: int, at: float, loss: float = 3.0) -> dict[str, object]:
    return {"at": at, "what": "step", "step": number, "loss": loss, "accuracy": 0.25}


def state(job: Job, training: Training, now: float = 1_000.0):
    return progress.state(job, training, now, MOST)


def test_a_job_that_nobody_began_is_queued_and_billed_nothing():
    told = state(JOB, Training())
    assert (told.status, told.progress, told.billed_seconds) == ("queued", 0, 0)


def test_a_job_in_the_middle_tells_its_share_and_when_it_should_end():
    told = state(JOB, Training([BEGUN, STARTED, step(5, 210.0)]), now=210.0)
    assert (told.status, told.progress, told.total_steps) == ("running", Decimal("0.25"), 20)
    assert told.billed_seconds == 100
    assert told.expected_at == pytest.approx(510.0)


def test_a_job_that_succeeded_bills_all_its_tokens_and_seconds():
    lines = [BEGUN, STARTED, step(20, 300.0), {"at": 305.2, "what": "exited"}]
    told = state(JOB, Training(lines, {"status": "succeeded", "at": 306.0}, [20, 10]))
    assert (told.trained_tokens, told.billed_seconds) == (2000, 196)
    assert list(told.checkpoints.values()) == [20, 10]


def test_the_time_between_a_killed_server_and_the_next_is_not_trained():
    again = {"at": 900.0, "what": "begun"}
    assert seconds_used([BEGUN, step(1, 130.0), again, step(2, 905.0)]) == 25.0


def test_no_job_bills_more_than_its_limit():
    job = replace(JOB, max_seconds=60.0)
    lines = [BEGUN, STARTED, step(5, 175.0), {"at": 190.0, "what": "exited"}]
    outcome = {"status": "failed", "at": 190.0, "code": "time_limit", "message": "too long"}
    told = state(job, Training(lines, outcome, [5]))
    assert told.billed_seconds == 60
    assert told.failure == {"code": "time_limit", "message": "too long", "param": None}
    assert list(told.checkpoints.values()) == [5]


def test_a_cancelled_job_stays_as_it_was_whatever_its_process_still_wrote():
    before = [BEGUN, STARTED, step(5, 150.0)]
    after = [step(6, 155.0), {"at": 160.0, "what": "ended", "step": 6, "reason": "stopped"}]
    job = replace(JOB, cancelled_at=152.0)
    at_once, later = state(job, Training(before)), state(job, Training(before + after, None, [6]))
    assert later == replace(at_once, checkpoints=later.checkpoints)
    assert (at_once.status, at_once.trained_tokens) == ("cancelled", 500)


def test_a_refused_file_fails_with_its_reason_and_bills_nothing():
    refusal = {
        "code": "invalid_training_file",
        "message": "Line 3: no JSON",
        "param": "training_file",
    }
    told = state(replace(JOB, refusal=refusal), Training())
    assert (told.status, told.trained_tokens, told.billed_seconds) == ("failed", 0, 0)
    assert told.failure == refusal
    events = progress.events(replace(JOB, refusal=refusal), Training())
    assert events[-1].message == "The job failed: Line 3: no JSON"


def test_events_tell_each_loss_and_how_many_weights_are_trained():
    lines = [BEGUN, STARTED, step(1, 130.0), {**step(2, 140.0, 2.5), "what": "held_out"}]
    outcome = {"status": "succeeded", "at": 150.0}
    told = [event.message for event in progress.events(JOB, Training(lines, outcome))]
    assert "5 weights are trained beside the model's 100, in 20 steps" in told
    assert "Step 1: training loss=3.0000" in told
    assert "Step 2: validation loss=2.5000" in told
    assert told[-1] == "The job has successfully completed"


def test_the_curve_has_a_row_for_each_step_with_a_loss():
    lines = [{**step(0, 125.0, 4.0), "what": "held_out"}, step(1, 130.0), step(2, 135.0)]
    lines.append({**step(2, 136.0, 2.5), "what": "held_out"})
    assert progress.curve(Training(lines)).splitlines()[1:] == [
        "0,,,4.0,0.25",
        "1,3.0,0.25,,",
        "2,3.0,0.25,2.5,0.25",
    ]


def test_a_line_in_the_writing_is_not_read():
    assert lines_of('{"what": "begun"}\n{"what": "st') == [{"what": "begun"}]


@given(st.lists(st.sampled_from(["begun", "started", "step", "exited"]), max_size=12))
def test_whatever_was_written_a_state_can_be_told(kinds):
    extras = {"started": {"steps": 9, "step": 0, "weights": 1, "of": 2}, "step": step(1, 0.0)}
    lines = [{**extras.get(k, {}), "at": 110.0 + n, "what": k} for n, k in enumerate(kinds)]
    told = state(JOB, Training(lines))
    assert told.status not in TERMINAL
    assert 0 <= told.billed_seconds <= len(kinds)
    assert 0 <= told.progress <= 1
