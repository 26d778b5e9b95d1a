"""Models, their deployments, and the answers they give."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random
from secrets import randbits, token_hex
from typing import Any

from infra.local.provider import jobs as clock
from infra.local.provider.context import RequestContext
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
from infra.local.provider.models import ServedModel, find_model, tuned_names
from infra.local.provider.store import Call, Deployment, Job
from infra.local.provider.wire import Json, Reply, bad_request, not_found

_MAX_TOKENS = 1024
_INSTRUCTING = ("system", "developer")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was generated and how it ended: "stop", or "length" when it was cut."""

    text: str
    finish_reason: str


def list_models(context: RequestContext) -> Reply:
    provider = context.app
    bases = {model.wire_name: model.wire_name for model in provider.catalogue.values()}
    tuned = [
        _model_json(context, name, job.model, job.created_at)
        for job in context.store.all(Job)
        for name in tuned_names(job, provider.base(job), context.at, provider.behaviour)[:1]
    ]
    return Reply(
        {"object": "list", "data": [*(_model_json(context, name, name) for name in bases), *tuned]}
    )


def retrieve_model(context: RequestContext, name: str) -> Reply:
    model = _find(context, name)
    return Reply(_model_json(context, name, model.base.wire_name))


def delete_model(context: RequestContext, name: str) -> Reply:
    job = _find(context, name).job
    if job is None:
        raise bad_request(f"The model '{name}' is not yours to delete", "model")
    context.store.put(replace(job, model_deleted=True))
    return Reply({"id": name, "object": "model", "deleted": True})


def create_deployment(context: RequestContext) -> Reply:
    body = context.body()
    for key in ("name", "base_model", "source"):
        if not isinstance(body.get(key), str) or not body[key]:
            raise bad_request(f"'{key}' is a required property", key)
    job_id, _, checkpoint = body["source"].partition(":")
    job = context.job(job_id)
    if checkpoint not in clock.checkpoint_steps(job, context.at):
        raise bad_request(f"No such checkpoint of {job_id}: {checkpoint!r}", "source")
    if not job.hyperparameters.get("lora"):
        raise bad_request(f"{job_id} tuned all weights; only LoRA adapters can be served", "source")
    if context.app.catalogue.get(body["base_model"]) != context.app.base(job):
        raise bad_request(f"{job_id} did not tune {body['base_model']}", "base_model")
    deployment = Deployment(
        id=f"{body['base_model']}-LoRA:{body['name']}-{token_hex(2)}",
        job_id=job_id,
        checkpoint_id=checkpoint,
        created_at=context.at,
        ready_at=context.at + context.app.job_seconds / 4,
    )
    context.store.put(deployment)
    return Reply(_deployment_json(deployment, context.at))


def deploy_by_hand(context: RequestContext) -> Reply:
    """What a person does at a service's console: the last checkpoint of a job answers under a name at once."""
    body = context.body()
    job = context.job(body["job_id"])
    newest = next(iter(clock.checkpoint_steps(job, context.at)), None)
    if newest is None:
        raise bad_request(f"{job.id} has not succeeded", "job_id")
    deployment = Deployment(body["name"], job.id, newest, context.at, context.at)
    context.store.put(deployment)
    return Reply(_deployment_json(deployment, context.at))


def retrieve_deployment(context: RequestContext, name: str) -> Reply:
    return Reply(_deployment_json(_deployment(context, name), context.at))


def delete_deployment(context: RequestContext, name: str) -> Reply:
    context.store.delete(_deployment(context, name))
    return Reply({"name": name, "deleted": True})


def chat_completion(context: RequestContext) -> Reply:
    return Reply(chat(context, context.body()))


