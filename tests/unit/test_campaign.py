"""A small fault campaign, and the means it is judged by; `make bench` runs the large one."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from infra.local.provider.store import Job
from shared.errors import Transient
from shared.providers import CALL_TIMEOUT_SECONDS, OutcomeUnknown
from shared.purchases import ask, cancel_jobs, ensure_job, poll_job, rules, settle_job
from tests.campaign import line
from tests.campaign.execution import MAX_JOB_AGE
from tests.campaign.judge import SERVICES, Judge, Verdict, run_campaign, run_schedule
from tests.campaign.line import Trouble
from tests.campaign.variants import drawn
from tests.campaign.world import Run, World
from tests.unit.shared.purchases.orders import MONTH

SEEDS, SCHEDULES_EACH = range(150, 300), 20  # seeds that bring every trouble
LONGEST_JOB_SECONDS = 600


def test_no_schedule_of_faults_overspends_buys_twice_or_leaves_a_job_running() -> None:
    campaign = run_campaign(SEEDS)
    assert campaign.faulty_seeds == []
    # The schedules must have been hard, and yet have come to an end.
    assert campaign.incidents.total() > 5 * len(SEEDS)
    assert campaign.reconciled > len(SEEDS) / 2
    assert campaign.ended_with_model > len(SEEDS) / 2
    for verb in ("create job", "ask"):
        for trouble in line.BUYING:
            assert campaign.incidents[f"{verb}: {trouble.name}"], (verb, trouble.name)
    assert campaign.incidents[f"ask: {line.BUSY.name}"]


@pytest.mark.parametrize("behaviour", [name for name in SERVICES if name != "bare"])
def test_no_service_sells_anything_twice_or_beyond_its_reservation(behaviour: str) -> None:
    campaign = run_campaign(range(SCHEDULES_EACH), behaviour=SERVICES[behaviour])
    assert campaign.faulty_seeds == []
    assert campaign.ended_with_model > SCHEDULES_EACH / 2


def test_no_mixture_of_manners_does_either() -> None:
    verdicts = [run_schedule(seed, behaviour=drawn(seed)) for seed in range(SCHEDULES_EACH)]
    assert [verdict.seed for verdict in verdicts if not verdict.faultless] == []


def test_a_schedule_is_the_same_every_time() -> None:
    assert run_schedule(7) == run_schedule(7)


class Play:
    """One run on a stand-in that does as it should, but for the troubles it is told."""

    def __init__(self, world: World) -> None:
        world.calm()
        self.world = world
        self.run = Run("run", world.goods.ceiling("2.2"))
        self.order = world.goods.order("run")
        self.context = world.context(self.run)
        world.runs.append(self.run)
        self.troubles: list[Trouble | None] = []
        self.struck = "create job"
        world.trouble_with = self._trouble_with  # type: ignore[method-assign]

    def _trouble_with(self, verb: str) -> Trouble | None:
        return self.troubles.pop(0) if verb == self.struck and self.troubles else None

    def on_stage(self, work: Callable[[], Any]) -> Any:
        """What the work returns or raises, once everything it set off has come to its end."""
        ended: list[Any] = []

        def body() -> None:
            try:
                ended.append(work())
            except Exception as error:  # noqa: BLE001 (told to the test)
                ended.append(error)

        self.world.stage.spawn("test", body)
        self.world.stage.run()
        return ended[0]

    def open(self) -> None:
        self.world.ledger.open_run("run", self.run.ceiling, MONTH, Decimal(1000))

    def create(self) -> Any:
        return self.context.provider_of("openai").create(self.order.request(self._intent()))

    def _intent(self) -> Any:
        return type("Intent", (), {"attempt": 1, "file_id": self._file(), "run_id": "run"})

    def _file(self) -> str:
        file_id: str = (
            self.context.provider_of("openai")
            .upload("model.jsonl", self.world.goods.open_file())
            .file_id
        )
        self.context.sleep(LONGEST_JOB_SECONDS)  # by then it has been processed
        return file_id

    def buy(self) -> None:
        self.open()
        ensure_job(self.context, self.order, self.world.goods.open_file)
        self.context.sleep(LONGEST_JOB_SECONDS)
        poll_job(self.context, self.order, self.world.goods.open_file, MAX_JOB_AGE)
        settle_job(self.context, self.order)
        cancel_jobs(self.context, "run")

    @property
    def jobs(self) -> list[Job]:
        return self.world.standin.store.all(Job)

    def verdict(self) -> Verdict:
        self.world.silence()
        return Judge(self.world).verdict(0)


@pytest.fixture
def play() -> Any:
    with World(seed=0) as world:
        yield Play(world)


@pytest.mark.parametrize(
    ("trouble", "jobs"),
    [
        (line.REPLY_LOST, 1),
        (line.ERROR_AFTER, 1),
        (line.TIMED_OUT, 1),
        (line.LATE, 1),
        (line.ERROR_BEFORE, 0),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_creation_that_came_to_grief_was_sent_once_and_is_not_known_to_have_failed(
    play: Play, trouble: Trouble, jobs: int
) -> None:
    play.troubles = [trouble]
    assert isinstance(play.on_stage(play.create), OutcomeUnknown)
    assert len(play.jobs) == jobs
    assert set(play.world.payer.values()) <= {"run"}


@pytest.mark.parametrize(
    "trouble",
    [line.NOT_SENT, line.TOO_FAST, line.NO_CREDIT, line.NOT_ELIGIBLE],
    ids=lambda value: value.name,
)
def test_a_creation_that_surely_never_happened_is_known_as_such(
    play: Play, trouble: Trouble
) -> None:
    play.troubles = [trouble]
    failure = play.on_stage(play.create)
    assert isinstance(failure, Exception)
    assert not isinstance(failure, OutcomeUnknown)
    assert play.jobs == []


def test_the_client_repeats_what_buys_nothing_in_simulated_time(play: Play) -> None:
    play.struck, play.troubles = "list files", [line.NOT_SENT, line.TIMED_OUT]
    begun = play.world.stage.moment
    found = play.on_stage(lambda: play.context.provider_of("openai").find_files("x"))
    assert found == []
    assert (play.world.stage.moment - begun).total_seconds() > CALL_TIMEOUT_SECONDS


def test_what_stays_unreachable_is_a_passing_error(play: Play) -> None:
    play.struck, play.troubles = "list files", [line.NOT_SENT] * 3
    failure = play.on_stage(lambda: play.context.provider_of("openai").find_files("x"))
    assert isinstance(failure, Transient)


def test_an_undisturbed_run_is_faultless_and_costs_what_it_should(play: Play) -> None:
    play.on_stage(play.buy)
    verdict = play.verdict()
    assert (verdict.faultless, verdict.reconciled, verdict.bought) == (True, True, True)
    assert play.world.ledger.totals("run").settled == play.order.estimate


def test_the_judge_sees_a_job_bought_twice(play: Play) -> None:
    play.on_stage(play.buy)
    (job,) = play.jobs
    second = replace(job, id="second", created_at=play.world.standin.now())
    play.world.standin.store.put(second)
    play.world.payer["second"] = "run"
    verdict = play.verdict()
    assert verdict.duplicates == [f"second beside {job.id}"]
    assert verdict.left_running == ["second"]


def test_the_judge_sees_an_overspend_and_a_ledger_that_is_wrong(play: Play) -> None:
    play.on_stage(play.buy)
    (job,) = play.jobs
    for name in ("second", "third"):
        play.world.standin.store.put(replace(job, id=name))
        play.world.payer[name] = "run"
    verdict = play.verdict()
    assert "run was billed" in verdict.overspends[0]
    assert "settled" in verdict.misstated[0]


def test_what_a_provider_charges_beyond_a_reservation_is_not_our_overspend(play: Play) -> None:
    play.on_stage(play.buy)
    (job,) = play.jobs
    play.world.standin.store.put(replace(job, traits={"bill_factor": "4"}))
    verdict = play.verdict()
    assert (verdict.overspends, len(verdict.misstated)) == ([], 1)


def test_the_judge_sees_an_answer_billed_twice_unless_its_first_reply_was_lost(play: Play) -> None:
    def twice() -> None:
        play.open()
        first, _ = play.world.goods.questions("run")
        provider = play.context.provider_of("openai")
        provider.complete(first.request)
        provider.complete(first.request)

    play.on_stage(twice)
    assert "billed 2 times" in play.verdict().duplicates[0]


def test_an_answer_asked_again_because_its_reply_was_lost_is_no_duplicate(play: Play) -> None:
    def lost_once() -> None:
        play.open()
        ask(play.context, play.world.goods.questions("run")[0])

    play.struck, play.troubles = "ask", [line.ERROR_AFTER]
    play.on_stage(lost_once)
    assert len(play.world.payer) == 2
    assert play.verdict().duplicates == []


def test_looking_for_a_lost_job_by_metadata_alone_is_caught(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rules.Attempt, "made", lambda self, job: job.run_key in self.keys)
    assert run_campaign(range(12, 20)).duplicate_purchases > 0
