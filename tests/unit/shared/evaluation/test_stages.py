from decimal import Decimal

import pytest

from shared import catalogue
from shared.dataset.evaluation_set import EvaluationSet, Exchange, HeldOut, Reply
from shared.dataset.plans import costs
from shared.errors import SpendCeilingReached
from shared.evaluation import samples, stages
from shared.evaluation.stages import EveryFineTuneFailed, ModelArm
from shared.lake import keys
from shared.lake.schemas import SCHEMAS
from shared.providers import Completion, ModelNotReady, RateLimited, examples, token_counts
from shared.purchases import PurchaseContext
from tests.unit.shared.fakes import Fault
from tests.unit.shared.run.porch import SHOW, resolved

MINI = catalogue.packaged().model("gpt-4.1-mini")
LLAMA = catalogue.packaged().model("llama-3.1-8b")
QUESTIONS = ("Why a porch?", "Why a fence?", "Why a prairie?")
BASE, PROMPTED, TUNED = (ModelArm.named(name, MINI.model) for name in ("base", "prompted", "tuned"))
SHOWN = EvaluationSet(
    card="You are Ida Stone.",
    exchanges=(
        Exchange("p1", "e1", "Rain again.", "Rain is a guest."),
        Exchange("p2", "e2", "And the fence?", "It leans, as I do."),
    ),
    held_out=(
        HeldOut("p3", "e3", "We sat outside.", "So you did.", Reply("Tom Ash", "guest", "I left.")),
        HeldOut("p4", "e3", "It was late.", "It is always late.", None),
    ),
    probes=("Are you really Ida Stone?",),
    on_topic={QUESTIONS[0]: 2, QUESTIONS[1]: 0, QUESTIONS[2]: None},
)


def run(run_id="r1"):
    show = {**SHOW, "questions": list(QUESTIONS)}
    return resolved(run_id=run_id, show=show, models=[MINI.model, LLAMA.model])


def in_time():
    return False


def outcome(lake, model=MINI, status="succeeded", run_id="r1", error=None):
    row = {
        "model": model.model,
        "status": status,
        "error": error,
        "fine_tuned_model": f"ft:{model.model}" if status == "succeeded" else None,
    }
    lake.write_json(keys.outcome(run_id, model.model), row)


def shown(lake, run_id="r1"):
    """The run's evaluation set, as the plan left it."""
    lake.write_json(keys.evaluation_set(run_id), SHOWN.document())


def planned(lake, *models):
    lake.write_json(
        keys.plan("r1"), [{"model": model.model, "fits": fits} for model, fits in models]
    )


def kept(lake, arm=TUNED, run_id="r1"):
    return lake.read_json(keys.answers(run_id, arm.model, arm.arm))


def test_every_tuned_model_is_questioned_beside_its_base_and_its_prompted_base(lake):
    planned(lake, (MINI, True), (LLAMA, True))
    outcome(lake)
    outcome(lake, LLAMA)
    shown(lake)
    assert stages.arms(lake, run()) == [
        ModelArm.named(name, model.model)
        for model in (MINI, LLAMA)
        for name in ("base", "prompted", "tuned")
    ]


def test_a_run_that_was_planned_without_a_card_asks_no_prompted_arm(lake):
    planned(lake, (MINI, True))
    outcome(lake)
    assert stages.arms(lake, run()) == [BASE, TUNED]


