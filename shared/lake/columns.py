"""What the type of a table's rows says of its columns, and rows that were kept as JSON in these types again."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import cache
from types import NoneType
from typing import Any, TypeVar, cast, get_args, get_type_hints

Row = TypeVar("Row", bound=Mapping[str, object])


@cache
def columns(row: type) -> dict[str, Any]:
    """Return the type of each column of a type of rows, in order, leaving out that it may be empty."""
    hints = get_type_hints(row, include_extras=True)
    return {name: _filled(hint) for name, hint in hints.items()}


def from_json(row: type[Row], document: Mapping[str, Any]) -> Row:
    """Return a row that was kept as JSON: money and times in their types again, what it lacks as None."""
    restored = {name: _restored(kind, document.get(name)) for name, kind in columns(row).items()}
    return cast(Row, restored)


def _filled(hint: Any) -> Any:
    if NoneType not in get_args(hint):
        return hint
    (kind,) = (one for one in get_args(hint) if one is not NoneType)
    return kind


def _restored(kind: Any, value: Any) -> object:
    if value is None:
        return None
    if kind is Decimal:
        return Decimal(value)
    return datetime.fromisoformat(value) if kind is datetime else value
