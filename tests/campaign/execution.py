"""The state machine's path through one run, with its retries, its twins and its failing branch."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

from shared.errors import EconChatRError, Transient
from shared.purchases import (
    FineTuneFailed,
    ask,
    cancel_jobs,
    ensure_job,
    poll_job,
    settle_job,
)
from tests.campaign.world import Killed, Run, World
from tests.unit.shared.purchases.orders import MONTH

Result = TypeVar("Result")
DUPLICATE_RATE, ABORT_RATE, ABORTED_WITHIN_SECONDS = 0.15, 0.3, 600
RETRIES, FIRST_RETRY_SECONDS = 6, 10
DUPLICATE_SECONDS, NET_SECONDS = (0, 1, 30, 400, 2000), (1, 60)
LAMBDA_SECONDS, LONG_LAMBDA_SECONDS = 120, 900
POLL_SECONDS, MAX_JOB_AGE = 30, timedelta(minutes=20)


class Aborted(BaseException):
    """An execution's sudden end: nothing of it is ever called again."""


class RetriesExhausted(EconChatRError):
    """The state machine gave a Lambda up."""


class Execution:
    """One run from its opening to its shutdown; called, it plays itself on the world's stage."""

    def __init__(self, world: World, run: Run) -> None:
        self.world, self.run = world, run
        self.context = world.context(run)
        self.order = world.goods.order(run.run_id, run.purchase_id)
        self._aborts_at = (
            world.stage.after(world.rng.uniform(0, ABORTED_WITHIN_SECONDS))
            if world.chance(ABORT_RATE)
            else None
        )

    def __call__(self) -> None:
        world = self.world
        try:
            self._train_and_ask_or_fail()
            self.shut_down()
        except Aborted:
            world.incidents["execution aborted"] += 1
            # The rule that watches executions calls "Cancel fine tunes" in its stead.
            world.stage.spawn("net", self.shut_down, world.rng.choice(NET_SECONDS))

    def _train_and_ask_or_fail(self) -> None:
        try:
            self._train_and_ask()
        except EconChatRError as failure:
            self.world.incidents[f"run failed: {type(failure).__name__}"] += 1

    def shut_down(self) -> None:
        """The state "Cancel fine tunes", as often as it takes."""
        for _ in range(RETRIES):
            try:
                result = self._invoke(
                    lambda: cancel_jobs(self.context, self.run.run_id), LONG_LAMBDA_SECONDS
                )
            except EconChatRError:
                continue
            if not result.still_open:
                return

    def _train_and_ask(self) -> None:
        world, run = self.world, self.run
        self._invoke(
            lambda: world.ledger.open_run(run.run_id, run.ceiling, MONTH, world.month_ceiling)
        )
        status = self._invoke(lambda: ensure_job(self.context, self.order, world.goods.open_file))
        while not status.done:
            world.stage.sleep(POLL_SECONDS)
            status = self._invoke(
                lambda: poll_job(self.context, self.order, world.goods.open_file, MAX_JOB_AGE)
            )
        try:
            self._invoke(lambda: settle_job(self.context, self.order))
        except FineTuneFailed:
            world.incidents["fine tune failed"] += 1
        for asked in world.goods.questions(run.run_id):
            self._invoke(partial(ask, self.context, asked), LONG_LAMBDA_SECONDS)

    def _invoke(self, work: Callable[[], Result], seconds: float = LAMBDA_SECONDS) -> Result:
        """A Task state: the Lambda, again after a passing error or a sudden end."""
        world = self.world
        if world.chance(DUPLICATE_RATE):
            world.incidents["event delivered twice"] += 1
            delay = world.rng.choice(DUPLICATE_SECONDS)
            world.stage.spawn("duplicate", lambda: self._duplicate(work, seconds), delay)
        for retry in range(RETRIES):
            if self._aborts_at is not None and world.stage.moment >= self._aborts_at:
                self._aborts_at = None
                raise Aborted
            try:
                return self._lambda(work, seconds)
            except (Transient, Killed):
                world.stage.sleep(FIRST_RETRY_SECONDS * 2**retry)
        raise RetriesExhausted

    def _lambda(self, work: Callable[[], Result], seconds: float) -> Result:
        actor = self.world.stage.actor
        actor.lambda_ends_at = self.world.stage.after(seconds)
        try:
            return work()
        finally:
            actor.lambda_ends_at, actor.carries = None, b""

    def _duplicate(self, work: Callable[[], object], seconds: float) -> None:
        try:
            self._lambda(work, seconds)
        except (EconChatRError, Killed):
            return
