"""Many reservations at once for money that suffices for few of them, on a DynamoDB that is real or emulated."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from shared.errors import SpendCeilingReached
from shared.ledger import Ledger, Reservation
from tests.campaign.table import ledger_table
from tests.unit.shared.purchases.orders import MONTH

TABLE = "contended-ledger"
CONTENDERS, FIT = 200, 20
AMOUNT = Decimal("0.5")
THREADS = 32


@contextmanager
def contended_ledger(client: Any) -> Iterator[Ledger]:
    """A ledger in a table of its own; `client` is boto3's for DynamoDB."""
    with ledger_table(client, TABLE):
        yield Ledger(client, TABLE)


def race(ledger: Ledger) -> int:
    """How many of CONTENDERS reservations win under a run's ceiling that fits FIT of them."""
    ledger.open_run("run", FIT * AMOUNT, MONTH, Decimal(100))

    def contend(number: int) -> bool:
        wish = Reservation(
            "run", f"{number:03}", "model", "training", "gpt-4.1-mini", "openai", AMOUNT
        )
        try:
            return ledger.reserve(wish).status == "reserved"
        except SpendCeilingReached:
            return False

    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        return sum(pool.map(contend, range(CONTENDERS)))
