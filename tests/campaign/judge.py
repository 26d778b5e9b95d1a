"""Runs schedules to their end, redrives them, and judges by the stand-in's bill, not by our ledger."""

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import Any

from infra.local.provider import meter
from infra.local.provider.behaviours import BARE, BEHAVIOURS, Behaviour
from infra.local.provider.engine import TERMINAL, JobState
from infra.local.provider.store import Call, Job
from shared import money
from shared.ledger import RunNotOpen, Totals
from shared.providers import PURCHASE_FIELD
from tests.campaign.execution import Execution
from tests.campaign.table import ledger_table
from tests.campaign.world import TABLE, Run, World

# A model is estimated at 1 and reserved with the margin that its catalogue entry promises.
CEILINGS = ("0.6", "1", "1.03", "2.2", "4")
SERVICES = {**BEHAVIOURS, "bedrock": replace(BARE, name="bedrock")}
SURPRISES = ("token_factor", "bill_factor")


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


def run_campaign(seeds: Iterable[int], client: Any = None, behaviour: Behaviour = BARE) -> Campaign:
    """The schedules of `seeds`; `client` is boto3's for a DynamoDB to use in place of one in memory."""
    campaign = Campaign()
    for seed in seeds:
        with ledger_table(client, TABLE) if client else nullcontext():
            campaign.add(run_schedule(seed, client, behaviour))
    return campaign


def run_on_every_core(seeds: Iterable[int], behaviour: str) -> Campaign:
    """The schedules of `seeds` in a behaviour, shared out among processes."""
    campaign = Campaign()
    with ProcessPoolExecutor() as pool:
        schedule = partial(run_schedule, behaviour=SERVICES[behaviour])
        for verdict in pool.map(schedule, seeds, chunksize=10):
            campaign.add(verdict)
    return campaign


def run_schedule(seed: int, client: Any = None, behaviour: Behaviour = BARE) -> Verdict:
    """One random schedule: up to three executions at once, each to its end, then one that runs anew.

    The executions want the same model, or each its own and so the same money.
    """
    with World(seed, client, behaviour) as world:
        share = world.rng.choice([True, True, False])
        first = [
            _run(world, f"run-{n}", purchase_id="model-of-the-host" if share else f"model-{n}")
            for n in range(world.rng.choice([1, 1, 2, 3]))
        ]
        for run in first:
            world.stage.spawn(run.run_id, Execution(world, run), world.rng.choice([0, 0, 5, 300]))
        world.stage.run()
        world.calm()
        redrive = _run(world, "redrive", "4")
        world.stage.spawn(redrive.run_id, Execution(world, redrive))
        world.stage.run()
        world.silence()
        return Judge(world).verdict(seed)


def _run(
    world: World, run_id: str, models: str = "", purchase_id: str = "model-of-the-host"
) -> Run:
    run = Run(run_id, world.goods.ceiling(models or world.rng.choice(CEILINGS)), purchase_id)
    world.runs.append(run)
    return run