def chat(context: RequestContext, body: Json) -> Json:
    """The answer to a chat, once it stands on the bill."""
    try:
        messages = check_messages(body.get("messages"))
    except ValueError as error:
        raise bad_request(str(error), "messages") from error
    model = _asked(context, body)
    said = [message_text(message) for message in messages if message["role"] == "user"]
    answer = _answer(context, model, said[-1] if said else "", body, messages)
    choice = {"message": {"role": "assistant", "content": answer.text, "refusal": None}}
    counting = context.behaviour.counts(model.base.wire_name)
    prompt_tokens = message_tokens(messages, counting) + counting.per_prompt
    return _charged(context, model, "chat.completion", choice, answer, prompt_tokens)


def completion(context: RequestContext) -> Reply:
    body = context.body()
    prompt = body.get("prompt")
    if not isinstance(prompt, str):
        raise bad_request("prompt must be one text", "prompt")
    model = _asked(context, body)
    answer = _answer(context, model, prompt, body)
    choice = {"text": answer.text}
    tokens = context.behaviour.counts(model.base.wire_name).of_text(count_tokens(prompt))
    return Reply(_charged(context, model, "text_completion", choice, answer, tokens))


def _find(context: RequestContext, name: object) -> ServedModel:
    provider = context.app
    model = find_model(str(name), context.store, provider.catalogue, context.at, provider.behaviour)
    if model is None:
        raise context.behaviour.model_unready.error(name)
    return model


def _asked(context: RequestContext, body: Mapping[str, Any]) -> ServedModel:
    """The model to ask, once what the request wants beyond it is known to be possible."""
    if body.get("stream"):
        raise bad_request("stream is not supported here", "stream")
    if body.get("n", 1) != 1:
        raise bad_request("n must be 1", "n")
    return _find(context, body.get("model"))


def _answer(
    context: RequestContext,
    model: ServedModel,
    prompt: str,
    body: Mapping[str, Any],
    messages: Sequence[Mapping[str, Any]] = (),
) -> Answer:
    temperature = _number(body, "temperature", 1.0)
    limit = int(_number(body, "max_completion_tokens", _number(body, "max_tokens", _MAX_TOKENS)))
    told = "\n".join(message_text(one) for one in messages if one["role"] in _INSTRUCTING)
    compared = comparison(prompt)
    if compared is not None:
        text = verdict(compared, model.base.name, context.traits.get("bias"))
    else:
        text = context.app.registry.generator(model, shown_exchanges(messages), told).answer(
            prompt, _chance(model, prompt, temperature, body.get("seed")), temperature
        )
    for stop in _stops(body):
        text = text.partition(stop)[0]
    cut = first_tokens(text, context.behaviour.counts(model.base.wire_name).in_text(limit))
    return Answer(cut, "stop" if cut == text else "length")


def _chance(model: ServedModel, prompt: str, temperature: float, seed: int | None) -> Random:
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
    context: RequestContext,
    model: ServedModel,
    kind: str,
    choice: Json,
    answer: Answer,
    prompt_tokens: int,
) -> Json:
    """The answer as the API gives it, once it stands on the bill."""
    tokens = context.behaviour.counts(model.base.wire_name).of_text(count_tokens(answer.text))
    charge = call_charge(model.base, model.job is not None, prompt_tokens, tokens)
    prefix = "chatcmpl" if kind == "chat.completion" else "cmpl"
    call = Call(
        id=f"{prefix}-{token_hex(12)}",
        model=model.name,
        base_model=model.base.wire_name,
        prompt_tokens=prompt_tokens,
        completion_tokens=tokens,
        charged_usd=plain(charge),
        created_at=context.at,
    )
    context.store.put(call)
    return {
        "id": call.id,
        "object": kind,
        "created": int(context.at),
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


def _model_json(context: RequestContext, name: str, base: str, created_at: float = 0.0) -> Json:
    return {
        "id": name,
        "object": "model",
        "created": int(created_at),
        "owned_by": "system" if name == base else "org-local",
        "shutdown_date": context.app.catalogue[base].shutdown_date,
    }


def _deployment(context: RequestContext, name: str) -> Deployment:
    deployment = context.store.get(Deployment, name)
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
