"""A lake on an S3 in memory, and a shop: a clock, a provider and a ledger that two runs have opened."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from shared.lake.tables import Lake
from shared.ledger import Ledger
from shared.purchases import PurchaseContext
from tests.empty_lake import empty_lake
from tests.unit.shared.fakes import Clock, FakeProvider
from tests.unit.shared.memory_dynamodb import MemoryDynamoDB


@pytest.fixture
def lake() -> Iterator[Lake]:
    with empty_lake() as lake:
        yield lake


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def provider(clock: Clock) -> FakeProvider:
    return FakeProvider(clock)


@pytest.fixture
def ledger(clock: Clock) -> Ledger:
    ledger = Ledger(MemoryDynamoDB(), "ledger", now=clock.now, sleep=clock.sleep)
    for run_id in ("r1", "r2"):
        ledger.open_run(run_id, Decimal("5.00"), "2026-11", Decimal(100))
    return ledger


@pytest.fixture
def desk(ledger: Ledger, provider: FakeProvider, clock: Clock) -> PurchaseContext:
    return PurchaseContext(ledger, lambda name: provider, clock.now, clock.sleep)
