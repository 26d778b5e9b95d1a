"""Records to items and back; an attribute that is None is not stored."""

from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter

from shared.ledger.table import Item, Key

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Record = TypeVar("Record", bound="DataclassInstance")


@cache
def _adapter(record_type: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(record_type)


def to_item(key: Key, record: "DataclassInstance") -> Item:
    """Return the item of a flat record under `key`; moments become ISO 8601."""
    values = ((field.name, getattr(record, field.name)) for field in fields(record))
    return {"pk": key[0], "sk": key[1]} | {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in values
        if value is not None
    }


def from_item(record_type: type[Record], item: Item) -> Record:
    """Return the record that `to_item` wrote."""
    record: Record = _adapter(record_type).validate_python(item)
    return record
