"""One schedule's world: the table, the stand-in and the clock, each a supply of trouble."""

import tempfile
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Self

from infra.local.provider.behaviours import BARE, Behaviour
from infra.local.provider.catalogue import Model, read_catalogue
from infra.local.provider.context import AppState
from infra.local.provider.engine import ServedModel
from infra.local.provider.learning.engine import ModelRegistry, NGramEngine, TextGenerator
from infra.local.provider.server import Application
from infra.local.provider.store import Store
from shared import catalogue
from shared.ledger import Ledger
from shared.providers import ModelProvider
from shared.providers.openai_compat import OpenAICompatible
from shared.purchases import PurchaseContext
from tests.campaign.aws_line import MemoryS3, bedrock
from tests.campaign.goods import GOODS
from tests.campaign.line import (
    NOT_SENT,
    OTHER_RATE,
    OUTAGE_SECONDS,
    RATES,
    STALE_SECONDS,
    TROUBLES,
    OpenAILine,
    Trouble,
)
from tests.campaign.stage import Stage
from tests.campaign.table import UnreliableTable
from tests.unit.shared.memory_dynamodb import MemoryDynamoDB, client_error

KILL_RATE, TABLE_FAULT_RATE = 0.015, 0.03
CONTENTION = ("ThrottlingException", "TransactionConflictException", "InternalServerError")
FOR_GOOD = 1_000_000
TABLE = "campaign-ledger"


class Killed(BaseException):
    """A Lambda's sudden end."""


@dataclass(frozen=True)
class Run:
    """One execution of the state machine: its name, its ceiling and the model it wants."""

    run_id: str
    ceiling: Decimal
    purchase_id: str = "model-of-the-host"


class World:
    """Everything a schedule touches. `client` is boto3's for a DynamoDB with a table TABLE.

    `behaviour` is the stand-in's, and says by its name what is bought and how the buyer knows the service.

    `payer` names the run and `asked` the request behind each job and answer on the stand-in's bill;
    `unheard` counts how often a request may have been acted upon without anybody knowing of it.
    """

    def __init__(self, seed: int, client: Any = None, behaviour: Behaviour = BARE) -> None:
        self.rng = Random(seed)
        self.stage = Stage(self.rng)
        self.trouble = True
        self.incidents: Counter[str] = Counter()
        self.unheard: Counter[bytes] = Counter()
        self.payer: dict[str, str] = {}
        self.asked: dict[str, bytes] = {}
        self.runs: list[Run] = []
        self.goods, self._behaviour = GOODS[behaviour.name], behaviour
        self._outage_ends = self.stage.moment
        self._folder = tempfile.TemporaryDirectory()
        self.s3 = MemoryS3(self.gate)
        self.standin = self._odd_standin(Path(self._folder.name))
        self.application = Application(self.standin)
        self.month_ceiling = self.rng.choice([Decimal(1000), self.goods.ceiling("2.4")])
        self.table = UnreliableTable(
            client or MemoryDynamoDB(), self._before_table, self._after_table
        )
        self.ledger = Ledger(
            self.table,
            TABLE,
            now=self.stage.now,
            sleep=self.stage.sleep,
            jitter=lambda pause: self.rng.uniform(0, pause),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._folder.cleanup()

    def chance(self, rate: float) -> bool:
        return self.trouble and self.rng.random() < rate

    def context(self, run: Run) -> PurchaseContext:
        provider = self._door(run)
        return PurchaseContext(self.ledger, lambda name: provider, self.stage.now, self.stage.sleep)

    def _door(self, run: Run) -> ModelProvider:
        if self.goods.provider.api == "bedrock":
            return bedrock(self, run.run_id, self.goods.provider)
        return OpenAICompatible(OpenAILine(self, run.run_id).client(), self.goods.provider)

    def gate(self, what: str) -> None:
        """Time passes, others move, and the Lambda may not live to see the other side."""
        self.stage.sleep(self.rng.choice([0.0, 0.0, 0.1, 3.0]))
        actor = self.stage.actor
        ends_at = actor.lambda_ends_at
        if self.chance(KILL_RATE) or (ends_at is not None and self.stage.moment > ends_at):
            self.incidents[f"killed at {what}"] += 1
            self.unheard[actor.carries] += 1
            raise Killed

    def trouble_with(self, verb: str) -> Trouble | None:
        """What becomes of the request that is about to be sent."""
        if self.trouble and self.stage.moment < self._outage_ends:
            return NOT_SENT
        if not self.chance(RATES.get(verb, OTHER_RATE)):
            return None
        trouble = self.rng.choice(TROUBLES[verb])
        self.incidents[f"{verb}: {trouble.name}"] += 1
        if trouble is NOT_SENT:
            self._outage_ends = self.stage.after(self.rng.choice(OUTAGE_SECONDS))
        return trouble

    def calm(self) -> None:
        """The end of all trouble; jobs that were made odd stay so."""
        self.trouble = False
        self.standin.faults.clear()

    def silence(self) -> None:
        """From now on the table is only read, by the judge, off the stage."""
        self.table.before = self.table.after = lambda operation: None

    def _odd_standin(self, folder: Path) -> AppState:
        store = Store(folder)
        standin = AppState(
            catalogue=_offered(self._behaviour.name),
            store=store,
            engine=NGramEngine(store, self._behaviour, _CachedRegistry(store)),
            job_seconds=self.rng.choice([20, 120, 600]),
            api_key=None,
            behaviour=self._behaviour,
            s3=self.s3,
            now=lambda: self.stage.moment.timestamp(),
        )
        oddities = [
            self.rng.choice([None, None, None, {"action": "fail_job"}, {"action": "slow_job"}]),
            self.rng.choice(
                [None, None, *({"action": "trained_tokens", "factor": f} for f in ("1.02", "1.3"))]
            ),
            self.rng.choice([None, {"action": "progress"}]),
            self.rng.choice([None] * 9 + [{"action": "trained_tokens"}]),
            {"action": "stale_list", "seconds": self.rng.choice([0, 0, 30, STALE_SECONDS])},
        ]
        rules = [{**oddity, "times": FOR_GOOD} for oddity in oddities if oddity is not None]
        standin.faults.add({"rules": rules})
        return standin

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


class _CachedRegistry(ModelRegistry):
    """Models whose equal answers to equal questions are worked out once for all schedules."""

    def generator(self, model: ServedModel, *context: Any) -> TextGenerator:
        return _CachedGenerator(super().generator(model, *context), f"{model.name} {context}")


@dataclass(frozen=True)
class _CachedGenerator:
    generator: TextGenerator
    name: str

    def answer(self, prompt: str, rng: Random, temperature: float) -> str:
        asked = (self.name, prompt, temperature)
        if temperature or asked not in _ANSWERS:
            _ANSWERS[asked] = self.generator.answer(prompt, rng, temperature)
        return _ANSWERS[asked]


_ANSWERS: dict[tuple[str, str, float], str] = {}


@cache
def _offered(behaviour: str) -> dict[str, Model]:
    """The stand-in's own reading of the price list."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "catalogue.yaml"
        path.write_text(catalogue.dump(GOODS[behaviour].catalogue), encoding="utf-8")
        return read_catalogue(path)
