import math
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import catalogue
from shared.errors import ModelShutdown, SpendCeilingReached
from shared.fine_tuning import stages
from shared.fine_tuning.stages import MAX_DEPLOYMENT_AGE, MOST_EVENTS, DeploymentFailed
from shared.lake import keys
from shared.ledger import RunClosed, SpendOverrun
from shared.providers import (
    Deployment,
    Job,
    JobEvent,
    ProviderRejected,
    ProviderUnavailable,
    TrainingStep,
)
from shared.purchases import PurchaseUnfinished
from tests.unit.shared.fakes import ERRORS, Fault
from tests.unit.shared.run.porch import SHOW, resolved

MODEL = catalogue.packaged().model("gpt-4.1-mini")
LLAMA = catalogue.packaged().model("llama-3.3-70b")
LINE = b'{"messages": []}\n'


def run(run_id="r1", **fields):
    return resolved(run_id=run_id, **{"models": [MODEL.model], **fields})


def planned(lake, run_id="r1", sha="a" * 64, model=MODEL, reserved="0.51"):
    row = {"model": model.model, "training_sha256": sha, "fits": True}
    money = {"estimated_usd": Decimal("0.50"), "reserved_usd": Decimal(reserved)}
    lake.write_json(keys.plan(run_id), [row | money])
    lake.write(keys.training_file(run_id, model.model), LINE)


@pytest.fixture
def bought(lake, context, clock):
    """Buys to the end; returns the outcome."""

    def buy(run_id="r1"):
        planned(lake, run_id)
        settings = run(run_id)
        stages.submit(lake, context, settings, MODEL)
        clock.sleep(200)
        stages.poll(lake, context, settings, MODEL)
        return stages.settle(lake, context, settings, MODEL, clock.now())

    return buy


def two_planned(lake):
    """A run whose plan has two models, with their training files."""
    settings = run(models=[MODEL.model, LLAMA.model])
    row = {"training_sha256": "a" * 64, "fits": True}
    row |= {"estimated_usd": Decimal("0.50"), "reserved_usd": Decimal("0.51")}
    lake.write_json(keys.plan("r1"), [row | {"model": one.model} for one in settings.models])
    for one in settings.models:
        lake.write(keys.training_file("r1", one.model), LINE)
    return settings


@pytest.mark.parametrize("trouble", [Fault.REJECTED, Fault.OUT_OF_MONEY, Fault.NOT_ELIGIBLE])
def test_what_ends_one_models_training_leaves_its_paid_sibling_alone(
    lake, context, provider, clock, ledger, trouble
):
    settings = two_planned(lake)
    assert stages.submit(lake, context, settings, MODEL).status == "running"
    provider.script("create", trouble)
    assert stages.submit(lake, context, settings, LLAMA).done
    for _ in range(2):
        outcome = stages.settle(lake, context, settings, LLAMA, clock.now())
        assert (outcome["status"], outcome["settled_usd"]) == ("failed", 0)
        assert type(ERRORS[trouble]()).__name__ in outcome["error"]
    clock.sleep(200)
    assert stages.poll(lake, context, settings, MODEL).status == "succeeded"
    assert stages.settle(lake, context, settings, MODEL, clock.now())["status"] == "succeeded"
    assert ledger.totals("r1").committed == provider.bill()


def test_a_job_that_is_too_old_is_given_up_alone_and_counted_when_it_has_stopped(
    lake, context, provider, clock, ledger
):
    settings = two_planned(lake)
    for one in settings.models:
        stages.submit(lake, context, settings, one)
    provider.made["job-2"].seconds = 10**9
    clock.sleep(stages.MAX_JOB_AGE.total_seconds() + 60)
    assert stages.poll(lake, context, settings, LLAMA).done
    assert stages.settle(lake, context, settings, LLAMA, clock.now())["status"] == "failed"
    stages.poll(lake, context, settings, MODEL)
    assert stages.settle(lake, context, settings, MODEL, clock.now())["status"] == "succeeded"
    stages.cancel(context, "r1")
    assert ledger.totals("r1").committed == ledger.totals("r1").settled > Decimal("0.50")
    assert provider.running() == []


