"""The stages that question models: which arms there are, and every answer reserved, bought once and kept."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from shared.dataset.comparisons.prompts import Ballot
from shared.dataset.evaluation_set import EvaluationSet, PaidArm
from shared.errors import BadInput, EconChatRError, SpendCeilingReached, Transient
from shared.evaluation import judging, samples
from shared.evaluation.judging import Docket
from shared.evaluation.keeping import Rows, rows_kept
from shared.lake import Bucket, keys
from shared.providers import ModelNotReady, ProviderRefusal, ProviderRejected
from shared.purchases import AnswerLost, Desk, ReservationReleased, ask
from shared.run import RunSettings


class EveryFineTuneFailed(EconChatRError):
    """No model is left to be questioned; what the failed ones cost is recorded."""


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
    names = _evaluation_set(bucket, settings).paid_arms()
    return [Arm(name, model) for model in tuned for name in names]


def keep_references(bucket: Bucket, settings: RunSettings) -> int:
    """Keep what the host and somebody else really said to the held-out items; returns how many replies."""
    rows = samples.references(settings, _evaluation_set(bucket, settings))
    for arm in ("host", "impostor"):
        own = [row for row in rows if row["arm"] == arm]
        if own:
            bucket.write_json(keys.answers(settings.run_id, settings.show.name, arm), own)
    return len(rows)


def answer(
    bucket: Bucket,
    desk: Desk,
    settings: RunSettings,
    arm: Arm,
    late: Callable[[], bool],
) -> int:
    """Ask `arm` every item, keeping answers as they come; returns how many there are.

    Raises SpendCeilingReached when the next answer does not fit, and BatchUnfinished when `late` says
    so; what was answered before is kept.
    """
    kept = keys.answers(settings.run_id, arm.model, arm.name)
    with rows_kept(bucket, kept) as rows:  # those of a batch that was interrupted among them
        _answer_all(bucket, desk, settings, arm, rows, late)
    desk.warn(settings.run_id)
    return len(rows)


def _answer_all(
    bucket: Bucket,
    desk: Desk,
    settings: RunSettings,
    arm: Arm,
    rows: Rows,
    late: Callable[[], bool],
) -> None:
    """Ask what is not asked yet, adding to `rows`."""
    shown = _evaluation_set(bucket, settings)
    outcome = bucket.read_json(keys.outcome(settings.run_id, arm.model))
    if _waits_for_a_hand(settings, arm):
        desk = replace(desk, model_patience=timedelta())  # a person is not there in five minutes
    items = shown.items(settings.show.questions)
    for item in items[len(rows) :]:
        if late():
            raise BatchUnfinished(f"{arm.model}, {arm.name}: answered {len(rows)} of {len(items)}")
        question = samples.question(
            settings, arm.model, arm.name, item.prompt, shown, outcome["fine_tuned_model"]
        )
        try:
            answered = ask(desk, question)
        except ModelNotReady as error:
            if _waits_for_a_hand(settings, arm):
                raise _hand_wanted(settings, arm, outcome) from error
            raise
        rows.add(samples.answer_row(settings, arm.model, arm.name, item, question, answered))
        _warn_now_and_then(desk, settings, len(rows))


def _waits_for_a_hand(settings: RunSettings, arm: Arm) -> bool:
    """Whether the arm's model answers only once a person has deployed it."""
    provider = settings.provider(settings.model(arm.model).provider)
    return arm.name == "tuned" and provider.deploy == "by_hand"


def _hand_wanted(settings: RunSettings, arm: Arm, outcome: Mapping[str, Any]) -> DeployByHand:
    return DeployByHand(
        f"{settings.model(arm.model).provider} answers only from a model that was deployed by hand; deploy "
        f"the result of job {outcome['job_id']} there under the name {outcome['fine_tuned_model']} and "
        "start the same run again: what was bought is kept"
    )


def judges(bucket: Bucket, settings: RunSettings) -> list[str]:
    """Who is to judge; nobody where the plan has no item to be judged."""
    judged = _evaluation_set(bucket, settings).judged
    return [judge.model for judge in settings.judges] if judged else []


def judge(
    bucket: Bucket, desk: Desk, settings: RunSettings, name: str, late: Callable[[], bool]
) -> dict[str, Any]:
    """Ask one judge every ballot, keeping votes as they come; returns what became of it.

    A judge that cannot tell the host from somebody else is asked no more. A ceiling or a refusal ends
    its work, not the run. Raises BatchUnfinished when `late` says so, SpendOverrun, or what may pass.
    """
    docket = _docket(bucket, settings, name)
    with rows_kept(bucket, keys.judgements(settings.run_id, name)) as rows:
        qualifying = docket.qualifying()
        stopped = _ask_all(desk, docket, qualifying, rows, late)
        qualified = judging.has_qualified(rows)
        if qualified and stopped is None:
            ballots = [*qualifying, *docket.comparing()]
            stopped = _ask_all(desk, docket, ballots, rows, late)
    became = {"judge": name, "asked": len(rows), "qualified": qualified, "stopped": stopped}
    bucket.write_json(keys.juror(settings.run_id, name), became)
    return became


def _ask_all(
    desk: Desk, docket: Docket, ballots: list[Ballot], rows: Rows, late: Callable[[], bool]
) -> str | None:
    """Ask what is not asked yet, adding to `rows`; why it ended early, if it did."""
    for ballot in ballots[len(rows) :]:
        if late():
            raise BatchUnfinished(f"{docket.judge.model} has judged {len(rows)} of {len(ballots)}")
        question = docket.question(ballot)
        try:
            answered = ask(desk, question)
        except (AnswerLost, ProviderRejected):
            answered = None
        except JUDGE_ENDS as end:
            return f"{type(end).__name__}: {end}"
        rows.add(docket.row(ballot, question, answered))
        _warn_now_and_then(desk, docket.settings, len(rows))
    desk.warn(docket.settings.run_id)
    return None


def _warn_now_and_then(desk: Desk, settings: RunSettings, bought: int) -> None:
    """To know whether there is something to warn of takes two readings, and an answer costs little."""
    if bought % WARN_EACH == 0:
        desk.warn(settings.run_id)


def _docket(bucket: Bucket, settings: RunSettings, name: str) -> Docket:
    asked_arms = arms(bucket, settings)
    tuned = dict.fromkeys(arm.model for arm in asked_arms)
    answers = judging.replies(_answers(bucket, settings, asked_arms))
    asked = _evaluation_set(bucket, settings)
    return Docket(settings.judge(name), settings, asked, answers, list(tuned))


def _answers(
    bucket: Bucket, settings: RunSettings, asked: Iterable[Arm]
) -> Iterator[dict[str, Any]]:
    for arm in asked:
        yield from bucket.read_json(keys.answers(settings.run_id, arm.model, arm.name)) or ()


def _evaluation_set(bucket: Bucket, settings: RunSettings) -> EvaluationSet:
    """What the plan priced; of a run that an older release planned, the questions alone."""
    document = bucket.read_json(keys.evaluation_set(settings.run_id))
    return EvaluationSet.from_document(document) if document else EvaluationSet()
