"""Answers: chats and completions, and what each is billed."""

from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from infra.local.provider.context import RequestContext
from infra.local.provider.engine import Completion, CompletionRequest, ServedModel
from infra.local.provider.examples import check_messages
from infra.local.provider.meter import call_charge, plain
from infra.local.provider.models import find
from infra.local.provider.store import Call
from infra.local.provider.wire import Json, Reply, bad_request

_MAX_TOKENS = 1024


def create_chat_completion(context: RequestContext) -> Reply:
    return Reply(chat(context, context.body()))


def chat(context: RequestContext, body: Json) -> Json:
    """Return the answer to a chat, once it stands on the bill."""
    try:
        messages = check_messages(body.get("messages"))
    except ValueError as error:
        raise bad_request(str(error), "messages") from error
    model = _model(context, body)
    request = CompletionRequest(messages=messages, **_options(context, body))
    answer = context.app.engine.complete(model, request)
    message = {"role": "assistant", "content": answer.text, "refusal": None}
    return _charged(context, model, "chat.completion", {"message": message}, answer)


def create_completion(context: RequestContext) -> Reply:
    body = context.body()
    prompt = body.get("prompt")
    if not isinstance(prompt, str):
        raise bad_request("prompt must be one text", "prompt")
    model = _model(context, body)
    request = CompletionRequest(prompt=prompt, **_options(context, body))
    answer = context.app.engine.complete(model, request)
    return Reply(_charged(context, model, "text_completion", {"text": answer.text}, answer))


def _model(context: RequestContext, body: Mapping[str, Any]) -> ServedModel:
    """Return the model to ask, once what the request wants beyond it is known to be possible."""
    if body.get("stream"):
        raise bad_request("stream is not supported here", "stream")
    if body.get("n", 1) != 1:
        raise bad_request("n must be 1", "n")
    return find(context, body.get("model"))


def _options(context: RequestContext, body: Mapping[str, Any]) -> dict[str, Any]:
    most = _number(body, "max_completion_tokens", _number(body, "max_tokens", _MAX_TOKENS))
    return {
        "max_tokens": int(most),
        "temperature": _number(body, "temperature", 1.0),
        "seed": _seed(body),
        "stop": _stops(body),
        "faults": context.traits,
    }


def _seed(body: Mapping[str, Any]) -> int | None:
    seed = body.get("seed")
    if seed is not None and (isinstance(seed, bool) or not isinstance(seed, int)):
        raise bad_request(f"seed must be a whole number, found {seed!r}", "seed")
    return seed


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
    context: RequestContext, model: ServedModel, kind: str, choice: Json, answer: Completion
) -> Json:
    """The answer as the API gives it, once it stands on the bill."""
    tuned = model.job is not None
    charge = call_charge(model.base, tuned, answer.prompt_tokens, answer.completion_tokens)
    prefix = "chatcmpl" if kind == "chat.completion" else "cmpl"
    call = Call(
        id=f"{prefix}-{token_hex(12)}",
        model=model.name,
        base_model=model.base.wire_name,
        prompt_tokens=answer.prompt_tokens,
        completion_tokens=answer.completion_tokens,
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
            "prompt_tokens": answer.prompt_tokens,
            "completion_tokens": answer.completion_tokens,
            "total_tokens": answer.prompt_tokens + answer.completion_tokens,
        },
    }
