"""Models, their deployments, and the answers they give."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from secrets import randbits, token_hex
from typing import Any

from infra.local.provider import jobs as clock
from infra.local.provider.context import Visit
from infra.local.provider.examples import (
    check_messages,
    count_tokens,
    first_tokens,
    message_text,
    message_tokens,
    shown_exchanges,
)
from infra.local.provider.learning.judging import comparison, verdict
from infra.local.provider.meter import call_charge, plain
from infra.local.provider.models import Answering, find_model, tuned_names
from infra.local.provider.store import Call, Deployment, Job
from infra.local.provider.wire import Json, Reply, bad_request, not_found

_MAX_TOKENS = 1024
_INSTRUCTING = ("system", "developer")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was generated and how it ended: "stop", or "length" when it was cut."""

    text: str
    finish_reason: str


def list_models(visit: Visit) -> Reply:
    provider = visit.provider
    bases = {model.wire_name: model.wire_name for model in provider.catalogue.values()}
    tuned = [
        _model_json(visit, name, job.model, job.created_at)
        for job in visit.store.all(Job)
        for name in tuned_names(job, provider.base(job), visit.at, provider.manner)[:1]
    ]
    return Reply(
        {"object": "list", "data": [*(_model_json(visit, name, name) for name in bases), *tuned]}
    )


def retrieve_model(visit: Visit, name: str) -> Reply:
    model = _find(visit, name)
    return Reply(_model_json(visit, name, model.base.wire_name))


def delete_model(visit: Visit, name: str) -> Reply:
    job = _find(visit, name).job
    if job is None:
        raise bad_request(f"The model '{name}' is not yours to delete", "model")
    visit.store.put(replace(job, model_deleted=True))
    return Reply({"id": name, "object": "model", "deleted": True})


def create_deployment(visit: Visit) -> Reply:
    body = visit.body()
    for key in ("name", "base_model", "source"):
        if not isinstance(body.get(key), str) or not body[key]:
            raise bad_request(f"'{key}' is a required property", key)
    job_id, _, checkpoint = body["source"].partition(":")
    job = visit.job(job_id)
    if checkpoint not in clock.checkpoint_steps(job, visit.at):
        raise bad_request(f"No such checkpoint of {job_id}: {checkpoint!r}", "source")
    if not job.hyperparameters.get("lora"):
        raise bad_request(f"{job_id} tuned all weights; only LoRA adapters can be served", "source")
    if visit.provider.catalogue.get(body["base_model"]) != visit.provider.base(job):
        raise bad_request(f"{job_id} did not tune {body['base_model']}", "base_model")
    deployment = Deployment(
        id=f"{body['base_model']}-LoRA:{body['name']}-{token_hex(2)}",
        job_id=job_id,
        checkpoint_id=checkpoint,
        created_at=visit.at,
        ready_at=visit.at + visit.provider.job_seconds / 4,
    )
    visit.store.put(deployment)
    return Reply(_deployment_json(deployment, visit.at))


def deploy_by_hand(visit: Visit) -> Reply:
    """What a person does at a service's console: the last checkpoint of a job answers under a name at once."""
    body = visit.body()
    job = visit.job(body["job_id"])
    newest = next(iter(clock.checkpoint_steps(job, visit.at)), None)
    if newest is None:
        raise bad_request(f"{job.id} has not succeeded", "job_id")
    deployment = Deployment(body["name"], job.id, newest, visit.at, visit.at)
    visit.store.put(deployment)
    return Reply(_deployment_json(deployment, visit.at))


def retrieve_deployment(visit: Visit, name: str) -> Reply:
    return Reply(_deployment_json(_deployment(visit, name), visit.at))


def delete_deployment(visit: Visit, name: str) -> Reply:
    visit.store.delete(_deployment(visit, name))
    return Reply({"name": name, "deleted": True})


def chat_completion(visit: Visit) -> Reply:
    return Reply(chat(visit, visit.body()))


def chat(visit: Visit, body: Json) -> Json:
    """The answer to a chat, once it stands on the bill."""
    try:
        messages = check_messages(body.get("messages"))
    except ValueError as error:
        raise bad_request(str(error), "messages") from error
    model = _asked(visit, body)
    said = [message_text(message) for message in messages if message["role"] == "user"]
    answer = _answer(visit, model, said[-1] if said else "", body, messages)
    choice = {"message": {"role": "assistant", "content": answer.text, "refusal": None}}
    counting = visit.manner.counts(model.base.wire_name)
    prompt_tokens = message_tokens(messages, counting) + counting.per_prompt
    return _charged(visit, model, "chat.completion", choice, answer, prompt_tokens)