class Judge:
    """Reads the stand-in's store and its meter; of our ledger only what is held against them."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._now = world.standin.now()
        self._jobs = world.standin.store.all(Job)
        self._calls = world.standin.store.all(Call)
        states = ((job, self._state(job)) for job in self._jobs)
        bill = meter.bill(states, self._calls, world.standin.catalogue)
        self._total = Decimal(bill["exact_usd"])
        self._running = [row["job_id"] for row in bill["jobs"] if row["status"] not in TERMINAL]
        self._charges = {
            row.get("job_id") or row["id"]: Decimal(row["charged_usd"])
            for row in (*bill["jobs"], *bill["calls"])
        }

    def _state(self, job: Job) -> JobState:
        return self._world.standin.engine.state(job, self._now)

    def verdict(self, seed: int) -> Verdict:
        world = self._world
        reconciled = {run.run_id: self._is_reconciled(run) for run in world.runs}
        return Verdict(
            seed=seed,
            overspends=self._overspends() + self._bills_beyond_reservations(),
            duplicates=self._duplicate_jobs() + self._duplicate_answers(),
            left_running=self._running,
            misstated=[
                f"{run.run_id}: settled {self._settled(run)}, billed {self._billed(run)}"
                for run in world.runs
                if reconciled[run.run_id] and self._settled(run) != self._billed(run)
            ],
            errors=[repr(error) for error in world.stage.errors],
            reconciled=all(reconciled.values()),
            bought=any(self._state(job).status == "succeeded" for job in self._jobs),
            incidents=world.incidents,
        )

    def _billed(self, run: Run) -> Decimal:
        bought = (name for name, payer in self._world.payer.items() if payer == run.run_id)
        return money.add(*(self._charges[name] for name in bought))

    def _beyond_control(self, run: Run | None = None) -> Decimal:
        """What the stand-in charged by surprise for single jobs above all that was reserved for them."""
        ours = [job for job in self._jobs if run is None or self._world.payer[job.id] == run.run_id]
        odd = [job for job in ours if _is_surprising(job)]
        held = self._world.goods.promised
        return money.add(*(max(money.ZERO, self._charges[job.id] - held) for job in odd))

    def _bills_beyond_reservations(self) -> list[str]:
        """What costs more than is reserved for it although the service counts as it always does."""
        goods = self._world.goods
        longest = max(question.reserved for question in goods.questions("any"))
        bought = [(job.id, goods.promised) for job in self._jobs if not _is_surprising(job)]
        bought += [(call.id, longest) for call in self._calls]
        return [
            f"{name} was billed {self._charges[name]} of {held} reserved"
            for name, held in bought
            if self._charges[name] > held
        ]

    def _overspends(self) -> list[str]:
        """Bills above a ceiling by more than the provider charged beyond a reservation."""
        world = self._world
        wrong = [
            f"{run.run_id} was billed {self._billed(run)} of {run.ceiling}"
            for run in world.runs
            if self._billed(run) > run.ceiling + self._beyond_control(run)
        ]
        if self._total > world.month_ceiling + self._beyond_control():
            wrong.append(f"the month was billed {self._total} of {world.month_ceiling}")
        return wrong

    def _duplicate_jobs(self) -> list[str]:
        """Jobs of one purchase that ran at the same time, or after one that gave a model."""
        return [
            f"{later.id} beside {earlier.id}"
            for number, earlier in enumerate(self._jobs)
            for later in self._jobs[number + 1 :]
            if self._competes(earlier, later)
        ]

    def _competes(self, earlier: Job, later: Job) -> bool:
        if earlier.metadata[PURCHASE_FIELD] != later.metadata[PURCHASE_FIELD]:
            return False
        ended = self._state(earlier).finished_at
        if ended is None or ended > later.created_at:
            return True
        return self._state(earlier).status == "succeeded"

    def _duplicate_answers(self) -> list[str]:
        """Answers billed more often than once and what nobody can have heard of."""
        billed = Counter(self._world.asked[call.id] for call in self._calls)
        return [
            f"{request[:60]!r} billed {times} times, unheard {self._world.unheard[request]}"
            for request, times in billed.items()
            if times > 1 + self._world.unheard[request]
        ]

    def _totals(self, run: Run) -> Totals | None:
        try:
            return self._world.ledger.totals(run.run_id)
        except RunNotOpen:
            return None

    def _settled(self, run: Run) -> Decimal:
        totals = self._totals(run)
        return totals.settled if totals else money.ZERO

    def _is_reconciled(self, run: Run) -> bool:
        """Whether everything the run may have bought is known to the cent."""
        entries = self._world.ledger.entries(run.run_id)
        return all(entry.status in ("settled", "released") for entry in entries)


def _is_surprising(job: Job) -> bool:
    """Whether a fault made the job's bill larger than the service's rules do."""
    return any(surprise in job.traits for surprise in SURPRISES)
