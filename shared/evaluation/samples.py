"""What is bought of an arm, and every sample as a row of `generations`: a machine's answer, or what a person said."""

from datetime import datetime
from typing import Literal

from shared import money
from shared.clock import utc_now
from shared.dataset import Arm
from shared.dataset.evaluation_set import EvaluationSet, Item, answer_prices
from shared.errors import EconChatRError
from shared.evaluation.unanswered import finish_reason
from shared.ids import digest
from shared.lake.rows import GenerationRow, OfRun
from shared.providers import chat_request, token_counts
from shared.purchases import Answer, Question
from shared.run import RunSettings


class _Asked(OfRun):
    """The columns that say who answered what."""

    arm: str
    question: int
    item_kind: Literal["question", "held_out", "probe"]
    pair_id: str | None
    prompt: str
    topic_in_training: bool | None
    created_at: datetime


def question(
    settings: RunSettings,
    model_name: str,
    arm: Arm,
    text: str,
    shown: EvaluationSet,
    fine_tuned_model: str,
) -> Question:
    """Return what asking `text` of a model's arm buys, in the name of the run."""
    model, show = settings.model(model_name), settings.show
    messages = shown.messages(arm, text, show.prompt_suffix)
    input_price, output_price = answer_prices(model, arm)
    return Question(
        run_id=settings.run_id,
        model=model_name,
        provider=model.provider,
        request=chat_request(
            model,
            fine_tuned_model if arm == Arm.TUNED else model.answering_model,
            messages,
            show.evaluation.max_answer_tokens,
            show.evaluation.temperature,
            show.evaluation.seed,
        ),
        prompt_tokens=token_counts.prompt_bound(model, messages),
        input_price=input_price,
        output_price=output_price,
    )


def answer_row(
    settings: RunSettings,
    model_name: str,
    arm: Arm,
    item: Item,
    asked: Question,
    answered: Answer,
) -> GenerationRow:
    """Return a machine's answer."""
    return {
        **_asked(settings, arm, item),
        "generation_id": answered.generation_id,
        "model": model_name,
        "model_id": asked.request.model,
        "answer": answered.text,
        "finish_reason": answered.finish_reason,
        "prompt_tokens": answered.prompt_tokens,
        "completion_tokens": answered.completion_tokens,
        "cost_usd": answered.cost,
        "bought_now": answered.paid,
        "generated": True,
        "stand_in": settings.stand_in,
        "disclosure": settings.disclosure,
    }


def without_answer(asked: Question, why: EconChatRError) -> Answer:
    """Return the answer that stands for none: empty, and marked with why; what it cost stands in the ledger."""
    return Answer(asked.generation_id, "", finish_reason(why), None, None, None, paid=True)


def references(settings: RunSettings, shown: EvaluationSet) -> list[GenerationRow]:
    """Return what the host, the ceiling, and somebody else, the floor, said to each held-out item; free."""
    by_pair = {one.pair_id: one for one in shown.held_out}
    items = [item for item in shown.items(settings.show.questions) if item.pair_id in by_pair]
    rows = []
    for item in items:
        one = by_pair[str(item.pair_id)]
        rows.append(_spoken(settings, Arm.HOST, item, one.host, settings.show.host.name))
        if one.impostor is not None:
            speaker = one.impostor.speaker or "somebody else than the host"
            rows.append(_spoken(settings, Arm.IMPOSTOR, item, one.impostor.text, speaker))
    return rows


def _spoken(settings: RunSettings, arm: Arm, item: Item, text: str, speaker: str) -> GenerationRow:
    return {
        **_asked(settings, arm, item),
        "generation_id": digest(arm, item.pair_id, text),
        "model": None,
        "model_id": None,
        "answer": text,
        "finish_reason": None,
        "prompt_tokens": None,
        "completion_tokens": None,
        "cost_usd": money.ZERO,
        "bought_now": False,
        "generated": False,
        "stand_in": False,
        "disclosure": f"Words of {speaker} in a held-out episode",
    }


def _asked(settings: RunSettings, arm: Arm, item: Item) -> _Asked:
    return {
        "run_id": settings.run_id,
        "show": settings.show.name,
        "arm": arm,
        "question": item.number,
        "item_kind": item.kind,
        "pair_id": item.pair_id,
        "prompt": item.prompt,
        "topic_in_training": item.topic_in_training,
        "created_at": utc_now(),
    }
