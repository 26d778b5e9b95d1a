"""How to go on talking to what was bought: the command, and the same as one line for curl."""

import json
from dataclasses import dataclass
from shlex import quote

from shared import catalogue
from shared.errors import UnknownModel
from shared.report.collect import RunRecord

NO_ADDRESS = "${OPENAI_BASE_URL%/}/"


@dataclass(frozen=True, slots=True)
class Lines:
    """What to type to ask one finished model."""

    model: str
    command: str
    curl: str


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
            _curl(record, model.provider, tuned[model.model]),
        )
        for model in record.settings.models
        if model.model in tuned
    ]


def _command(record: RunRecord, model: str) -> str:
    show = record.settings.show
    return f"econchatr ask {quote(_question(record))} --show {quote(show.name)} --model {quote(model)} --out DIR"


def _curl(record: RunRecord, provider: str, fine_tuned_model: str) -> str:
    show = record.settings.show
    content = f"{_question(record)}\n\n{show.cue}"
    body = {
        "model": fine_tuned_model,
        "messages": [{"role": "user", "content": content}],
        "max_tokens": show.evaluation.max_answer_tokens,
        "temperature": show.evaluation.temperature,
    }
    return (
        f'curl "{_address(provider)}chat/completions" -H "Authorization: Bearer $OPENAI_API_KEY" '
        f"-H 'Content-Type: application/json' -d {quote(json.dumps(body, ensure_ascii=False))}"
    )


def _question(record: RunRecord) -> str:
    return record.settings.show.questions[0]


def _address(provider: str) -> str:
    """The provider's, where it ships with the product; else what the shell knows it by."""
    try:
        return catalogue.packaged().provider(provider).base_url
    except UnknownModel:
        return NO_ADDRESS
