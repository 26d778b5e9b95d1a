"""A lake on an S3 in memory, and a shop: a clock, a provider and a ledger that two runs have opened."""

from collections.abc import Iterator

import pytest

from shared.lake.tables import Lake
from shared.ledger import Ledger
from shared.purchases import PurchaseContext
from tests.empty_lake import empty_lake
from tests.unit.shared.fakes import Clock, FakeProvider
from tests.unit.shared.ledgers import ledger_in_memory


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
    return ledger_in_memory(clock, "r1", "r2")


@pytest.fixture
def context(ledger: Ledger, provider: FakeProvider, clock: Clock) -> PurchaseContext:
    return PurchaseContext(ledger, lambda name: provider, clock.now, clock.sleep)
