"""A fine-tuning job at a moment: what is told of it follows from its record and the clock."""

from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal

from infra.local.provider.behaviours import Behaviour
from infra.local.provider.store import Job
from infra.local.provider.wire import Json

TERMINAL = frozenset({"succeeded", "failed", "cancelled"})

_VALIDATED = 0.15
_STARTED = 0.3
_CHECKPOINTS = 3


def status(job: Job, now: float) -> str:
    """validating_files, queued, running, and at last succeeded, failed or cancelled."""
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


def is_running(job: Job, now: float) -> bool:
    return status(job, now) not in TERMINAL


def progress(job: Job, now: float) -> Decimal:
    """The share of the training that is done, from 0 to 1."""
    end = now if job.cancelled_at is None else job.cancelled_at
    share = ((end - job.created_at) / job.seconds - _STARTED) / (1 - _STARTED)
    return Decimal(min(max(share, 0.0), 1.0))


def trained_tokens(job: Job, now: float) -> int | None:
    """The tokens that are billed: None before the end, unless told to; none at all for a failure."""
    state = status(job, now)
    if state not in TERMINAL and not job.traits.get("tells_progress"):
        return None
    if state == "failed":
        return 0
    share = Decimal(1) if state == "succeeded" else progress(job, now)
    tokens = job.tokens_per_epoch * job.hyperparameters["n_epochs"]
    return int(tokens * Decimal(job.traits.get("token_factor", "1")) * share)


def finished_at(job: Job, now: float) -> float | None:
    if job.cancelled_at is not None:
        return job.cancelled_at
    if is_running(job, now):
        return None
    return job.created_at + job.seconds * (_VALIDATED if job.refusal else 1.0)


def tuned_model(job: Job) -> str:
    """The name that a succeeded job's model answers under."""
    return f"ft:{job.model}:local:{job.suffix or ''}:{job.id[-8:]}"


def result_file(job: Job) -> str:
    """The id of the file with the job's learning curve."""
    return f"file-results-{job.id.removeprefix('ftjob-')}"


def total_steps(job: Job) -> int:
    batches = -(-job.n_examples // job.hyperparameters["batch_size"])
    return int(batches * job.hyperparameters["n_epochs"])


def checkpoint_steps(job: Job, now: float) -> dict[str, int]:
    """The checkpoints of the last three epochs with their steps, the newest first."""
    if status(job, now) != "succeeded":
        return {}
    epochs = job.hyperparameters["n_epochs"]
    last = range(epochs, max(epochs - _CHECKPOINTS, 0), -1)
    steps = total_steps(job) // epochs
    return {f"ftckpt_{job.id.removeprefix('ftjob-')}{epoch:02}": epoch * steps for epoch in last}


def job_json(job: Job, now: float, must_be_deployed: bool, behaviour: Behaviour) -> Json:
    """The job as a service of this behaviour shows it; one that must be deployed never names its model."""
    state = status(job, now)
    done = state == "succeeded"
    finished = finished_at(job, now)
    tells = behaviour.tells_failed_tokens or job.traits.get("tells_tokens")
    untold = state == "failed" and not tells
    return {
        "object": "fine_tuning.job",
        "id": job.id,
        "created_at": int(job.created_at),
        "finished_at": None if finished is None else int(finished),
        "error": _error(job) if state == "failed" else None,
        "fine_tuned_model": tuned_model(job) if done and not must_be_deployed else None,
        "hyperparameters": {},
        "model": job.model,
        "organization_id": "",
        "result_files": [result_file(job)] if done else [],
        "seed": 0,
        "status": behaviour.word(state),
        "trained_tokens": None if untold else trained_tokens(job, now),
        "training_file": job.training_file,
        "validation_file": job.validation_file,
        **_echoed(job, behaviour),
        **_extras(job, now, behaviour),
    }


def _echoed(job: Job, behaviour: Behaviour) -> Json:
    method = {"type": "supervised", "supervised": {"hyperparameters": job.hyperparameters}}
    asked = {**asdict(job), "method": method if job.uses_method else None}
    return {shown: asked[wish] for shown, wish in behaviour.echoes.items()}


def _extras(job: Job, now: float, behaviour: Behaviour) -> Json:
    extras: Json = {}
    if behaviour.tells_estimate and status(job, now) == "running":
        extras["estimated_finish"] = int(job.created_at + job.seconds)
    if behaviour.tells_steps:
        steps = total_steps(job)
        extras |= {"total_steps": steps, "trained_steps": int(steps * progress(job, now))}
    return extras


def _error(job: Job) -> Json:
    return {
        "code": "server_error",
        "message": job.traits.get("fails_with"),
        "param": None,
        **(job.refusal or {}),
    }


def events(job: Job, now: float) -> list[Json]:
    """What has happened to the job, the newest first."""
    told = [entry for entry in _happenings(job, now) if entry[0] <= now]
    return [
        {
            "object": "fine_tuning.job.event",
            "id": f"ftevent-{job.id.removeprefix('ftjob-')}{index:02}",
            "created_at": int(at),
            "level": level,
            "message": message,
            "type": "message",
            "data": {},
        }
        for index, (at, level, message) in reversed(list(enumerate(told)))
    ]


def _happenings(job: Job, now: float) -> Iterator[tuple[float, str, str]]:
    state, end = status(job, now), finished_at(job, now) or now
    validated = job.created_at + job.seconds * _VALIDATED
    started = job.created_at + job.seconds * _STARTED
    yield job.created_at, "info", f"Created fine-tuning job: {job.id}"
    yield job.created_at, "info", f"Validating training file: {job.training_file}"
    if not job.refusal and validated <= end:
        yield validated, "info", "Files validated, moving job to queued state"
    if not job.refusal and started <= end:
        yield started, "info", "Fine-tuning job started"
    if state == "succeeded":
        yield end, "info", f"New fine-tuned model created: {tuned_model(job)}"
        yield end, "info", "The job has successfully completed"
    if state == "failed":
        yield end, "error", f"The job failed: {_error(job)['message']}"
    if state == "cancelled":
        yield end, "info", "The job was cancelled"
