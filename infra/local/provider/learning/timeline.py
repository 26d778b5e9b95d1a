"""A job of the stand-in at a moment: nothing is trained before it is asked for, so its state follows from the clock."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from infra.local.provider.engine import TERMINAL, JobEvent, JobState
from infra.local.provider.jobs import tuned_model
from infra.local.provider.store import Job

_VALIDATED = 0.15
_STARTED = 0.3
_CHECKPOINTS = 3


def state(job: Job, now: float) -> JobState:
    """Return how far a job is at a Unix time; the tokens are told after the end, unless a fault says otherwise."""
    status = _status(job, now)
    progress = _progress(job, now)
    return JobState(
        status=status,
        progress=progress,
        trained_tokens=_trained_tokens(job, status, progress),
        finished_at=_finished_at(job, status),
        expected_at=job.created_at + job.seconds,
        total_steps=total_steps(job),
        checkpoints=_checkpoints(job) if status == "succeeded" else {},
        failure=_failure(job) if status == "failed" else None,
    )


def _status(job: Job, now: float) -> str:
    if job.cancelled_at is not None:
        return "cancelled"
    share = (now - job.created_at) / job.seconds
    if share < _VALIDATED:
        return "validating_files"
    if job.refusal:
        return "failed"
    if share < _STARTED:
        return "queued"
    if share < 1.0 or job.traits.get("never_ends"):
        return "running"
    return "failed" if job.traits.get("fails_with") else "succeeded"


def _progress(job: Job, now: float) -> Decimal:
    end = now if job.cancelled_at is None else job.cancelled_at
    share = ((end - job.created_at) / job.seconds - _STARTED) / (1 - _STARTED)
    return Decimal(min(max(share, 0.0), 1.0))


def _trained_tokens(job: Job, status: str, progress: Decimal) -> int | None:
    if status not in TERMINAL and not job.traits.get("tells_progress"):
        return None
    if status == "failed":
        return 0
    share = Decimal(1) if status == "succeeded" else progress
    tokens = job.tokens_per_epoch * job.hyperparameters["n_epochs"]
    return int(tokens * Decimal(job.traits.get("token_factor", "1")) * share)


def _finished_at(job: Job, status: str) -> float | None:
    if job.cancelled_at is not None:
        return job.cancelled_at
    if status not in TERMINAL:
        return None
    return job.created_at + job.seconds * (_VALIDATED if job.refusal else 1.0)


def total_steps(job: Job) -> int:
    """Return how many steps the training takes."""
    batches = -(-job.n_examples // job.hyperparameters["batch_size"])
    return int(batches * job.hyperparameters["n_epochs"])


def _checkpoints(job: Job) -> dict[str, int]:
    """Those of the last three epochs."""
    epochs = job.hyperparameters["n_epochs"]
    last = range(epochs, max(epochs - _CHECKPOINTS, 0), -1)
    steps = total_steps(job) // epochs
    return {f"ftckpt_{job.id.removeprefix('ftjob-')}{epoch:02}": epoch * steps for epoch in last}


def _failure(job: Job) -> Mapping[str, Any]:
    return {
        "code": "server_error",
        "message": job.traits.get("fails_with"),
        "param": None,
        **(job.refusal or {}),
    }


def events(job: Job, now: float) -> list[JobEvent]:
    """Return what has happened to a job by a Unix time, the oldest first."""
    return [event for event in _events(job, state(job, now), now) if event.at <= now]


def _events(job: Job, reached: JobState, now: float) -> Iterator[JobEvent]:
    end = reached.finished_at or now
    validated = job.created_at + job.seconds * _VALIDATED
    started = job.created_at + job.seconds * _STARTED
    yield JobEvent(job.created_at, "info", f"Created fine-tuning job: {job.id}")
    yield JobEvent(job.created_at, "info", f"Validating training file: {job.training_file}")
    if not job.refusal and validated <= end:
        yield JobEvent(validated, "info", "Files validated, moving job to queued state")
    if not job.refusal and started <= end:
        yield JobEvent(started, "info", "Fine-tuning job started")
    if reached.status == "succeeded":
        yield JobEvent(end, "info", f"New fine-tuned model created: {tuned_model(job)}")
        yield JobEvent(end, "info", "The job has successfully completed")
    if reached.failure is not None:
        yield JobEvent(end, "error", f"The job failed: {reached.failure['message']}")
    if reached.status == "cancelled":
        yield JobEvent(end, "info", "The job was cancelled")
