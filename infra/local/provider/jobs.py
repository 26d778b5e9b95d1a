"""Fine-tuning jobs in the shapes and under the names of the protocol."""

from dataclasses import asdict

from infra.local.provider.behaviours import Behaviour
from infra.local.provider.engine import JobEvent, JobState
from infra.local.provider.store import Job
from infra.local.provider.wire import Json


def tuned_model(job: Job) -> str:
    """Return the name that a succeeded job's model answers under."""
    return f"ft:{job.model}:local:{job.suffix or ''}:{job.id[-8:]}"


def checkpoint_model(job: Job, step: int) -> str:
    """Return the name that a checkpoint answers under."""
    return f"{tuned_model(job)}:ckpt-step-{step}"


def result_file(job: Job) -> str:
    """Return the id of the file with the job's learning curve."""
    return f"file-results-{job.id.removeprefix('ftjob-')}"


def job_json(job: Job, state: JobState, must_be_deployed: bool, behaviour: Behaviour) -> Json:
    """Return the job as a service of this behaviour shows it; one that must be deployed never names its model."""
    done = state.status == "succeeded"
    tells = behaviour.tells_failed_tokens or job.traits.get("tells_tokens")
    untold = state.status == "failed" and not tells
    return {
        "object": "fine_tuning.job",
        "id": job.id,
        "created_at": int(job.created_at),
        "finished_at": None if state.finished_at is None else int(state.finished_at),
        "error": None if state.failure is None else dict(state.failure),
        "fine_tuned_model": tuned_model(job) if done and not must_be_deployed else None,
        "hyperparameters": {},
        "model": job.model,
        "organization_id": "",
        "result_files": [result_file(job)] if done else [],
        "seed": 0,
        "status": behaviour.word(state.status),
        "trained_tokens": None if untold else state.trained_tokens,
        "training_file": job.training_file,
        "validation_file": job.validation_file,
        **_echoed(job, behaviour),
        **_extras(state, behaviour),
    }


def _echoed(job: Job, behaviour: Behaviour) -> Json:
    method = {"type": "supervised", "supervised": {"hyperparameters": job.hyperparameters}}
    fields = {**asdict(job), "method": method if job.uses_method else None}
    return {shown: fields[name] for shown, name in behaviour.echoes.items()}


def _extras(state: JobState, behaviour: Behaviour) -> Json:
    extras: Json = {}
    if state.billed_seconds is not None:
        extras["billed_seconds"] = state.billed_seconds
    if behaviour.tells_estimate and state.status == "running":
        extras["estimated_finish"] = int(state.expected_at)
    if behaviour.tells_steps:
        steps = state.total_steps
        extras |= {"total_steps": steps, "trained_steps": int(steps * state.progress)}
    return extras


def event_json(job: Job, number: int, event: JobEvent) -> Json:
    """Return an event of a job as it is listed; `number` is its place among the job's events."""
    return {
        "object": "fine_tuning.job.event",
        "id": f"ftevent-{job.id.removeprefix('ftjob-')}{number:02}",
        "created_at": int(event.at),
        "level": event.level,
        "message": event.message,
        "type": "message",
        "data": {},
    }
