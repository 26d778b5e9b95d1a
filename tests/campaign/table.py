"""Tables for a ledger, and a DynamoDB client whose calls may fail on either side of the deed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Hook = Callable[[str], None]


@contextmanager
def ledger_table(client: Any, name: str) -> Iterator[None]:
    """A table of the ledger's shape for as long as the block lasts; `client` is boto3's."""
    keys = ("pk", "HASH"), ("sk", "RANGE")
    client.create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
    )
    yield
    client.delete_table(TableName=name)


class UnreliableTable:
    """The calls of `client`, with `before` and `after` called around each; either may raise."""

    def __init__(self, client: Any, before: Hook, after: Hook) -> None:
        self._client, self.before, self.after = client, before, after

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            self.before(operation)
            try:
                return getattr(self._client, operation)(**request)
            finally:
                self.after(operation)

        return call
