"""The stages that question models: which arms there are, and every answer reserved, bought once and kept."""

from dataclasses import dataclass
from typing import Any, Literal

from shared.clock import utc_now
from shared.errors import EconChatRError
from shared.lake import Bucket, keys
from shared.providers import ChatRequest, examples
from shared.purchases import Answer, Desk, Question, ask
from shared.run import RunSettings

ArmName = Literal["base", "tuned"]


class EveryFineTuneFailed(EconChatRError):
    """No model is left to be questioned; what the failed ones cost is recorded."""


@dataclass(frozen=True, slots=True)
class Arm:
    """Who is asked: a tuned model, or the base it was tuned from."""

    name: ArmName
    model: str


def arms(bucket: Bucket, settings: RunSettings) -> list[Arm]:
    """Every tuned model that succeeded and its base; raises EveryFineTuneFailed when none did."""
    planned = [row for row in bucket.read_json(keys.plan(settings.run_id)) if row["fits"]]
    outcomes = [bucket.read_json(keys.outcome(settings.run_id, row["model"])) for row in planned]
    tuned = [outcome["model"] for outcome in outcomes if outcome["status"] == "succeeded"]
    if not tuned:
        raise EveryFineTuneFailed(
            "; ".join(f"{outcome['model']}: {outcome['error']}" for outcome in outcomes)
        )
    return [Arm(name, model) for model in tuned for name in ("base", "tuned")]


def answer(bucket: Bucket, desk: Desk, settings: RunSettings, arm: Arm) -> int:
    """Ask `arm` every question of the show, keeping each answer as it comes; returns how many there are.

    Raises SpendCeilingReached when the next answer does not fit; what was answered before is kept.
    """
    kept = keys.answers(settings.run_id, arm.model, arm.name)
    rows: list[dict[str, Any]] = bucket.read_json(kept) or []  # of a batch that was interrupted
    for number, text in list(enumerate(settings.show.questions))[len(rows) :]:
        question = _question(bucket, settings, arm, text)
        rows.append(_row(settings, arm, number, text, question, ask(desk, question)))
        bucket.write_json(kept, rows)
        desk.warn(settings.run_id)
    return len(rows)


def _question(bucket: Bucket, settings: RunSettings, arm: Arm, text: str) -> Question:
    model = settings.model(arm.model)
    tuned = arm.name == "tuned"
    message = examples.prompt_message(text, settings.show.cue)
    outcome = bucket.read_json(keys.outcome(settings.run_id, arm.model))
    return Question(
        run_id=settings.run_id,
        model=arm.model,
        provider=model.provider,
        request=ChatRequest(
            model=outcome["fine_tuned_model"] if tuned else model.answering_model,
            messages=(message,),
            max_tokens=settings.show.evaluation.max_answer_tokens,
            temperature=settings.show.evaluation.temperature,
            seed=settings.show.evaluation.seed,
        ),
        prompt_tokens=examples.prompt_bound(model, message),
        input_price=model.price("input" if tuned else "base_input"),
        output_price=model.price("output" if tuned else "base_output"),
    )


def _row(
    settings: RunSettings, arm: Arm, number: int, text: str, question: Question, answered: Answer
) -> dict[str, Any]:
    return {
        "run_id": settings.run_id,
        "show": settings.show.name,
        "generation_id": answered.generation_id,
        "arm": arm.name,
        "model": arm.model,
        "model_id": question.request.model,
        "question": number + 1,
        "prompt": text,
        "answer": answered.text,
        "finish_reason": answered.finish_reason,
        "prompt_tokens": answered.prompt_tokens,
        "completion_tokens": answered.completion_tokens,
        "cost_usd": answered.cost,
        "bought_now": answered.paid,
        "created_at": utc_now(),
        "generated": True,
        "stand_in": settings.stand_in,
        "disclosure": settings.disclosure,
    }
