"""The stages that question models: which arms there are, and every answer reserved, bought once and kept."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any, Self

from shared.dataset import Arm
from shared.dataset.comparisons.prompts import Comparison
from shared.dataset.evaluation_set import EvaluationSet
from shared.errors import BadInput, EconChatRError, SpendCeilingReached, Transient
from shared.evaluation import judging, samples
from shared.evaluation.asking import answers_of
from shared.evaluation.judging import JudgeTasks
from shared.evaluation.jury import JudgeStatus, best_rule, contests, judge_result, judgements
from shared.evaluation.saving import SavedRows, saved_rows
from shared.evaluation.unanswered import no_answer
from shared.lake import Bucket, from_json, keys
from shared.lake.rows import GenerationRow, JudgementRow
from shared.providers import ModelNotReady, ProviderRefusal, ProviderRejected
from shared.purchases import AnswerLost, PurchaseContext, ReservationReleased, ask
from shared.run import RunSettings


class EveryFineTuneFailed(EconChatRError):
    """No model is left to be questioned; what the failed ones cost is recorded."""


class NoQuestionAnswered(EconChatRError):
    """An arm gave no answer at all, so its model cannot be what it should be; nothing of it is bought twice."""


class DeployByHand(EconChatRError):
    """The provider's tuned models answer once a person has deployed them, and nobody has yet."""


class BatchUnfinished(Transient):
    """An arm or a judge is asked more than fits one call; the same call goes on where this one ended."""


# What ends one judge's work and not the run: what is bought is kept, and the judge says why.
WARN_EACH = 10  # answers or votes bought
JUDGE_ENDS = (
    SpendCeilingReached,
    ProviderRefusal,
    ReservationReleased,
    ModelNotReady,
    BadInput,  # no key for its provider
)


@dataclass(frozen=True, slots=True)
class ModelArm:
    """Who is asked: a tuned model, or the base it was tuned from, as it is or with card and examples."""

    arm: Arm
    model: str

    @classmethod
    def named(cls, arm: str, model: str) -> Self:
        """Return the arm by its name, such as "tuned"; raises ValueError for a name that is none."""
        return cls(Arm(arm), model)


def arms(bucket: Bucket, settings: RunSettings) -> list[ModelArm]:
    """Return every tuned model that succeeded and its base; raises EveryFineTuneFailed when none did."""
    planned = [row for row in bucket.read_json(keys.plan(settings.run_id)) if row["fits"]]
    outcomes = [bucket.read_json(keys.outcome(settings.run_id, row["model"])) for row in planned]
    tuned = [outcome["model"] for outcome in outcomes if outcome["status"] == "succeeded"]
    if not tuned:
        raise EveryFineTuneFailed(
            "; ".join(f"{outcome['model']}: {outcome['error']}" for outcome in outcomes)
        )
    paid = _evaluation_set(bucket, settings).paid_arms()
    return [ModelArm(arm, model) for model in tuned for arm in paid]


def save_references(bucket: Bucket, settings: RunSettings) -> int:
    """Save what the host and somebody else really said to the held-out items; return how many replies."""
    rows = samples.references(settings, _evaluation_set(bucket, settings))
    for arm in (Arm.HOST, Arm.IMPOSTOR):
        own = [row for row in rows if row["arm"] == arm]
        if own:
            bucket.write_json(keys.answers(settings.run_id, settings.show.name, arm), own)
    return len(rows)


def answer(
    bucket: Bucket,
    context: PurchaseContext,
    settings: RunSettings,
    who: ModelArm,
    deadline_near: Callable[[], bool],
) -> int:
    """Ask an arm every item, saving answers as they come; return how many there are.

    Raises SpendCeilingReached when the next answer does not fit, and BatchUnfinished when `deadline_near` says
    so; what was answered before is saved.
    """
    key = keys.answers(settings.run_id, who.model, who.arm)
    # The answers of a batch that was interrupted are among them.
    with saved_rows(bucket, key, GenerationRow) as saved:
        _answer_all(bucket, context, settings, who, saved, deadline_near)
    context.warn(settings.run_id)
    return len(saved.rows)


def _answer_all(
    bucket: Bucket,
    context: PurchaseContext,
    settings: RunSettings,
    who: ModelArm,
    saved: SavedRows[GenerationRow],
    deadline_near: Callable[[], bool],
) -> None:
    """Ask what is not asked yet."""
    shown = _evaluation_set(bucket, settings)
    outcome = bucket.read_json(keys.outcome(settings.run_id, who.model))
    if _waits_for_a_hand(settings, who):
        # A person is not there in five minutes.
        context = replace(context, model_patience=timedelta())
    items = shown.items(settings.show.questions)
    left = items[len(saved.rows) :]
    questions = [
        samples.question(
            settings, who.model, who.arm, item.prompt, shown, outcome["fine_tuned_model"]
        )
        for item in left
    ]
    at_once = settings.provider(settings.model(who.model).provider).at_once
    with closing(answers_of(partial(ask, context), questions, at_once)) as answers:
        for item, question, answer_to in zip(left, questions, answers, strict=True):
            if deadline_near():
                raise BatchUnfinished(
                    f"{who.model}, {who.arm}: answered {len(saved.rows)} of {len(items)}"
                )
            try:
                answered = answer_to()
            except ModelNotReady as error:
                if _waits_for_a_hand(settings, who):
                    raise _hand_wanted(settings, who, outcome) from error
                raise
            except (AnswerLost, ProviderRejected) as no_answer:
                answered = samples.without_answer(question, no_answer)
            saved.add(samples.answer_row(settings, who.model, who.arm, item, question, answered))
            _warn_now_and_then(context, settings, len(saved.rows))
    _require_an_answer(who, saved.rows)