def test_the_prompted_arm_is_sent_card_and_exchanges_and_then_what_the_others_are_sent(
    lake, context, provider
):
    outcome(lake)
    shown(lake)
    for arm in (BASE, PROMPTED, TUNED):
        assert stages.answer(lake, context, run(), arm, in_time) == 6
    sent = {"base": [], "prompted": [], "tuned": []}
    for at, call in enumerate(provider.calls):
        sent[list(sent)[at // 6]].append(call.request.messages)
    assert [messages[-1:] for messages in sent["prompted"]] == sent["base"] == sent["tuned"]
    cue = "\n\nIda Stone responds:"
    for messages in sent["prompted"]:
        assert [(message.role, message.content) for message in messages[:-1]] == [
            ("system", "You are Ida Stone."),
            ("user", f"Rain again.{cue}"),
            ("assistant", "Rain is a guest."),
            ("user", f"And the fence?{cue}"),
            ("assistant", "It leans, as I do."),
        ]
    assert {call.request.model for call in provider.calls[:12]} == {MINI.answering_model}


def test_an_arm_that_is_late_hands_over_and_goes_on_without_asking_again(lake, context, provider):
    outcome(lake)
    shown(lake)
    looks = iter(range(100))
    with pytest.raises(stages.BatchUnfinished, match="tuned: answered 4 of 6"):
        stages.answer(lake, context, run(), TUNED, lambda: next(looks) >= 4)
    assert stages.answer(lake, context, run(), TUNED, in_time) == 6
    assert len(provider.calls) == 6


def test_a_model_that_waits_for_a_person_to_deploy_it_says_what_to_do(lake, context, provider):
    by_hand = run().provider("openai").model_copy(update={"deploy": "by_hand"})
    waiting = run().model_copy(update={"providers": (by_hand,)})
    outcome(lake)
    trained = lake.read_json(keys.outcome("r1", MINI.model)) | {"job_id": "job-1"}
    lake.write_json(keys.outcome("r1", MINI.model), trained)
    shown(lake)
    provider.script("complete", *[Fault.NOT_READY] * 200)
    with pytest.raises(
        stages.DeployByHand, match=f"job job-1 there under the name ft:{MINI.model}"
    ):
        stages.answer(lake, context, waiting, TUNED, in_time)
    provider.script("complete", *[Fault.NOT_READY] * 200)
    with pytest.raises(ModelNotReady):
        stages.answer(lake, context, waiting, BASE, in_time)
    provider.faults["complete"].clear()
    assert stages.answer(lake, context, waiting, TUNED, in_time) == 6


def test_after_the_questions_the_held_out_items_are_asked_and_then_the_probes(lake, context):
    outcome(lake)
    shown(lake)
    stages.answer(lake, context, run(), TUNED, in_time)
    items = [(row["question"], row["item_kind"], row["pair_id"]) for row in kept(lake)]
    assert items == [
        *((number, "question", None) for number in (1, 2, 3)),
        (4, "held_out", "p3"),
        (5, "held_out", "p4"),
        (6, "probe", None),
    ]


def test_a_question_tells_whether_training_holds_its_topic(lake, context):
    outcome(lake)
    shown(lake)
    stages.answer(lake, context, run(), TUNED, in_time)
    tagged = {row["prompt"]: row["topic_in_training"] for row in kept(lake)}
    assert [tagged[question] for question in QUESTIONS] == [True, False, None]
    assert tagged["Are you really Ida Stone?"] is None


def test_what_people_said_is_kept_beside_the_machines_for_nothing_and_under_their_names(
    lake, context, provider
):
    shown(lake)
    assert stages.save_references(lake, run()) == 3
    assert not provider.calls
    host = lake.read_json(keys.answers("r1", run().show.name, "host"))
    impostor = lake.read_json(keys.answers("r1", run().show.name, "impostor"))
    assert [(row["question"], row["answer"]) for row in host] == [
        (4, "So you did."),
        (5, "It is always late."),
    ]
    assert [(row["question"], row["answer"]) for row in impostor] == [(4, "I left.")]
    assert impostor[0]["disclosure"] == "Words of Tom Ash in a held-out episode"
    for row in (*host, *impostor):
        assert set(row) == set(SCHEMAS["generations"].names)
        assert (row["generated"], row["model"], Decimal(row["cost_usd"])) == (False, None, 0)


def test_an_evaluation_set_is_the_same_after_it_was_kept(lake):
    shown(lake)
    assert EvaluationSet.from_document(lake.read_json(keys.evaluation_set("r1"))) == SHOWN


def test_a_model_that_failed_or_was_not_bought_is_not_questioned(lake):
    planned(lake, (MINI, True), (LLAMA, True), (catalogue.packaged().model("gpt-4o"), False))
    outcome(lake)
    outcome(lake, LLAMA, "failed", error="the loss diverged")
    assert {arm.model for arm in stages.arms(lake, run())} == {MINI.model}


def test_a_run_whose_models_all_failed_says_why_of_each(lake):
    planned(lake, (MINI, True), (LLAMA, True))
    outcome(lake, MINI, "failed", error="the loss diverged")
    outcome(lake, LLAMA, "failed", error="bad file")
    with pytest.raises(EveryFineTuneFailed, match=r"mini: the loss diverged; llama.*: bad file"):
        stages.arms(lake, run())


def test_every_question_is_asked_with_the_hosts_cue_and_kept(lake, context, provider):
    outcome(lake)
    assert stages.answer(lake, context, run(), TUNED, in_time) == 3
    asked = [call.request.messages[0].content for call in provider.calls]
    assert asked == [f"{question}\n\nIda Stone responds:" for question in QUESTIONS]
    rows = kept(lake)
    assert [(row["question"], row["prompt"]) for row in rows] == list(enumerate(QUESTIONS, 1))
    assert set(rows[0]) == set(SCHEMAS["generations"].names)
    assert rows[0]["disclosure"] == "Simulated; not the words of Ida Stone"


def test_the_tuned_arm_asks_the_tuned_model_and_the_base_arm_its_base(lake, context, provider):
    outcome(lake, LLAMA)
    for name in ("base", "tuned"):
        stages.answer(lake, context, run(), ModelArm.named(name, LLAMA.model), in_time)
    assert [call.request.model for call in provider.calls] == (
        [LLAMA.serving_model] * 3 + [f"ft:{LLAMA.model}"] * 3
    )


def test_each_arm_is_paid_at_its_own_price(lake, context, ledger):
    outcome(lake)
    for name in ("base", "tuned"):
        stages.answer(lake, context, run(), ModelArm.named(name, MINI.model), in_time)
    input_price, output_price = MINI.price("base_input"), MINI.price("base_output")
    base = input_price.of_tokens(50) + output_price.of_tokens(10)
    tuned = MINI.price("input").of_tokens(50) + MINI.price("output").of_tokens(10)
    assert Decimal(kept(lake, ModelArm.named("base", MINI.model))[0]["cost_usd"]) == base
    assert Decimal(kept(lake)[0]["cost_usd"]) == tuned
    assert ledger.totals("r1").settled == 3 * (base + tuned)


def asked(arm, run_id="r1", of=SHOWN):
    settings = run(run_id)
    return [
        samples.question(settings, arm.model, arm.arm, item.prompt, of, "ft:mini")
        for item in of.items(settings.show.questions)
    ]


def test_what_is_reserved_for_the_answers_is_what_the_plan_said(lake, context, ledger):
    outcome(lake)
    shown(lake)
    questions = [question for arm in (BASE, PROMPTED, TUNED) for question in asked(arm)]
    reserved = sum(question.reserved for question in questions)
    assert reserved == costs.evaluation_cost(MINI, run().show, SHOWN)
    for arm in (BASE, PROMPTED, TUNED):
        stages.answer(lake, context, run(), arm, in_time)
    assert sum(entry.reserved for entry in ledger.entries("r1")) == reserved
    for question in questions:
        line = examples.encode_line(question.request.messages)
        assert question.prompt_tokens >= token_counts.count_line(line, MINI)


@pytest.mark.parametrize("faults", [(None, Fault.REJECTED), (Fault.REJECTED,)])
def test_a_question_that_is_refused_is_one_answer_and_the_others_are_asked(
    lake, context, provider, ledger, faults
):
    outcome(lake)
    provider.script("complete", *faults)
    assert stages.answer(lake, context, run(), TUNED, in_time) == 3
    refused = kept(lake)[len(faults) - 1]
    assert (refused["answer"], refused["finish_reason"]) == ("", "no answer: no")
    assert [bool(row["answer"]) for row in kept(lake)].count(True) == 2
    assert ledger.totals("r1").reserved == 0


def test_an_answer_that_is_lost_twice_is_held_and_the_others_are_asked(
    lake, context, provider, ledger
):
    outcome(lake)
    provider.script("complete", None, Fault.LOST_AFTER, Fault.LOST_AFTER)
    assert stages.answer(lake, context, run(), TUNED, in_time) == 3
    assert kept(lake)[1]["finish_reason"].startswith("no answer: gpt-4.1-mini was asked 2 times")
    assert ledger.totals("r1").reserved > 0


def test_an_arm_that_is_refused_every_question_fails_also_when_it_is_called_again(
    lake, context, provider
):
    outcome(lake)
    provider.script("complete", *[Fault.REJECTED] * 3)
    for _ in range(2):
        with pytest.raises(stages.NoQuestionAnswered, match=r"none of 3 .*; the first: no"):
            stages.answer(lake, context, run(), TUNED, in_time)


def test_each_answer_is_kept_before_the_next_is_asked(lake, ledger, clock):
    kept_before = []

    class Watching:
        def complete(self, request):  # noqa: ARG002 - the provider's signature
            kept_before.append(len(kept(lake) or []))
            return Completion("An answer.", "stop", 50, 10)

    outcome(lake)
    context = PurchaseContext(ledger, lambda name: Watching(), clock.now, clock.sleep)
    stages.answer(lake, context, run(), TUNED, in_time)
    assert kept_before == [0, 1, 2]


def test_a_ceiling_reached_in_the_middle_keeps_what_was_answered(lake, ledger, context, provider):
    outcome(lake, run_id="poor")
    one = max(question.reserved for question in asked(TUNED, "poor", EvaluationSet()))
    ledger.open_run("poor", one + Decimal("0.000100"), "2026-11", Decimal(100))
    with pytest.raises(SpendCeilingReached):
        stages.answer(lake, context, run("poor"), TUNED, in_time)
    rows = kept(lake, run_id="poor")
    assert 0 < len(rows) < len(QUESTIONS)
    assert len(provider.calls) == len(rows)
    assert ledger.totals("poor").settled == sum(Decimal(row["cost_usd"]) for row in rows)


def test_a_batch_that_is_interrupted_goes_on_and_pays_for_no_answer_twice(
    lake, context, provider, ledger
):
    outcome(lake)
    provider.script("complete", None, Fault.NOT_SENT)
    with pytest.raises(Exception, match="no connection"):
        stages.answer(lake, context, run(), TUNED, in_time)
    assert len(kept(lake)) == 1
    stages.answer(lake, context, run(), TUNED, in_time)
    assert len(provider.calls) == len(kept(lake)) == 3
    assert [row["question"] for row in kept(lake)] == [1, 2, 3]
    assert {row["bought_now"] for row in kept(lake)} == {True}
    assert ledger.totals("r1").reserved == 0


def test_an_answer_that_was_paid_for_and_not_yet_kept_is_kept_as_bought_by_this_run(
    lake, context, provider
):
    outcome(lake)
    stages.answer(lake, context, run(), TUNED, in_time)
    whole, key = kept(lake), keys.answers("r1", TUNED.model, TUNED.arm)
    lake.write_json(key, whole[:1])  # as where the function was killed
    stages.answer(lake, context, run(), TUNED, in_time)
    assert len(provider.calls) == 3
    assert [(row["answer"], row["bought_now"]) for row in kept(lake)] == [
        (row["answer"], True) for row in whole
    ]


def test_an_answer_another_run_bought_is_free_and_marked_so(lake, context, ledger):
    outcome(lake)
    outcome(lake, run_id="r2")
    stages.answer(lake, context, run(), TUNED, in_time)
    stages.answer(lake, context, run("r2"), TUNED, in_time)
    assert {row["bought_now"] for row in kept(lake)} == {True}
    assert {row["bought_now"] for row in kept(lake, run_id="r2")} == {False}
    assert ledger.totals("r2").settled == 0


def test_a_provider_that_stays_busy_hands_the_wait_back_to_the_machine(lake, context, provider):
    outcome(lake)
    provider.script("complete", *[Fault.RATE_LIMITED] * 200)
    with pytest.raises(RateLimited):
        stages.answer(lake, context, run(), TUNED, in_time)
    assert kept(lake) is None
