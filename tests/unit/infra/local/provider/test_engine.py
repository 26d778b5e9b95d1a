"""The server beside another engine: what is told, shown and billed comes from whoever stands behind the protocol."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import pytest

from infra.local.provider.behaviours import OPENAI
from infra.local.provider.catalogue import Model
from infra.local.provider.engine import (
    CURVE_COLUMNS,
    Completion,
    CompletionRequest,
    JobEvent,
    JobState,
    ServedModel,
)
from infra.local.provider.examples import TrainingData
from infra.local.provider.store import Job
from tests.unit.infra.local.provider.counter import JOB_SECONDS, Counter
from tests.unit.infra.local.provider.support import BASE

RUNNING = JobState(
    status="running",
    progress=Decimal("0.5"),
    trained_tokens=None,
    finished_at=None,
    expected_at=1_000_500.0,
    total_steps=8,
    checkpoints={},
)


@dataclass
class EchoEngine:
    """Trains as far as the test says, and answers with what it was asked."""

    at: JobState = RUNNING
    requests: list[CompletionRequest] = field(default_factory=list)

    def count_tokens(self, _base: Model, data: TrainingData) -> tuple[int, ...]:
        return (7,) * len(data.lines)

    def state(self, job: Job, _now: float) -> JobState:
        if job.cancelled_at is None:
            return self.at
        return replace(self.at, status="cancelled", finished_at=job.cancelled_at, trained_tokens=30)

    def events(self, _job: Job, now: float) -> Sequence[JobEvent]:
        return [JobEvent(now - 1, "info", "Step 1: loss 3.9"), JobEvent(now, "info", "Step 2")]

    def learning_curve(self, _job: Job) -> str:
        return ",".join(CURVE_COLUMNS) + "\n1,3.9,0.2,,\n"

    def complete(self, model: ServedModel, request: CompletionRequest) -> Completion:
        self.requests.append(request)
        said = request.messages[-1]["content"] if request.messages else request.prompt
        return Completion(f"{model.base.name} heard {said}", "length", 100, 10)


@pytest.fixture
def engine() -> EchoEngine:
    return EchoEngine()


@pytest.fixture
def counter(tmp_path: Path, engine: EchoEngine) -> Counter:
    counter = Counter(tmp_path, OPENAI)
    counter.provider.engine = engine
    return counter


def test_a_job_is_as_far_as_its_engine_is_whatever_the_clock_says(
    counter: Counter, engine: EchoEngine
) -> None:
    job = counter.create()
    assert counter.stored(job).tokens_per_epoch == 7 * counter.stored(job).n_examples
    shown = counter.finished(job)
    assert (shown.status, shown.estimated_finish) == ("running", 1_000_500)
    messages = [event.message for event in counter.client.fine_tuning.jobs.list_events(job.id)]
    assert messages == ["Step 2", "Step 1: loss 3.9"]


def test_a_cancelled_job_bills_the_tokens_that_its_engine_trained(counter: Counter) -> None:
    job = counter.create()
    shown = counter.client.fine_tuning.jobs.cancel(job.id)
    assert (shown.status, shown.trained_tokens) == ("cancelled", 30)
    bill = counter.client.get("http://stand-in.invalid/_meter", cast_to=httpx2.Response).json()
    assert Decimal(bill["exact_usd"]) == 30 * Decimal("0.000005")


def test_a_job_that_succeeded_has_its_engines_checkpoints_curve_and_answers(
    counter: Counter, engine: EchoEngine
) -> None:
    job = counter.create()
    done: dict[str, Any] = {
        "status": "succeeded",
        "trained_tokens": 168,
        "checkpoints": {"ckpt-a": 8},
    }
    engine.at = replace(RUNNING, finished_at=counter.clock, **done)
    counter.clock += JOB_SECONDS
    shown = counter.client.fine_tuning.jobs.retrieve(job.id)
    (checkpoint,) = counter.client.fine_tuning.jobs.checkpoints.list(job.id)
    assert (checkpoint.id, checkpoint.step_number) == ("ckpt-a", 8)
    curve = counter.client.files.content(shown.result_files[0]).read().decode()
    assert curve.splitlines()[1] == "1,3.9,0.2,,"
    for model in (shown.fine_tuned_model, checkpoint.fine_tuned_model_checkpoint):
        assert model
        answer = counter.ask(model, temperature=0.5, seed=3, max_tokens=20, stop="\n")
        assert answer.choices[0].message.content == "gpt-4.1-mini heard Why?"
        assert (answer.usage.prompt_tokens, answer.usage.completion_tokens) == (100, 10)
        assert answer.choices[0].finish_reason == "length"
    asked = engine.requests[-1]
    assert (asked.temperature, asked.seed, asked.max_tokens, asked.stop) == (0.5, 3, 20, ["\n"])


def test_a_seed_that_is_no_whole_number_is_refused(counter: Counter) -> None:
    with pytest.raises(Exception, match="seed must be a whole number, found 'x'"):
        counter.ask(BASE, seed="x")
