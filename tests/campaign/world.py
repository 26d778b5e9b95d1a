"""One schedule's world: table, provider, Lambdas and executions, each of which may fail at any call."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

from shared.errors import EconChatRError, Transient
from shared.ledger import Ledger
from shared.purchases import (
    Desk,
    FineTuneFailed,
    Question,
    TrainingOrder,
    ask,
    cancel_jobs,
    ensure_job,
    poll_job,
    settle_job,
)
from tests.campaign.stage import Stage
from tests.unit.shared.fakes import FakeProvider, Fault
from tests.unit.shared.memory_dynamodb import MemoryDynamoDB, client_error
from tests.unit.shared.purchases.orders import MONTH, ORDER, open_file, question

Result = TypeVar("Result")
KILL_RATE, TABLE_FAULT_RATE = 0.015, 0.03
# The calls that a schedule makes only once or twice go wrong more often.
PROVIDER_FAULT_RATES = {"create": 0.4, "complete": 0.3, "cancel": 0.4}
OTHER_FAULT_RATE = 0.12
DUPLICATE_RATE, ABORT_RATE = 0.15, 0.01
RETRIES, FIRST_RETRY_SECONDS = 6, 10
LAMBDA_SECONDS, LONG_LAMBDA_SECONDS = 120, 900
POLL_SECONDS, MAX_JOB_AGE = 30, timedelta(minutes=20)
CONTENTION = ("ThrottlingException", "TransactionConflictException", "InternalServerError")
FAULTS = {
    "create": (Fault.LOST_AFTER, Fault.LOST_BEFORE, Fault.NOT_SENT, Fault.RATE_LIMITED),
    "complete": (Fault.LOST_AFTER, Fault.LOST_BEFORE, Fault.RATE_LIMITED, Fault.NOT_READY),
    "cancel": (Fault.REJECTED, Fault.NOT_SENT),
    "get": (Fault.ODD_STATUS, Fault.HIDDEN, Fault.NOT_SENT),
    "find": (Fault.NOT_SENT,),
    "find_files": (Fault.NOT_SENT,),
    "upload": (Fault.LOST_AFTER, Fault.LOST_BEFORE),
    "delete_file": (Fault.NOT_SENT,),
}


class Killed(BaseException):
    """A Lambda's sudden end."""


class Aborted(BaseException):
    """An execution's sudden end: nothing of it is ever called again."""


class RetriesExhausted(EconChatRError):
    """The state machine gave a Lambda up."""


@dataclass(frozen=True)
class Run:
    """One execution of the state machine: its name and its ceiling."""

    run_id: str
    ceiling: Decimal


class World:
    """Everything a schedule touches, and its supply of trouble."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.stage = Stage(self.rng)
        self.trouble = True
        self.incidents: Counter[str] = Counter()
        self.lost_asks: Counter[str] = Counter()
        self.runs: list[Run] = []
        self.client = MemoryDynamoDB()
        self.client.before, self.client.after = self._before_table, self._after_table
        self.provider = self._odd_provider()
        self.month_ceiling = self.rng.choice([Decimal(100), Decimal("1.2")])
        self.ledger = Ledger(
            self.client,
            "ledger",
            now=self.stage.now,
            sleep=self.stage.sleep,
            jitter=lambda pause: self.rng.uniform(0, pause),
        )

    def chance(self, rate: float) -> bool:
        return self.trouble and self.rng.random() < rate

    def desk(self, run: Run) -> Desk:
        provider: Any = Wire(self, run.run_id)
        return Desk(self.ledger, lambda name: provider, self.stage.now, self.stage.sleep)

    def gate(self, what: str) -> None:
        """Time passes, others move, and the Lambda may not live to see the other side."""
        self.stage.sleep(self.rng.choice([0.0, 0.0, 0.1, 3.0]))
        ends_at = self.stage.actor.lambda_ends_at
        if self.chance(KILL_RATE) or (ends_at is not None and self.stage.moment > ends_at):
            self.incidents[f"killed at {what}"] += 1
            raise Killed

    def calm(self) -> None:
        """The end of all trouble, the provider's oddities included."""
        self.trouble = False
        self.provider.job_ending, self.provider.tells_tokens = "succeeded", True
        self.provider.job_tokens = ORDER.tokens

    def silence(self) -> None:
        """From now on the table is only read, by the judge, off the stage."""
        self.client.before = self.client.after = lambda operation: None

    def _odd_provider(self) -> FakeProvider:
        told = self.rng.random() < 0.9
        return FakeProvider(
            self.stage,
            job_seconds=self.rng.choice([20, 120, 600]),
            job_ending=self.rng.choice(["succeeded", "succeeded", "succeeded", "failed", None]),
            job_tokens=self.rng.choice([100_000, 100_000, 102_000] + [130_000] * told),
            tells_tokens=told,
            tells_progress=told and self.rng.random() < 0.5,
            listing_delay=self.rng.choice([0, 0, 30, 200]),
        )

    def _before_table(self, operation: str) -> None:
        self.gate(operation)
        if self.chance(TABLE_FAULT_RATE):
            self.incidents["table refused"] += 1
            raise client_error(self.rng.choice(CONTENTION))

    def _after_table(self, operation: str) -> None:
        if self.chance(TABLE_FAULT_RATE / 3):
            self.incidents["table reply lost"] += 1
            raise client_error("InternalServerError")
        self.gate(f"after {operation}")