def test_a_purchase_is_named_by_its_content_whoever_asks(lake):
    planned(lake)
    planned(lake, "r2")
    order = stages.order_of(lake, run(), MODEL)
    assert stages.order_of(lake, run("r2"), MODEL).purchase_id == order.purchase_id


def test_what_the_plan_says_is_reserved_is_what_is_reserved(lake, context, ledger):
    planned(lake, reserved="0.73")
    stages.submit(lake, context, run(), MODEL)
    (entry,) = ledger.entries("r1")
    assert entry.reserved == ledger.totals("r1").reserved == Decimal("0.73")


@pytest.mark.parametrize(
    "fields",
    [
        {"n_epochs": 3},
        {"show": {**SHOW, "training": {"seed": 1}}},
        {"show": {**SHOW, "name": "porch-two"}},
    ],
)
def test_another_training_is_another_purchase(lake, fields):
    planned(lake)
    before = stages.order_of(lake, run(), MODEL).purchase_id
    assert stages.order_of(lake, run(**fields), MODEL).purchase_id != before


def test_another_file_is_another_purchase(lake):
    planned(lake)
    before = stages.order_of(lake, run(), MODEL).purchase_id
    planned(lake, sha="b" * 64)
    assert stages.order_of(lake, run(), MODEL).purchase_id != before


def test_what_is_uploaded_is_the_training_file(lake, context, provider):
    planned(lake)
    stages.submit(lake, context, run(), MODEL)
    assert list(provider.contents.values()) == [LINE]


def test_a_bought_model_is_settled_as_billed_and_written_down(bought, lake, provider, ledger):
    outcome = bought()
    assert outcome["status"] == "succeeded"
    assert outcome["settled_usd"] == provider.bill() == Decimal("0.50")
    assert outcome["training_tokens"] == provider.job_tokens
    assert outcome["fine_tuned_model"] == "ft:job-1"
    assert lake.read_json(keys.outcome("r1", MODEL.model))["job_id"] == "job-1"
    assert (ledger.totals("r1").settled, ledger.totals("r1").reserved) == (Decimal("0.50"), 0)


def test_a_second_run_finds_the_model_and_pays_nothing(bought, provider, ledger):
    bought()
    outcome = bought("r2")
    assert len(provider.made) == 1
    assert (outcome["settled_usd"], outcome["bought_by"]) == (0, "r1")
    assert outcome["fine_tuned_model"] == "ft:job-1"
    assert ledger.totals("r2").settled == 0


def test_one_models_failure_is_written_down_and_not_raised(bought, lake, provider):
    provider.job_ending = "failed"
    outcome = bought()
    assert outcome["status"] == "failed"
    assert "the loss diverged" in outcome["error"]
    assert outcome["settled_usd"] == provider.bill() == 0
    assert lake.read_json(keys.outcome("r1", MODEL.model))["status"] == "failed"


def test_a_bill_beyond_the_reservation_is_written_down_before_it_stops_the_run(
    bought, lake, provider
):
    provider.job_tokens = 130_000
    with pytest.raises(SpendOverrun):
        bought()
    outcome = lake.read_json(keys.outcome("r1", MODEL.model))
    assert (outcome["status"], outcome["job_id"]) == ("overrun", "job-1")
    assert (outcome["fine_tuned_model"], outcome["training_tokens"]) == ("ft:job-1", 130_000)
    assert Decimal(outcome["settled_usd"]) == provider.bill()
    assert outcome["error"]


def test_a_job_that_runs_is_not_settled(lake, context, clock):
    planned(lake)
    stages.submit(lake, context, run(), MODEL)
    with pytest.raises(PurchaseUnfinished):
        stages.settle(lake, context, run(), MODEL, clock.now())
    assert lake.read_json(keys.outcome("r1", MODEL.model)) is None


def test_a_ceiling_too_low_buys_nothing(lake, context, provider, ledger):
    ledger.open_run("poor", Decimal("0.10"), "2026-11", Decimal(100))
    planned(lake, "poor")
    with pytest.raises(SpendCeilingReached, match=r"0\.51.*0\.10"):
        stages.submit(lake, context, run("poor"), MODEL)
    assert provider.made == {}


