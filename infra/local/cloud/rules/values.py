"""Rules about what may stand in a template, whatever the resource."""

from collections.abc import Iterator, Mapping
from typing import Any


def nulls(template: Mapping[str, Any]) -> Iterator[str]:
    """Yield every place of a null; CloudFormation takes none, wherever it stands."""
    for place in _nulls(template, ""):
        yield f"'null' values are not allowed in templates: {place}"


def _nulls(node: Any, place: str) -> Iterator[str]:
    if node is None:
        yield place
    elif isinstance(node, Mapping):
        for name, value in node.items():
            yield from _nulls(value, f"{place}/{name}")
    elif isinstance(node, list):
        for number, value in enumerate(node):
            yield from _nulls(value, f"{place}/{number}")