class Wire:
    """The provider as one run reaches it: over a line that may break on either side of the deed."""

    def __init__(self, world: World, payer: str) -> None:
        self._world = world
        self._payer = payer

    def __getattr__(self, verb: str) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            world = self._world
            world.gate(verb)
            world.provider.payer = self._payer
            if world.chance(PROVIDER_FAULT_RATES.get(verb, OTHER_FAULT_RATE)):
                fault = world.rng.choice(FAULTS[verb])
                world.incidents[f"{verb} {fault.name}"] += 1
                world.provider.script(verb, fault)
            reply = getattr(world.provider, verb)(*arguments)
            world.gate(f"after {verb}")
            return reply

        return call


class Execution:
    """The state machine's path through one run, with its retries and its failing branch."""

    def __init__(self, world: World, run: Run) -> None:
        self.world, self.run = world, run
        self.desk = world.desk(run)
        self.order: TrainingOrder = replace(ORDER, run_id=run.run_id)
        self.questions = [question(run.run_id, text) for text in ("Why?", "Whence?")]

    def __call__(self) -> None:
        try:
            self._train_and_ask()
        except Aborted:
            self.world.incidents["execution aborted"] += 1
            return
        except EconChatRError as failure:
            self.world.incidents[f"run failed: {type(failure).__name__}"] += 1
        self.wind_up()

    def wind_up(self) -> None:
        """The state "Cancel fine tunes", as often as it takes."""
        for _ in range(RETRIES):
            try:
                closing = self._invoke(
                    lambda: cancel_jobs(self.desk, self.run.run_id), LONG_LAMBDA_SECONDS
                )
            except (EconChatRError, Aborted):
                continue
            if not closing.still_open:
                return

    def _train_and_ask(self) -> None:
        world, run = self.world, self.run
        self._invoke(
            lambda: world.ledger.open_run(run.run_id, run.ceiling, MONTH, world.month_ceiling)
        )
        status = self._invoke(lambda: ensure_job(self.desk, self.order, open_file))
        while not status.done:
            world.stage.sleep(POLL_SECONDS)
            status = self._invoke(lambda: poll_job(self.desk, self.order, open_file, MAX_JOB_AGE))
        try:
            self._invoke(lambda: settle_job(self.desk, self.order))
        except FineTuneFailed:
            world.incidents["fine tune failed"] += 1
        for asked in self.questions:
            self._invoke(lambda asked=asked: self._ask(asked), LONG_LAMBDA_SECONDS)

    def _ask(self, asked: Question) -> None:
        lost_before = self.world.incidents["complete LOST_AFTER"]
        try:
            ask(self.desk, asked)
        except Killed:
            self.world.lost_asks[asked.generation_id] += 1
            raise
        finally:
            lost = self.world.incidents["complete LOST_AFTER"] - lost_before
            self.world.lost_asks[asked.generation_id] += lost

    def _invoke(self, work: Callable[[], Result], seconds: float = LAMBDA_SECONDS) -> Result:
        """A Task state: the Lambda, again after a passing error or a sudden end."""
        world = self.world
        if world.chance(DUPLICATE_RATE):
            world.incidents["event delivered twice"] += 1
            delay = world.rng.choice([0, 1, 30, 400])
            world.stage.spawn("duplicate", lambda: self._duplicate(work, seconds), delay)
        for retry in range(RETRIES):
            if world.chance(ABORT_RATE):
                raise Aborted
            try:
                return self._lambda(work, seconds)
            except (Transient, Killed):
                world.stage.sleep(FIRST_RETRY_SECONDS * 2**retry)
        raise RetriesExhausted

    def _lambda(self, work: Callable[[], Result], seconds: float) -> Result:
        actor = self.world.stage.actor
        actor.lambda_ends_at = self.world.stage.moment + timedelta(seconds=seconds)
        try:
            return work()
        finally:
            actor.lambda_ends_at = None

    def _duplicate(self, work: Callable[[], object], seconds: float) -> None:
        try:
            self._lambda(work, seconds)
        except (EconChatRError, Killed):
            return
