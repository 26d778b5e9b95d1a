"""The emulation that the fault campaign stands on must itself refuse what DynamoDB refuses."""

from decimal import Decimal

import pytest
from botocore.exceptions import ClientError

from shared.ledger.table import Put, Table, Update
from tests.unit.shared.memory_dynamodb import MemoryDynamoDB


def test_a_transaction_with_one_false_condition_writes_nothing() -> None:
    client = MemoryDynamoDB()
    table = Table(client, "t")
    fresh = Put({"pk": "a", "sk": "1"}, "attribute_not_exists(pk)")
    missing = Update(("b", "1"), "SET #x = :x", "attribute_exists(pk)", {":x": 1})
    assert table.write(fresh, missing) is False
    assert client.items == {}


def test_the_reasons_name_the_condition_that_failed() -> None:
    client = MemoryDynamoDB()
    action = {
        "TableName": "t",
        "Item": {"pk": {"S": "a"}, "sk": {"S": "1"}},
        "ConditionExpression": "attribute_not_exists(pk)",
    }
    client.transact_write_items(TransactItems=[{"Put": action}])
    with pytest.raises(ClientError) as refused:
        client.transact_write_items(TransactItems=[{"Put": action}])
    assert refused.value.response["CancellationReasons"] == [{"Code": "ConditionalCheckFailed"}]


def test_a_missing_number_is_not_above_anything() -> None:
    table = Table(MemoryDynamoDB(), "t")
    take = Update(("a", "1"), "ADD #n :n", "#n >= :n", {":n": Decimal(0)})
    assert table.write(take) is False
