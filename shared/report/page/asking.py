"""How to go on talking to what was bought: our command, and one line for the provider's own interface."""

import json
from dataclasses import dataclass
from shlex import quote

from shared.catalogue import Model, key_variable
from shared.report.record import RunRecord


@dataclass(frozen=True, slots=True)
class Lines:
    """What to type to ask one finished model."""

    model: str
    command: str
    alone: str


def lines(record: RunRecord) -> list[Lines]:
    """For each model that was tuned, in the run's order; every word from outside quoted for a shell."""
    tuned = {
        job["model"]: job["fine_tuned_model"]
        for job in record.jobs
        if job["status"] == "succeeded" and job["fine_tuned_model"]
    }
    return [
        Lines(
            model.model,
            _command(record, model.model),
            _alone(record, model, tuned[model.model]),
        )
        for model in record.settings.models
        if model.model in tuned
    ]


def _command(record: RunRecord, model: str) -> str:
    show = record.settings.show
    return (
        f"econchatr ask {quote(_question(record))} --show {quote(show.name)} --model {quote(model)}"
    )


def _alone(record: RunRecord, model: Model, fine_tuned_model: str) -> str:
    """The line for the provider's own interface, with the show's first question."""
    show, provider = record.settings.show, record.settings.provider(model.provider)
    content = f"{_question(record)}\n\n{show.prompt_suffix}"
    tokens = show.evaluation.max_answer_tokens + model.reasoning_tokens
    temperature = {"temperature": show.evaluation.temperature} if model.temperature else {}
    if provider.api == "bedrock":
        messages = [{"role": "user", "content": [{"text": content}]}]
        options = {"maxTokens": tokens, **temperature}
        return (
            f"aws bedrock-runtime converse --model-id {quote(fine_tuned_model)} "
            f"--messages {_json(messages)} --inference-config {_json(options)}"
        )
    body = {
        "model": fine_tuned_model,
        "messages": [{"role": "user", "content": content}],
        model.answer_limit: tokens,
        **temperature,
    }
    return (
        f'curl "{provider.base_url}chat/completions" -H "Authorization: Bearer ${key_variable(provider.provider)}" '
        f"-H 'Content-Type: application/json' -d {_json(body)}"
    )


def _json(value: object) -> str:
    return quote(json.dumps(value, ensure_ascii=False))


def _question(record: RunRecord) -> str:
    return record.settings.show.questions[0]
