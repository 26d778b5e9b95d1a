"""The ledger on two emulations of DynamoDB: the public one, and ours, which the campaign uses."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from shared.ledger import Ledger
from tests.unit.shared.fakes import Clock
from tests.unit.shared.memory_dynamodb import MemoryDynamoDB

TABLE = "ledger"


@pytest.fixture(params=["moto", "memory"])
def client(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    if request.param == "memory":
        yield MemoryDynamoDB(page_size=3)
        return
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        dynamodb = boto3.client("dynamodb", region_name="us-east-1")
        dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")
            ],
        )
        yield dynamodb


@pytest.fixture
def ledger(client: Any, clock: Clock) -> Ledger:
    return Ledger(client, TABLE, now=clock.now, sleep=clock.sleep)
