"""A context over the in-memory table and provider, with a clock that stands still."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from decimal import Decimal

import pytest

from shared.ledger import Ledger
from tests.unit.shared.fakes import Clock
from tests.unit.shared.ledgers import ledger_in_memory
from tests.unit.shared.memory_dynamodb import MemoryDynamoDB


@pytest.fixture
def client() -> MemoryDynamoDB:
    return MemoryDynamoDB()


@pytest.fixture
def ledger(client: MemoryDynamoDB, clock: Clock) -> Ledger:
    return ledger_in_memory(clock, "run", "second", ceiling=Decimal(1), client=client)


@pytest.fixture
def table_calls(client: MemoryDynamoDB) -> list[str]:
    """The operations that the table is asked for, as they come."""
    calls: list[str] = []
    client.before = calls.append
    return calls


Dying = Callable[..., AbstractContextManager[None]]


class Killed(BaseException):
    """The end of a Lambda; no handler catches it."""


@pytest.fixture
def killed_at(client: MemoryDynamoDB) -> Dying:
    """Within the block, the Lambda dies at its n-th call of the table, before or after the deed."""

    @contextmanager
    def dying(number: int, *, after: bool = False) -> Iterator[None]:
        left = iter(range(number - 1, -1, -1))

        def die(operation: str) -> None:
            if next(left, -1) == 0:
                raise Killed

        moment = "after" if after else "before"
        setattr(client, moment, die)
        with suppress(Killed):
            yield
        setattr(client, moment, lambda operation: None)

    return dying
