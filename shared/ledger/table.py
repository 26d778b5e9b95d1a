"""DynamoDB as the ledger uses it: consistent reads, conditional writes, patience."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from shared.clock import jittered
from shared.ledger.records import LedgerBusy

Item = dict[str, Any]
Key = tuple[str, str]
Result = TypeVar("Result")

ATTEMPTS = 60
FIRST_PAUSE_SECONDS = 0.02
LONGEST_PAUSE_SECONDS = 1.0
CONTENTION = frozenset(
    {
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
        "ThrottlingError",
        "ThrottlingException",
        "ProvisionedThroughputExceeded",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "InternalServerError",
    }
)
_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


@dataclass(frozen=True, slots=True)
class Put:
    """Write a whole item when `condition` holds; `#name` stands for an attribute."""

    item: Item
    condition: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Update:
    """Change an item by `expression` when `condition` holds; `#name` stands for an attribute."""

    key: Key
    expression: str
    condition: str
    values: Mapping[str, object] = field(default_factory=dict)


class Table:
    """One table with the string keys `pk` and `sk`; `client` is boto3's low-level one."""

    def __init__(
        self,
        client: Any,
        name: str,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[float], float] = jittered,
    ) -> None:
        self._client = client
        self._name = name
        self._sleep = sleep
        self._jitter = jitter

    def get(self, key: Key) -> Item | None:
        """Return the item as last written, or None."""
        reply = self._patiently(
            lambda: self._client.get_item(TableName=self._name, Key=_key(key), ConsistentRead=True)
        )
        return _item(reply["Item"]) if "Item" in reply else None

    def items(self, pk: str, prefix: str) -> Iterator[Item]:
        """Yield every item under `pk` whose `sk` begins with `prefix`, in order, as last written."""
        start: dict[str, Any] = {}
        while True:
            page = self._patiently(lambda start=start: self._page(pk, prefix, start))  # type: ignore[misc]
            yield from map(_item, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _page(self, pk: str, prefix: str, start: Mapping[str, Any]) -> Any:
        return self._client.query(
            TableName=self._name,
            ConsistentRead=True,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={":pk": {"S": pk}, ":prefix": {"S": prefix}},
            **start,
        )

    def write(self, *writes: Put | Update) -> bool:
        """Write all of `writes` or, if a condition fails, none; return whether they were written.

        False may also be the second sight of a write whose first reply was lost: read, then decide.
        Raises LedgerBusy when the table stays contended.
        """
        actions = [self._action(write) for write in writes]
        try:
            self._patiently(lambda: self._client.transact_write_items(TransactItems=actions))
        except ClientError as error:
            if "ConditionalCheckFailed" in _codes(error):
                return False
            raise
        return True

    def _action(self, write: Put | Update) -> Any:
        text = write.condition + (write.expression if isinstance(write, Update) else "")
        action: dict[str, Any] = {"TableName": self._name, "ConditionExpression": write.condition}
        if names := {name: name[1:] for name in re.findall(r"#\w+", text)}:
            action["ExpressionAttributeNames"] = names
        if write.values:
            action["ExpressionAttributeValues"] = {
                name: _serialize(value) for name, value in write.values.items()
            }
        if isinstance(write, Put):
            return {"Put": action | {"Item": {k: _serialize(v) for k, v in write.item.items()}}}
        return {"Update": action | {"Key": _key(write.key), "UpdateExpression": write.expression}}

    def _patiently(self, call: Callable[[], Result]) -> Result:
        pause = FIRST_PAUSE_SECONDS
        for _ in range(ATTEMPTS):
            try:
                return call()
            except ClientError as error:
                codes = _codes(error)
                if "ConditionalCheckFailed" in codes or not codes & CONTENTION:
                    raise
            self._sleep(self._jitter(pause))
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        raise LedgerBusy(
            f"the ledger table {self._name} refused {ATTEMPTS} tries in a row because others were "
            "writing to it; try again, or run fewer executions at once"
        )


def _codes(error: ClientError) -> set[str]:
    """Return the error's code and, for a cancelled transaction, each action's."""
    reasons = cast("list[dict[str, str]]", error.response.get("CancellationReasons", []))
    return {error.response["Error"]["Code"], *(reason.get("Code", "None") for reason in reasons)}


def _key(key: Key) -> dict[str, Any]:
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def _item(attributes: Mapping[str, Any]) -> Item:
    return {name: _deserialize(value) for name, value in attributes.items()}