def test_a_cancelled_run_leaves_no_job_and_buys_no_more(lake, context, provider):
    planned(lake)
    provider.job_ending = None
    stages.submit(lake, context, run(), MODEL)
    stages.cancel(context, "r1")
    assert provider.running() == []
    planned(lake, sha="b" * 64)
    with pytest.raises(RunClosed):
        stages.submit(lake, context, run(), MODEL)


def test_a_job_that_cannot_be_stopped_is_an_error_with_the_most_it_may_cost(
    lake, context, provider
):
    planned(lake)
    provider.job_ending = None
    stages.submit(lake, context, run(), MODEL)
    provider.script("cancel", *[Fault.NOT_SENT] * 1000)
    provider.script("get", *[Fault.NOT_SENT] * 1000)
    with pytest.raises(
        stages.JobsLeftRunning, match=r"gpt-4.1-mini at openai .*at most \$0\.\d{6}"
    ):
        stages.cancel(context, "r1")


@given(first=st.integers(1, 999), days=st.integers(1, 7))
def test_looks_at_a_job_grow_with_the_logarithm_of_its_length(first, days):
    wait, waited, looks = first, 0, 0
    while waited < days * 86_400:
        before = waited
        grown = stages.next_wait(wait, waited)
        wait, waited, looks = grown["wait"], grown["waited"], looks + 1
        assert wait <= max(first, waited / 12)
        assert waited > before
    # Whole seconds round the first waits down, hence a dozen more than 1 + 12 + log(t / 12) / log(13 / 12).
    assert looks <= 25 + math.log(days * 86_400 / 12) / math.log(13 / 12)


def dates(**announced):
    return SimpleNamespace(shutdown_dates=lambda: announced)


def test_a_provider_that_announces_an_earlier_end_is_believed():
    day = date(2026, 11, 23)
    short = dates(**{MODEL.base_model: day + timedelta(days=5)})
    with pytest.raises(ModelShutdown, match="2026-11-28"):
        stages.check_still_offered(short, run(), MODEL, day)


def test_a_provider_that_announces_a_later_end_is_not():
    day = date(2026, 11, 23)
    near = MODEL.model_copy(update={"shutdown_date": day + timedelta(days=5)})
    later = dates(**{MODEL.base_model: day + timedelta(days=500)})
    with pytest.raises(ModelShutdown, match="2026-11-28"):
        stages.check_still_offered(later, run(), near, day)


def test_a_model_whose_end_nobody_announces_is_offered():
    endless = MODEL.model_copy(update={"shutdown_date": None})
    stages.check_still_offered(dates(), run(), endless, date(2026, 11, 23))


class Measured:
    """A provider that shows a training curve, or fails to."""

    def __init__(self, error=None):
        self.error = error

    def get(self, job_id):
        return Job(job_id, None, "succeeded")

    def result_metrics(self, job):  # noqa: ARG002 - the provider's signature
        if self.error:
            raise self.error
        return [TrainingStep(1, 2.5, None, None, None)]

    def events(self, job_id):  # noqa: ARG002 - the provider's signature
        if self.error:
            raise self.error
        at = datetime(2026, 11, 23, tzinfo=UTC)
        return [JobEvent(at, "info", f"line {number}") for number in range(MOST_EVENTS + 1)]


def test_the_training_curve_is_kept_by_step_and_the_log_by_line(bought, lake):
    bought()
    stages.save_curve(lake, Measured(), run(), MODEL)
    step, *log = lake.read_json(keys.curve("r1", MODEL.model))
    assert (step["step"], step["train_loss"], step["job_id"]) == (1, 2.5, "job-1")
    assert [row["message"] for row in log] == [f"line {n}" for n in range(1, MOST_EVENTS + 1)]
    assert {row["job_id"] for row in log} == {"job-1"}


@pytest.mark.parametrize("error", [ProviderRejected("no file"), ProviderUnavailable("later")])
def test_a_provider_that_shows_no_curve_costs_the_run_nothing(bought, lake, error):
    bought()
    stages.save_curve(lake, Measured(error), run(), MODEL)
    assert lake.read_json(keys.curve("r1", MODEL.model)) == []


