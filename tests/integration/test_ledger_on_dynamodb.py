"""The ledger on the embedded cloud's DynamoDB API, over HTTP and contended for real."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from shared.ledger import Ledger, Reservation
from tests.campaign.judge import run_campaign
from tests.campaign.race import AMOUNT, FIT, contended_ledger, race
from tests.integration.conftest import Machine
from tests.unit.shared.purchases.orders import MONTH

SCHEDULES = 6


@pytest.fixture
def ledger(machine: Machine) -> Iterator[Ledger]:
    with contended_ledger(machine.here.cloud.client("dynamodb")) as ledger:
        yield ledger


def test_of_200_reservations_at_once_exactly_the_20_that_fit_win(ledger: Ledger) -> None:
    assert race(ledger) == 20
    assert len(ledger.entries("run")) == 20
    for totals in (ledger.totals("run"), ledger.month_totals(MONTH)):
        assert (totals.reserved, totals.settled) == (FIT * AMOUNT, 0)


def test_schedules_of_faults_leave_the_money_right_on_this_table_too(machine: Machine) -> None:
    campaign = run_campaign(range(SCHEDULES), machine.here.cloud.client("dynamodb"))
    assert (campaign.schedules, campaign.faulty_seeds) == (SCHEDULES, [])


def test_picodollars_survive_the_round_trip(ledger: Ledger) -> None:
    ledger.open_run("run", Decimal(10), MONTH, Decimal(999_999_999))
    amount = Decimal("1.000000000001")
    ledger.reserve(Reservation("run", "job", "m", "training", "m", "openai", amount))
    ledger.settle("run", "job", Decimal("0.999999999999"), "")
    assert ledger.totals("run").available == Decimal("9.000000000001")
    assert ledger.month_totals(MONTH).available == Decimal("999999998.000000000001")