def _require_an_answer(who: ModelArm, rows: Sequence[GenerationRow]) -> None:
    """Raise NoQuestionAnswered where every question was refused or lost: then it is not for the questions."""
    reasons = [no_answer(row) for row in rows]
    if reasons and all(reasons):
        raise NoQuestionAnswered(
            f"{who.model}, {who.arm}: none of {len(reasons)} questions was answered; the first: {reasons[0]}"
        )


def _waits_for_a_hand(settings: RunSettings, who: ModelArm) -> bool:
    """Whether the arm's model answers only once a person has deployed it."""
    provider = settings.provider(settings.model(who.model).provider)
    return who.arm == Arm.TUNED and provider.deploy == "by_hand"


def _hand_wanted(settings: RunSettings, who: ModelArm, outcome: Mapping[str, Any]) -> DeployByHand:
    return DeployByHand(
        f"{settings.model(who.model).provider} answers only from a model that was deployed by hand; deploy "
        f"the result of job {outcome['job_id']} there under the name {outcome['fine_tuned_model']} and "
        "start the same run again: what was bought is kept"
    )


def judges(bucket: Bucket, settings: RunSettings) -> list[str]:
    """Who is to judge; nobody where the plan has no item to be judged."""
    judged = _evaluation_set(bucket, settings).judged
    return [judge.model for judge in settings.judges] if judged else []


def judge(
    bucket: Bucket,
    context: PurchaseContext,
    settings: RunSettings,
    name: str,
    deadline_near: Callable[[], bool],
) -> JudgeStatus:
    """Ask one judge every comparison, saving votes as they come; return how far it came.

    A judge that cannot tell the host from somebody else, or from the prompted models, is asked no more. A
    ceiling or a refusal ends its work, not the run. Raises BatchUnfinished when `deadline_near` says so,
    SpendOverrun, or what may pass.
    """
    tasks = _judge_tasks(bucket, settings, name)
    with saved_rows(bucket, keys.judgements(settings.run_id, name), JudgementRow) as saved:
        rule = best_rule(contests(tasks.evaluation, tasks.prompted()))
        asked: list[Comparison] = []
        for more, beaten in (
            (tasks.qualifying, None),
            (tasks.recognising, rule),
            (tasks.comparing, rule),
        ):
            asked += more()
            stopped = _ask_all(context, tasks, asked, saved, deadline_near)
            heard = judge_result(name, judgements(saved.rows), beaten)
            qualified = heard.qualification.passed
            if stopped is not None or not qualified:
                break
    status: JudgeStatus = {
        "judge": name,
        "asked": len(saved.rows),
        "qualified": qualified,
        "stopped": stopped,
    }
    bucket.write_json(keys.juror(settings.run_id, name), status)
    return status


def _ask_all(
    context: PurchaseContext,
    tasks: JudgeTasks,
    comparisons: Sequence[Comparison],
    saved: SavedRows[JudgementRow],
    deadline_near: Callable[[], bool],
) -> str | None:
    """Ask what is not asked yet; return why it ended early, if it did."""
    for comparison in comparisons[len(saved.rows) :]:
        if deadline_near():
            raise BatchUnfinished(
                f"{tasks.judge.model} has judged {len(saved.rows)} of {len(comparisons)}"
            )
        question = tasks.question(comparison)
        try:
            answered = ask(context, question)
        except (AnswerLost, ProviderRejected):
            answered = None
        except JUDGE_ENDS as end:
            return f"{type(end).__name__}: {end}"
        saved.add(tasks.row(comparison, question, answered))
        _warn_now_and_then(context, tasks.settings, len(saved.rows))
    context.warn(tasks.settings.run_id)
    return None


def _warn_now_and_then(context: PurchaseContext, settings: RunSettings, bought: int) -> None:
    """To know whether there is something to warn of takes two readings, and an answer costs little."""
    if bought % WARN_EACH == 0:
        context.warn(settings.run_id)


def _judge_tasks(bucket: Bucket, settings: RunSettings, name: str) -> JudgeTasks:
    asked = arms(bucket, settings)
    tuned = dict.fromkeys(one.model for one in asked)
    answers = judging.replies(_answers(bucket, settings, asked))
    evaluation = _evaluation_set(bucket, settings)
    return JudgeTasks(settings.judge(name), settings, evaluation, answers, list(tuned))


def _answers(
    bucket: Bucket, settings: RunSettings, asked: Iterable[ModelArm]
) -> Iterator[GenerationRow]:
    for one in asked:
        for row in bucket.read_json(keys.answers(settings.run_id, one.model, one.arm)) or ():
            yield from_json(GenerationRow, row)


def _evaluation_set(bucket: Bucket, settings: RunSettings) -> EvaluationSet:
    """What the plan priced; of a run that an older release planned, the questions alone."""
    document = bucket.read_json(keys.evaluation_set(settings.run_id))
    return EvaluationSet.from_document(document) if document else EvaluationSet()
