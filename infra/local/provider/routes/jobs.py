"""Fine-tuning jobs: create, list, retrieve, cancel, events, checkpoints."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from secrets import token_hex
from typing import Any

from infra.local.provider.catalogue import Model
from infra.local.provider.context import RequestContext
from infra.local.provider.examples import (
    BYTE_ORDER_MARK,
    BadTrainingFile,
    TrainingData,
    read_training_data,
)
from infra.local.provider.jobs import checkpoint_model, event_json, job_json, result_file
from infra.local.provider.routes.files import is_processed
from infra.local.provider.store import Job, StoredFile
from infra.local.provider.wire import Json, Reply, bad_request, not_found

_LISTED = 20
_MOST_EPOCHS = 50
_METADATA_FILTER = re.compile(r"metadata\[(.+)\]")


def create_job(context: RequestContext) -> Reply:
    body = context.body()
    base = _base(context, body)
    training = _uploaded(context, body, "training_file")
    validation = (
        _uploaded(context, body, "validation_file") if body.get("validation_file") else None
    )
    wished = _wished_hyperparameters(body)
    data, refusal = _validated(context, base, training, validation)
    tokens = context.app.engine.count_tokens(base, data)
    refusal = refusal or _too_long(context, base, tokens)
    job = Job(
        id=f"ftjob-{token_hex(12)}",
        model=base.wire_name,
        training_file=training.id,
        training_sha256=training.sha256,
        validation_file=validation.id if validation else None,
        validation_sha256=validation.sha256 if validation else None,
        hyperparameters=_hyperparameters(wished, len(data.lines)),
        uses_method="method" in body,
        suffix=_suffix(context, body),
        seed=_seed(body),
        metadata=_metadata(body),
        created_at=context.at,
        seconds=context.app.job_seconds,
        n_examples=len(data.lines),
        tokens_per_epoch=sum(min(n, base.longest_example or n) for n in tokens),
        refusal=refusal,
        traits=context.traits,
        max_seconds=_max_seconds(body),
    )
    context.store.put(job)
    return _shown(context, job)


def list_jobs(context: RequestContext) -> Reply:
    asked = [(_METADATA_FILTER.fullmatch(k), v) for k, v in context.request.args.items()]
    filters = context.behaviour.filters_by_metadata
    wanted = {(found[1], value) for found, value in asked if found and filters}
    jobs = [job for job in context.store.all(Job) if wanted <= set(job.metadata.items())]
    rows = [_json(context, job) for job in reversed(jobs)]
    return context.listed(rows, _LISTED)


def retrieve_job(context: RequestContext, job_id: str) -> Reply:
    return _shown(context, context.job(job_id))


def cancel_job(context: RequestContext, job_id: str) -> Reply:
    with context.store.lock:
        job = context.job(job_id)
        state = context.state(job)
        if not state.is_running:
            raise bad_request(f"Job has already finished with status {state.status}: {job_id}")
        job = replace(job, cancelled_at=context.at)
        context.store.put(job)
    return _shown(context, job)


def list_events(context: RequestContext, job_id: str) -> Reply:
    job = context.job(job_id)
    events = enumerate(context.app.engine.events(job, context.at))
    rows = [event_json(job, number, event) for number, event in events]
    return context.listed(rows[::-1], _LISTED)


def list_checkpoints(context: RequestContext, job_id: str) -> Reply:
    job = context.job(job_id)
    state, deployed = context.state(job), context.app.base(job).must_be_deployed
    rows = [
        {
            "object": "fine_tuning.job.checkpoint",
            "id": checkpoint,
            "created_at": int(state.finished_at or context.at),
            "fine_tuning_job_id": job.id,
            "fine_tuned_model_checkpoint": None if deployed else checkpoint_model(job, step),
            "metrics": {"step": step},
            "result_files": [result_file(job)],
            "step_number": step,
        }
        for checkpoint, step in state.checkpoints.items()
    ]
    return context.listed(rows, 10)


def _json(context: RequestContext, job: Job) -> Json:
    deployed = context.app.base(job).must_be_deployed
    return job_json(job, context.state(job), deployed, context.behaviour)


def _shown(context: RequestContext, job: Job) -> Reply:
    return Reply(_json(context, job))


def _base(context: RequestContext, body: Mapping[str, Any]) -> Model:
    name = body.get("model")
    base = context.app.catalogue.get(name) if isinstance(name, str) else None
    if base is None:
        raise not_found(f"The model '{name}' does not exist", "model", "model_not_found")
    return base


def _uploaded(context: RequestContext, body: Mapping[str, Any], key: str) -> StoredFile:
    file = context.store.get(StoredFile, str(body.get(key)))
    if file is None:
        raise bad_request(f"{key} {body.get(key)!r} does not exist", key, "file_not_found")
    if not is_processed(context, file):
        raise context.behaviour.file_unready.error(file.id)
    return file


def _validated(
    context: RequestContext, base: Model, training: StoredFile, validation: StoredFile | None
) -> tuple[TrainingData, Mapping[str, str] | None]:
    """The training data, and the error the job will fail with if a file is of no use."""
    try:
        data = _read(context, training)
    except BadTrainingFile as error:
        return TrainingData(()), _refusal("training_file", "invalid_training_file", str(error))
    if len(data.lines) < base.min_examples:
        message = f"Training file has {len(data.lines)} example(s), but must have at least"
        return data, _refusal(
            "training_file", "invalid_n_examples", f"{message} {base.min_examples} examples"
        )
    try:
        if validation:
            _read(context, validation)
    except BadTrainingFile as error:
        return data, _refusal("validation_file", "invalid_validation_file", str(error))
    return data, None


def _read(context: RequestContext, file: StoredFile) -> TrainingData:
    content = context.store.content(file.sha256)
    if context.behaviour.needs_byte_order_mark and not content.startswith(BYTE_ORDER_MARK):
        raise BadTrainingFile("Invalid file format. It must be UTF-8 with a byte-order mark")
    return read_training_data(content)


def _too_long(
    context: RequestContext, base: Model, tokens: Sequence[int]
) -> Mapping[str, str] | None:
    """The error of a job with an example that this service will not cut."""
    longest = base.longest_example
    if context.behaviour.cuts_long_examples or longest is None or max(tokens, default=0) <= longest:
        return None
    number = next(n for n, found in enumerate(tokens, start=1) if found > longest)
    message = f"Line {number} has {tokens[number - 1]} tokens, more than a context of {longest}"
    return _refusal("training_file", "context_length_exceeded", message)


def _refusal(param: str, code: str, message: str) -> Mapping[str, str]:
    return {"param": param, "code": code, "message": message}


def _wished_hyperparameters(body: Mapping[str, Any]) -> dict[str, Any]:
    """The hyper-parameters asked for, from whichever of the two places holds them."""
    method = body.get("method")
    if method is None:
        return dict(body.get("hyperparameters") or {})
    if body.get("hyperparameters"):
        raise bad_request("Give either method or hyperparameters, not both", "hyperparameters")
    if not isinstance(method, dict) or method.get("type") != "supervised":
        raise bad_request("Only the method 'supervised' is supported", "method")
    return dict((method.get("supervised") or {}).get("hyperparameters") or {})


def _hyperparameters(wished: Mapping[str, Any], n_examples: int) -> dict[str, Any]:
    """All hyper-parameters with numbers in the place of 'auto'."""
    epochs = wished.get("n_epochs", "auto")
    if epochs == "auto":
        epochs = _usual_epochs(n_examples)
    if not isinstance(epochs, int) or not 1 <= epochs <= _MOST_EPOCHS:
        raise bad_request(f"n_epochs must be 1 to {_MOST_EPOCHS}, found {epochs!r}", "n_epochs")
    batch = wished.get("batch_size", "auto")
    if batch == "auto":
        batch = min(max(n_examples // 500, 1), 256)
    if not isinstance(batch, int) or not 1 <= batch <= 256:
        raise bad_request(f"batch_size must be 1 to 256, found {batch!r}", "batch_size")
    rate = {"learning_rate_multiplier": 1.0} if "learning_rate" not in wished else {}
    given = {key: value for key, value in wished.items() if value != "auto"}
    return {**rate, **given, "n_epochs": epochs, "batch_size": batch}


def _usual_epochs(n_examples: int) -> int:
    """Three, more for few examples and fewer for many, as OpenAI's cookbook estimates."""
    if n_examples * 3 < 100:
        return min(25, 100 // max(n_examples, 1))
    if n_examples * 3 > 25_000:
        return max(1, 25_000 // n_examples)
    return 3


def _seed(body: Mapping[str, Any]) -> int:
    seed = body.get("seed") or 0
    if not isinstance(seed, int):
        raise bad_request(f"seed must be a whole number, found {seed!r}", "seed")
    return seed


def _max_seconds(body: Mapping[str, Any]) -> float | None:
    most = body.get("max_seconds")
    if most is None:
        return None
    if isinstance(most, bool) or not isinstance(most, int | float) or most <= 0:
        raise bad_request(f"max_seconds must be a number above 0, found {most!r}", "max_seconds")
    return float(most)


def _suffix(context: RequestContext, body: Mapping[str, Any]) -> str | None:
    suffix, allowed = body.get("suffix"), context.behaviour.suffixes
    if suffix is None:
        return None
    if not isinstance(suffix, str) or not re.fullmatch(allowed, suffix):
        raise bad_request(f"suffix must be text that matches {allowed}", "suffix")
    return suffix


def _metadata(body: Mapping[str, Any]) -> dict[str, str]:
    metadata = body.get("metadata") or {}
    fits = isinstance(metadata, dict) and len(metadata) <= 16
    if not fits or not all(
        isinstance(value, str) and len(key) <= 64 and len(value) <= 512
        for key, value in metadata.items()
    ):
        raise bad_request("metadata must be up to 16 pairs of text (64 and 512)", "metadata")
    return metadata
