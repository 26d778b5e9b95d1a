"""A ledger in memory."""

from decimal import Decimal

from shared.ledger import Ledger
from tests.unit.shared.fakes import Clock
from tests.unit.shared.memory_dynamodb import MemoryDynamoDB


def ledger_in_memory(
    clock: Clock,
    *runs: str,
    ceiling: Decimal = Decimal("5.00"),
    client: MemoryDynamoDB | None = None,
) -> Ledger:
    """Return a ledger that goes by `clock`, with these runs opened, and $100 as the ceiling of their month."""
    ledger = Ledger(client or MemoryDynamoDB(), "ledger", now=clock.now, sleep=clock.sleep)
    for run_id in runs:
        ledger.open_run(run_id, ceiling, "2026-11", Decimal(100))
    return ledger