def completion(visit: Visit) -> Reply:
    body = visit.body()
    prompt = body.get("prompt")
    if not isinstance(prompt, str):
        raise bad_request("prompt must be one text", "prompt")
    model = _asked(visit, body)
    answer = _answer(visit, model, prompt, body)
    choice = {"text": answer.text}
    tokens = visit.manner.counts(model.base.wire_name).of_text(count_tokens(prompt))
    return Reply(_charged(visit, model, "text_completion", choice, answer, tokens))


def _find(visit: Visit, name: object) -> Answering:
    provider = visit.provider
    model = find_model(str(name), visit.store, provider.catalogue, visit.at, provider.manner)
    if model is None:
        raise visit.manner.model_unready.error(name)
    return model


def _asked(visit: Visit, body: Mapping[str, Any]) -> Answering:
    """The model to ask, once what the request wants beyond it is known to be possible."""
    if body.get("stream"):
        raise bad_request("stream is not supported here", "stream")
    if body.get("n", 1) != 1:
        raise bad_request("n must be 1", "n")
    return _find(visit, body.get("model"))


def _answer(
    visit: Visit,
    model: Answering,
    prompt: str,
    body: Mapping[str, Any],
    messages: Sequence[Mapping[str, Any]] = (),
) -> Answer:
    temperature = _number(body, "temperature", 1.0)
    limit = int(_number(body, "max_completion_tokens", _number(body, "max_tokens", _MAX_TOKENS)))
    told = "\n".join(message_text(one) for one in messages if one["role"] in _INSTRUCTING)
    compared = comparison(prompt)
    if compared is not None:
        text = verdict(compared, model.base.name, visit.traits.get("bias"))
    else:
        text = visit.provider.library.voice(model, shown_exchanges(messages), told).answer(
            prompt, _chance(model, prompt, temperature, body.get("seed")), temperature
        )
    for stop in _stops(body):
        text = text.partition(stop)[0]
    cut = first_tokens(text, visit.manner.counts(model.base.wire_name).in_text(limit))
    return Answer(cut, "stop" if cut == text else "length")


def _chance(model: Answering, prompt: str, temperature: float, seed: int | None) -> Random:
    """The same dice for the same question when it is asked with a seed or at temperature 0."""
    if temperature == 0:
        seed = 0
    drawn = randbits(64) if seed is None else seed
    learnt = model.job.training_sha256 if model.job else model.base.name
    return Random(  # noqa: S311
        hashlib.sha256(f"{learnt}\n{drawn}\n{prompt}".encode()).hexdigest()
    )


def _stops(body: Mapping[str, Any]) -> list[str]:
    given = body.get("stop") or []
    stops = [given] if isinstance(given, str) else given
    if not isinstance(stops, list) or not all(isinstance(stop, str) and stop for stop in stops):
        raise bad_request("stop must be a text or a list of texts", "stop")
    return stops


def _number(body: Mapping[str, Any], key: str, default: float) -> float:
    value = body.get(key)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        raise bad_request(f"{key} must be a number of at least 0, found {value!r}", key)
    return float(value)


def _charged(
    visit: Visit, model: Answering, kind: str, choice: Json, answer: Answer, prompt_tokens: int
) -> Json:
    """The answer as the API gives it, once it stands on the bill."""
    tokens = visit.manner.counts(model.base.wire_name).of_text(count_tokens(answer.text))
    charge = call_charge(model.base, model.job is not None, prompt_tokens, tokens)
    prefix = "chatcmpl" if kind == "chat.completion" else "cmpl"
    call = Call(
        id=f"{prefix}-{token_hex(12)}",
        model=model.name,
        base_model=model.base.wire_name,
        prompt_tokens=prompt_tokens,
        completion_tokens=tokens,
        charged_usd=plain(charge),
        created_at=visit.at,
    )
    visit.store.put(call)
    return {
        "id": call.id,
        "object": kind,
        "created": int(visit.at),
        "model": model.name,
        "choices": [
            {"index": 0, "finish_reason": answer.finish_reason, "logprobs": None, **choice}
        ],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": tokens,
            "total_tokens": prompt_tokens + tokens,
        },
    }


def _model_json(visit: Visit, name: str, base: str, created_at: float = 0.0) -> Json:
    return {
        "id": name,
        "object": "model",
        "created": int(created_at),
        "owned_by": "system" if name == base else "org-local",
        "shutdown_date": visit.provider.catalogue[base].shutdown_date,
    }


def _deployment(visit: Visit, name: str) -> Deployment:
    deployment = visit.store.get(Deployment, name)
    if deployment is None:
        raise not_found(f"No such model: {name}", "name", "model_not_found")
    return deployment


def _deployment_json(deployment: Deployment, now: float) -> Json:
    return {
        "name": deployment.id,
        "source": f"{deployment.job_id}:{deployment.checkpoint_id}",
        "status": "active" if now >= deployment.ready_at else "creating",
        "created_at": int(deployment.created_at),
    }
