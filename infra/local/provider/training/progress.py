"""How far a training is, from what its process wrote: pure rules."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil
from typing import Any

from infra.local.provider.engine import CURVE_COLUMNS, JobEvent, JobState
from infra.local.provider.jobs import tuned_model
from infra.local.provider.store import Job

Line = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Training:
    """What is known of a job's training: the lines that it wrote, and its outcome once it has ended.

    `outcome` has `status`, `at` (Unix time) and, of one that failed, `code` and `message`. `checkpoints` are the
    steps whose adapters lie there, the newest first.
    """

    lines: Sequence[Line] = ()
    outcome: Mapping[str, Any] | None = None
    checkpoints: Sequence[int] = ()

    def last(self, what: str) -> Line | None:
        """Return the newest line of a kind."""
        return next((line for line in reversed(self.lines) if line["what"] == what), None)

    @property
    def step(self) -> int:
        """The last step that was done."""
        return max((line["step"] for line in self.lines if "step" in line), default=0)

    @property
    def steps(self) -> int:
        """How many steps the training has, 0 while that is not known."""
        started = self.last("started")
        return int(started["steps"]) if started else 0


def lines_of(text: str) -> list[Line]:
    """Return the whole lines of a progress file; the last may still be in the writing."""
    return [json.loads(line) for line in text.split("\n")[:-1]]


def limit(job: Job, most_seconds: float) -> float:
    """Return after how many seconds of training a job is stopped: its buyer's limit, or the machine's."""
    return min(job.max_seconds or most_seconds, most_seconds)


def seconds_used(lines: Sequence[Line]) -> float:
    """Return how long a job's processes have trained, each from its beginning to the last that it wrote."""
    used, begun = 0.0, None
    for number, line in enumerate(lines):
        if line["what"] == "begun":
            begun = line["at"]
        ends = number + 1 == len(lines) or lines[number + 1]["what"] == "begun"
        if ends and begun is not None:
            used += line["at"] - begun
    return used


def state(job: Job, training: Training, now: float, most_seconds: float) -> JobState:
    """Return how far a job is at a Unix time.

    A cancelled job is as it was when it was cancelled, whatever its process still wrote; none is billed more than
    its limit.
    """
    training = _until(job.cancelled_at, training)
    status = _status(job, training)
    used = min(seconds_used(training.lines), limit(job, most_seconds))
    share = Decimal(training.step) / training.steps if training.steps else Decimal(0)
    tokens = job.tokens_per_epoch * job.hyperparameters["n_epochs"]
    ended = status in ("succeeded", "cancelled") or (status == "failed" and not job.refusal)
    kept = training.checkpoints if status not in ("queued", "running") else ()
    return JobState(
        status=status,
        progress=share,
        trained_tokens=int(tokens * share) if ended else (0 if job.refusal else None),
        finished_at=_finished_at(job, training, status),
        expected_at=_expected_at(training, now, float(share)),
        total_steps=training.steps,
        checkpoints={f"ftckpt_{job.id.removeprefix('ftjob-')}{step}": step for step in kept},
        failure=_failure(job, training) if status == "failed" else None,
        billed_seconds=ceil(used),
    )


def _until(moment: float | None, training: Training) -> Training:
    if moment is None:
        return training
    return replace(training, lines=[line for line in training.lines if line["at"] <= moment])


def _status(job: Job, training: Training) -> str:
    if job.refusal:
        return "failed"
    if job.cancelled_at is not None:
        return "cancelled"
    if training.outcome is not None:
        return str(training.outcome["status"])
    return "running" if training.lines else "queued"


def _finished_at(job: Job, training: Training, status: str) -> float | None:
    if status in ("queued", "running"):
        return None
    if job.refusal:
        return job.created_at
    if job.cancelled_at is not None:
        return job.cancelled_at
    return float(training.outcome["at"]) if training.outcome else None


def _expected_at(training: Training, now: float, share: float) -> float:
    """When it ends at the pace that it has had so far; the moment itself while that is not known."""
    used = seconds_used(training.lines)
    return now + used * (1 - share) / share if share else now


def _failure(job: Job, training: Training) -> Mapping[str, Any]:
    told = job.refusal or training.outcome or {}
    return {"code": told.get("code"), "message": told.get("message"), "param": told.get("param")}


def events(job: Job, training: Training) -> list[JobEvent]:
    """Return what has happened to a job, the oldest first."""
    found = [
        JobEvent(job.created_at, "info", f"Created fine-tuning job: {job.id}"),
        JobEvent(job.created_at, "info", f"Validating training file: {job.training_file}"),
    ]
    if job.refusal:
        return [*found, JobEvent(job.created_at, "error", _failed(job.refusal["message"]))]
    found.append(JobEvent(job.created_at, "info", "Files validated, moving job to queued state"))
    found += [
        JobEvent(line["at"], "info", said) for line in training.lines if (said := _said(line))
    ]
    return [*found, *_end(job, training)]


def _said(line: Line) -> str | None:
    step = line.get("step")
    if line["what"] == "begun":
        return "Fine-tuning job started"
    if line["what"] == "started":
        again = f", from step {step} on" if step else ""
        trained = f"{line['weights']:,} weights are trained beside the model's {line['of']:,}"
        return f"{trained}, in {line['steps']} steps{again}"
    if line["what"] == "step":
        return f"Step {step}: training loss={line['loss']:.4f}"
    if line["what"] == "held_out":
        return f"Step {step}: validation loss={line['loss']:.4f}"
    return None


def _end(job: Job, training: Training) -> list[JobEvent]:
    outcome = training.outcome or {}
    if job.cancelled_at is not None:
        return [JobEvent(job.cancelled_at, "info", "The job was cancelled")]
    if outcome.get("status") == "succeeded":
        made = f"New fine-tuned model created: {tuned_model(job)}"
        told = (made, "The job has successfully completed")
        return [JobEvent(outcome["at"], "info", message) for message in told]
    if outcome.get("status") == "failed":
        return [JobEvent(outcome["at"], "error", _failed(outcome["message"]))]
    return []


def _failed(message: object) -> str:
    return f"The job failed: {message}"


def curve(training: Training) -> str:
    """Return the losses as CSV with CURVE_COLUMNS, a row for each step that has one."""
    rows: dict[int, dict[str, Any]] = {}
    for line in training.lines:
        if line["what"] == "step":
            told = {"train_loss": line["loss"], "train_accuracy": line["accuracy"]}
        elif line["what"] == "held_out":
            told = {"valid_loss": line["loss"], "valid_mean_token_accuracy": line["accuracy"]}
        else:
            continue
        rows.setdefault(line["step"], {"step": line["step"]}).update(told)
    out = io.StringIO()
    writer = csv.DictWriter(out, CURVE_COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows[step] for step in sorted(rows))
    return out.getvalue()
