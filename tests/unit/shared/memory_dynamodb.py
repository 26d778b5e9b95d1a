"""DynamoDB in memory: the few expressions the ledger writes, atomic under a lock.

Fast where thousands of schedules run; the ledger's own tests hold it against another emulation.
"""

import re
import threading
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from botocore.exceptions import ClientError

Item = dict[str, dict[str, Any]]


class MemoryDynamoDB:
    """The three calls of boto3's low-level client that the ledger makes.

    `before` and `after` are called with the operation's name around every call and may raise.
    """

    def __init__(self, page_size: int = 1000) -> None:
        self.items: dict[tuple[str, str], Item] = {}
        self.before: Callable[[str], None] = lambda operation: None
        self.after: Callable[[str], None] = lambda operation: None
        self._page_size = page_size
        self._lock = threading.Lock()

    def get_item(self, **request: Any) -> dict[str, Any]:
        return self._call("GetItem", lambda: self._read(request["Key"]))

    def query(self, **request: Any) -> dict[str, Any]:
        return self._call("Query", lambda: self._page(request))

    def transact_write_items(self, **request: Any) -> dict[str, Any]:
        return self._call("TransactWriteItems", lambda: self._transact(request["TransactItems"]))

    def _call(self, operation: str, call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        self.before(operation)
        try:
            with self._lock:
                return call()
        finally:
            self.after(operation)

    def _read(self, key: Item) -> dict[str, Any]:
        item = self.items.get(_name(key))
        return {} if item is None else {"Item": dict(item)}

    def _page(self, request: Mapping[str, Any]) -> dict[str, Any]:
        values = request["ExpressionAttributeValues"]
        pk, prefix = values[":pk"]["S"], values[":prefix"]["S"]
        start = request.get("ExclusiveStartKey")
        after = _name(start) if start else ("", "")
        names = sorted(
            n for n in self.items if n[0] == pk and n[1].startswith(prefix) and n > after
        )
        page: dict[str, Any] = {
            "Items": [dict(self.items[name]) for name in names[: self._page_size]]
        }
        if len(names) > self._page_size:
            last_pk, last_sk = names[self._page_size - 1]
            page["LastEvaluatedKey"] = {"pk": {"S": last_pk}, "sk": {"S": last_sk}}
        return page

    def _transact(self, actions: list[dict[str, Any]]) -> dict[str, Any]:
        written, reasons = {}, []
        for action in actions:
            ((kind, body),) = action.items()
            name = _name(body["Item" if kind == "Put" else "Key"])
            existing = self.items.get(name)
            holds = all(
                _holds(term, existing, body) for term in _terms(body["ConditionExpression"])
            )
            reasons.append({"Code": "None" if holds else "ConditionalCheckFailed"})
            if holds:
                written[name] = body["Item"] if kind == "Put" else _updated(existing or {}, body)
        if len(written) < len(actions):
            raise client_error("TransactionCanceledException", reasons)
        self.items |= written
        return {}


def client_error(code: str, reasons: list[dict[str, str]] | None = None) -> ClientError:
    response: Any = {"Error": {"Code": code, "Message": code}}
    return ClientError(response | ({"CancellationReasons": reasons} if reasons else {}), "call")


def _terms(condition: str) -> list[str]:
    return condition.split(" AND ")


def _holds(term: str, item: Item | None, body: Mapping[str, Any]) -> bool:
    if existence := re.fullmatch(r"attribute_(not_)?exists\(#?(\w+)\)", term):
        return (existence[2] in (item or {})) is (existence[1] is None)
    attribute, comparison, value = _parsed(r"#(\w+) (=|>=) (:\w+)", term)
    if item is None or attribute not in item:
        return False
    ours, theirs = _value(item[attribute]), _value(body["ExpressionAttributeValues"][value])
    return ours >= theirs if comparison == ">=" else ours == theirs


def _parsed(pattern: str, clause: str) -> tuple[str, ...]:
    match = re.fullmatch(pattern, clause)
    assert match, clause
    return match.groups()


def _updated(item: Item, body: Mapping[str, Any]) -> Item:
    verb, _, clauses = body["UpdateExpression"].partition(" ")
    change = {"SET": _set, "ADD": _add}[verb]
    return item | dict(
        change(clause, item, body["ExpressionAttributeValues"]) for clause in clauses.split(", ")
    )


def _set(clause: str, item: Item, values: Item) -> tuple[str, dict[str, Any]]:
    pattern = r"#(\w+) = (?:#(\w+) ([+-]) )?(:\w+)"
    target, source, sign, value = _parsed(pattern, clause)
    if source is None:
        return target, values[value]
    operand = _value(values[value])
    return target, _number(_value(item[source]) + (operand if sign == "+" else -operand))


def _add(clause: str, item: Item, values: Item) -> tuple[str, dict[str, Any]]:
    target, value = _parsed(r"#(\w+) (:\w+)", clause)
    return target, _number(_value(item[target]) + _value(values[value]))


def _value(attribute: Mapping[str, Any]) -> Any:
    ((kind, value),) = attribute.items()
    return Decimal(value) if kind == "N" else value


def _number(value: Decimal) -> dict[str, str]:
    return {"N": str(value)}


def _name(key: Item) -> tuple[str, str]:
    return key["pk"]["S"], key["sk"]["S"]
