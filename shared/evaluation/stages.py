"""The stages that question models: which arms there are, and every answer reserved, bought once and kept."""

from dataclasses import dataclass
from typing import Any

from shared.dataset.evaluation_set import EvaluationSet, PaidArm
from shared.errors import EconChatRError
from shared.evaluation import samples
from shared.lake import Bucket, keys
from shared.purchases import Desk, ask
from shared.run import RunSettings


class EveryFineTuneFailed(EconChatRError):
    """No model is left to be questioned; what the failed ones cost is recorded."""


@dataclass(frozen=True, slots=True)
class Arm:
    """Who is asked: a tuned model, or the base it was tuned from, as it is or with card and examples."""

    name: PaidArm
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
    return [Arm(name, model) for model in tuned for name in _paid_arms(bucket, settings)]


def keep_references(bucket: Bucket, settings: RunSettings) -> int:
    """Keep what the host and somebody else really said to the held-out items; returns how many replies."""
    rows = samples.references(settings, _evaluation_set(bucket, settings))
    for arm in ("host", "impostor"):
        own = [row for row in rows if row["arm"] == arm]
        if own:
            bucket.write_json(keys.answers(settings.run_id, settings.show.name, arm), own)
    return len(rows)


def answer(bucket: Bucket, desk: Desk, settings: RunSettings, arm: Arm) -> int:
    """Ask `arm` every item, keeping each answer as it comes; returns how many there are.

    Raises SpendCeilingReached when the next answer does not fit; what was answered before is kept.
    """
    kept = keys.answers(settings.run_id, arm.model, arm.name)
    shown = _evaluation_set(bucket, settings)
    outcome = bucket.read_json(keys.outcome(settings.run_id, arm.model))
    rows: list[dict[str, Any]] = bucket.read_json(kept) or []  # of a batch that was interrupted
    for item in shown.items(settings.show.questions)[len(rows) :]:
        question = samples.question(
            settings, arm.model, arm.name, item.prompt, shown, outcome["fine_tuned_model"]
        )
        answered = ask(desk, question)
        rows.append(samples.answer_row(settings, arm.model, arm.name, item, question, answered))
        bucket.write_json(kept, rows)
        desk.warn(settings.run_id)
    return len(rows)


def _evaluation_set(bucket: Bucket, settings: RunSettings) -> EvaluationSet:
    """What the plan priced; of a run that an older release planned, the questions alone."""
    document = bucket.read_json(keys.evaluation_set(settings.run_id))
    return EvaluationSet.from_document(document) if document else EvaluationSet()


def _paid_arms(bucket: Bucket, settings: RunSettings) -> list[PaidArm]:
    return _evaluation_set(bucket, settings).paid_arms()