class Deploying:
    """A provider that serves a tuned model under a name of its own choice after a while."""

    def __init__(self):
        self.deployed = {}
        self.asked = []

    def checkpoints(self, job_id):
        return [f"{job_id}-last", f"{job_id}-first"]

    def deploy(self, name, base_model, job_id, checkpoint):
        self.asked.append((base_model, job_id, checkpoint))
        self.deployed[f"{name}-1d4a"] = Deployment(f"{name}-1d4a", "validating")
        return self.deployed[f"{name}-1d4a"]

    def deployment(self, name):
        return self.deployed.get(name)

    def undeploy(self, name):
        self.deployed.pop(name, None)

    def becomes(self, status):
        self.deployed = {
            name: replace(found, status=status) for name, found in self.deployed.items()
        }


@pytest.fixture
def deploying():
    return Deploying()


@pytest.fixture
def trained(lake, clock):
    def write(run_id="r1"):
        outcome = {
            "purchase_id": "bought",
            "job_id": "job-1",
            "settled_at": clock.now(),
            "fine_tuned_model": None,
        }
        lake.write_json(keys.outcome(run_id, LLAMA.model), outcome)
        return run(run_id, models=[LLAMA.model])

    return write


def test_a_deployment_is_asked_for_once_and_waited_for(lake, deploying, trained, clock):
    settings = trained()
    for _ in range(3):
        assert stages.deploy(lake, deploying, settings, LLAMA, clock.now()) is False
    assert deploying.asked == [(LLAMA.base_model, "job-1", "job-1-last")]
    deploying.becomes("active")
    assert stages.deploy(lake, deploying, settings, LLAMA, clock.now()) is True
    outcome = lake.read_json(keys.outcome("r1", LLAMA.model))
    assert outcome["fine_tuned_model"] == "econchatr-bought-1d4a"


def test_what_a_person_deploys_is_named_and_left_to_be_asked(lake, deploying, trained, clock):
    settings = trained()
    by_hand = settings.provider("nebius").model_copy(update={"deploy": "by_hand"})
    settings = settings.model_copy(update={"providers": (by_hand,)})
    assert stages.deploy(lake, deploying, settings, LLAMA, clock.now()) is True
    assert deploying.asked == []
    kept = lake.read_json(keys.outcome(settings.run_id, LLAMA.model))
    assert kept["fine_tuned_model"] == f"econchatr-{kept['purchase_id']}"


def test_a_deployment_is_named_in_the_outcome_before_it_answers(lake, deploying, trained, clock):
    settings = trained()
    stages.deploy(lake, deploying, settings, LLAMA, clock.now())
    outcome = lake.read_json(keys.outcome("r1", LLAMA.model))
    assert outcome["fine_tuned_model"] == "econchatr-bought-1d4a"


def test_a_job_whose_checkpoints_are_not_shown_is_waited_for_and_then_given_up(
    lake, deploying, trained, clock, monkeypatch
):
    settings = trained()
    monkeypatch.setattr(deploying, "checkpoints", lambda job_id: [])
    assert stages.deploy(lake, deploying, settings, LLAMA, clock.now()) is False
    clock.sleep(MAX_DEPLOYMENT_AGE.total_seconds() + 1)
    with pytest.raises(DeploymentFailed, match=r"no checkpoint yet.*kept there as job job-1"):
        stages.deploy(lake, deploying, settings, LLAMA, clock.now())


def test_another_run_finds_the_deployment_under_its_kept_name(lake, deploying, trained, clock):
    stages.deploy(lake, deploying, trained(), LLAMA, clock.now())
    deploying.becomes("active")
    assert stages.deploy(lake, deploying, trained("r2"), LLAMA, clock.now()) is True
    assert len(deploying.asked) == 1
    outcome = lake.read_json(keys.outcome("r2", LLAMA.model))
    assert outcome["fine_tuned_model"] == "econchatr-bought-1d4a"


def test_a_deployment_the_provider_no_longer_has_is_asked_for_again(
    lake, deploying, trained, clock
):
    stages.deploy(lake, deploying, trained(), LLAMA, clock.now())
    deploying.deployed.clear()
    assert stages.deploy(lake, deploying, trained("r2"), LLAMA, clock.now()) is False
    assert len(deploying.asked) == 2


