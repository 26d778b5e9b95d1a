"""Runs schedules to their end, redrives them, and judges by the provider's bill, not by our ledger."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from shared import money
from tests.campaign.world import Execution, Run, World
from tests.unit.shared.fakes import FakeJob
from tests.unit.shared.purchases.orders import MONTH


@dataclass(frozen=True)
class Verdict:
    """What one schedule came to; the lists name what must not happen."""

    seed: int
    overspends: list[str]
    duplicates: list[str]
    left_running: list[str]
    misstated: list[str]
    errors: list[str]
    reconciled: bool
    bought: bool
    incidents: Counter[str]

    @property
    def faultless(self) -> bool:
        wrongs = (self.overspends, self.duplicates, self.left_running, self.misstated, self.errors)
        return not any(wrongs)


@dataclass
class Campaign:
    """The sums over many schedules."""

    schedules: int = 0
    overspends: int = 0
    duplicate_purchases: int = 0
    jobs_left_running: int = 0
    settled_not_billed: int = 0
    errors: int = 0
    reconciled: int = 0
    ended_with_model: int = 0
    incidents: Counter[str] = field(default_factory=Counter)
    faulty_seeds: list[int] = field(default_factory=list)

    def add(self, verdict: Verdict) -> None:
        self.schedules += 1
        self.overspends += len(verdict.overspends)
        self.duplicate_purchases += len(verdict.duplicates)
        self.jobs_left_running += len(verdict.left_running)
        self.settled_not_billed += len(verdict.misstated)
        self.errors += len(verdict.errors)
        self.reconciled += verdict.reconciled
        self.ended_with_model += verdict.bought
        self.incidents += verdict.incidents
        if not verdict.faultless:
            self.faulty_seeds.append(verdict.seed)


def run_campaign(seeds: Iterable[int]) -> Campaign:
    campaign = Campaign()
    for seed in seeds:
        campaign.add(run_schedule(seed))
    return campaign


def run_schedule(seed: int) -> Verdict:
    """One random schedule: up to three executions at once, then all wound up and run anew."""
    world = World(seed)
    first = [_run(world, f"run-{n}") for n in range(world.rng.choice([1, 1, 2, 3]))]
    for run in first:
        world.stage.spawn(run.run_id, Execution(world, run), world.rng.choice([0, 0, 5, 300]))
    world.stage.run()
    world.calm()
    _wind_up(world, first)
    redrive = _run(world, "redrive", Decimal(2))
    world.stage.spawn(redrive.run_id, Execution(world, redrive))
    world.stage.run()
    world.silence()
    return _verdict(seed, world)


def _run(world: World, run_id: str, ceiling: Decimal | None = None) -> Run:
    ceilings = [Decimal("0.3"), Decimal("0.52"), Decimal("1.1"), Decimal(2)]
    run = Run(run_id, ceiling or world.rng.choice(ceilings))
    world.runs.append(run)
    return run


def _wind_up(world: World, runs: list[Run]) -> None:
    """What the net under aborted executions does; for the others nothing is left to do."""
    for run in runs:
        world.stage.spawn(f"net under {run.run_id}", Execution(world, run).wind_up)
        world.stage.run()


def _verdict(seed: int, world: World) -> Verdict:
    totals = {run.run_id: world.ledger.totals(run.run_id) for run in _opened(world)}
    unreconciled = [run_id for run_id in totals if not _is_reconciled(world, run_id)]
    return Verdict(
        seed=seed,
        overspends=_overspends(world),
        duplicates=_duplicate_jobs(world) + _duplicate_answers(world),
        left_running=world.provider.running(),
        misstated=[
            f"{run_id}: settled {sums.settled}, billed {world.provider.bill(run_id)}"
            for run_id, sums in totals.items()
            if run_id not in unreconciled and sums.settled != world.provider.bill(run_id)
        ],
        errors=[repr(error) for error in world.stage.errors],
        reconciled=not unreconciled,
        bought=any(job.ended_as == "succeeded" for job in world.provider.jobs.values()),
        incidents=world.incidents,
    )


def _opened(world: World) -> list[Run]:
    return [run for run in world.runs if ("RUN#" + run.run_id, "SCOPE") in world.client.items]


def _overspends(world: World) -> list[str]:
    """Bills above a ceiling that no overrun on record explains."""
    wrong = []
    for run in world.runs:
        billed = world.provider.bill(run.run_id)
        overrun = world.ledger.totals(run.run_id).overrun if run in _opened(world) else money.ZERO
        if billed > run.ceiling + overrun:
            wrong.append(f"{run.run_id} billed {billed} of {run.ceiling}, overrun {overrun}")
    month = world.ledger.month_totals(MONTH)
    if world.provider.bill() > month.ceiling + month.overrun:
        wrong.append(f"the month billed {world.provider.bill()} of {month.ceiling}")
    return wrong


def _duplicate_jobs(world: World) -> list[str]:
    """Jobs of one purchase that ran at the same time, or after one that gave a model."""
    jobs = list(world.provider.jobs.values())
    return [
        f"{later.job_id} beside {earlier.job_id}"
        for number, earlier in enumerate(jobs)
        for later in jobs[number + 1 :]
        if _competes(earlier, later)
    ]


def _competes(earlier: FakeJob, later: FakeJob) -> bool:
    if earlier.ended_at is None or earlier.ended_at > later.created_at:
        return True
    return earlier.ended_as == "succeeded"


def _duplicate_answers(world: World) -> list[str]:
    """Answers billed more often than replies were lost on the way or with their Lambda."""
    questions = {q.request: q.generation_id for q in Execution(world, world.runs[0]).questions}
    billed = Counter(questions[call.request] for call in world.provider.calls)
    return [
        f"answer {name} billed {times} times, {world.lost_asks[name]} lost"
        for name, times in billed.items()
        if times > 1 + world.lost_asks[name]
    ]


def _is_reconciled(world: World, run_id: str) -> bool:
    """Whether everything the run may have bought is known to the cent."""
    entries = world.ledger.entries(run_id)
    return all(e.status != "reserved" and "never reported" not in e.detail for e in entries)
