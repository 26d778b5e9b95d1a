"""The ledger on the embedded cloud's DynamoDB API, over HTTP and contended for real."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from shared.errors import SpendCeilingReached
from shared.ledger import Ledger, Reservation
from tests.integration.conftest import Machine

TABLE = "contended-ledger"


@pytest.fixture
def ledger(machine: Machine) -> Iterator[Ledger]:
    client = machine.here.cloud.client("dynamodb")
    keys = ("pk", "HASH"), ("sk", "RANGE")
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": name, "KeyType": kind} for name, kind in keys],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name, _ in keys],
    )
    yield Ledger(client, TABLE)
    client.delete_table(TableName=TABLE)


def test_of_200_reservations_at_once_exactly_the_20_that_fit_win(ledger: Ledger) -> None:
    ledger.open_run("run", Decimal(10), "2026-11", Decimal(100))

    def contend(number: int) -> bool:
        wish = Reservation(
            "run", f"{number:03}", "model", "training", "gpt-4.1-mini", "openai", Decimal("0.5")
        )
        try:
            return ledger.reserve(wish).status == "reserved"
        except SpendCeilingReached:
            return False

    with ThreadPoolExecutor(max_workers=32) as pool:
        won = list(pool.map(contend, range(200)))
    assert won.count(True) == 20
    assert len(ledger.entries("run")) == 20
    for totals in (ledger.totals("run"), ledger.month_totals("2026-11")):
        assert (totals.reserved, totals.settled) == (10, 0)


def test_picodollars_survive_the_round_trip(ledger: Ledger) -> None:
    ledger.open_run("run", Decimal(10), "2026-11", Decimal(999_999_999))
    amount = Decimal("1.000000000001")
    ledger.reserve(Reservation("run", "job", "m", "training", "m", "openai", amount))
    ledger.settle("run", "job", Decimal("0.999999999999"), "")
    assert ledger.totals("run").available == Decimal("9.000000000001")
    assert ledger.month_totals("2026-11").available == Decimal("999999998.000000000001")