def test_a_deployment_the_provider_gives_up_on_fails_with_where_the_model_is(
    lake, deploying, trained, clock
):
    settings = trained()
    stages.deploy(lake, deploying, settings, LLAMA, clock.now())
    deploying.becomes("error")
    with pytest.raises(DeploymentFailed, match=r"econchatr-bought-1d4a.*error.*job-1"):
        stages.deploy(lake, deploying, settings, LLAMA, clock.now())


def test_a_deployment_that_takes_too_long_fails(lake, deploying, trained, clock):
    settings = trained()
    stages.deploy(lake, deploying, settings, LLAMA, clock.now())
    clock.sleep(MAX_DEPLOYMENT_AGE.total_seconds())
    assert stages.deploy(lake, deploying, settings, LLAMA, clock.now()) is False
    clock.sleep(1)
    with pytest.raises(DeploymentFailed, match="validating"):
        stages.deploy(lake, deploying, settings, LLAMA, clock.now())


def test_a_deployment_that_answers_at_last_is_used_however_late(lake, deploying, trained, clock):
    settings = trained()
    stages.deploy(lake, deploying, settings, LLAMA, clock.now())
    deploying.becomes("active")
    clock.sleep(2 * MAX_DEPLOYMENT_AGE.total_seconds())
    assert stages.deploy(lake, deploying, settings, LLAMA, clock.now()) is True


def test_settlement_times_come_back_as_they_were_written(bought, lake, clock):
    bought()
    kept = lake.read_json(keys.outcome("r1", MODEL.model))["settled_at"]
    assert datetime.fromisoformat(kept) == clock.now()


def costing_idle(settings):
    idle = settings.provider("nebius").model_copy(update={"idle_costs": True})
    return settings.model_copy(update={"providers": (idle,)})


def test_what_costs_while_nobody_asks_is_retired_by_the_run_that_deployed_it(
    lake, deploying, trained, clock
):
    first, second = costing_idle(trained()), costing_idle(trained("r2"))
    for settings in (first, second):
        stages.deploy(lake, deploying, settings, LLAMA, clock.now())
    for settings in (second, first, first):
        stages.retire(lake, lambda name: deploying, settings)
        assert bool(deploying.deployed) == (settings is second)
    stages.deploy(lake, deploying, costing_idle(trained("r3")), LLAMA, clock.now())
    assert len(deploying.asked) == 2


def test_what_costs_nothing_while_nobody_asks_stays(lake, deploying, trained, clock):
    settings = trained()
    stages.deploy(lake, deploying, settings, LLAMA, clock.now())
    stages.retire(lake, lambda name: deploying, settings)
    assert deploying.deployed


def test_a_run_that_deployed_nothing_retires_nothing(lake, deploying, trained):
    stages.retire(lake, lambda name: deploying, costing_idle(trained()))
    stages.retire(lake, lambda name: deploying, costing_idle(run("r9", models=[LLAMA.model])))


def test_what_cannot_be_retired_is_named_with_its_place(
    lake, deploying, trained, clock, monkeypatch
):
    def silent(name):
        raise ProviderUnavailable("no answer")

    settings = costing_idle(trained())
    stages.deploy(lake, deploying, settings, LLAMA, clock.now())
    monkeypatch.setattr(deploying, "undeploy", silent)
    with pytest.raises(
        stages.JobsLeftRunning, match=r"econchatr-bought-1d4a at nebius \(no answer\)"
    ):
        stages.retire(lake, lambda name: deploying, settings)


def test_a_job_that_cannot_be_looked_at_is_waited_for_until_it_is_as_old_as_one_may_become():
    trouble = ProviderUnavailable("away")
    since = datetime(2026, 12, 1, tzinfo=UTC)
    stages.check_patience(since, since + stages.MAX_JOB_AGE, trouble)
    with pytest.raises(ProviderUnavailable):
        stages.check_patience(since, since + stages.MAX_JOB_AGE + timedelta(seconds=1), trouble)
