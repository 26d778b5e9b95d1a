"""Rules about how many and how long, which services hold a template to when it is deployed."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Template = Mapping[str, Any]
Breaches = Callable[[Template], Iterator[str]]


def at_most(section: str, limit: int) -> Breaches:
    """Return the rule that a section of the template has at most `limit` entries."""

    def breaches(template: Template) -> Iterator[str]:
        if (count := len(template.get(section, ()))) > limit:
            yield f"{section} has {count} entries, and {limit} are allowed"

    return breaches


def text(kind: str, name: str, limit: int) -> Breaches:
    """Return the rule that a kind of resource's property, where its text is known, has at most `limit` characters."""

    return _sized(
        kind, name, limit, "characters", lambda value: len(value) if isinstance(value, str) else 0
    )


def listed(kind: str, name: str, limit: int) -> Breaches:
    """Return the rule that a list of a kind of resource has at most `limit` entries."""

    return _sized(
        kind, name, limit, "entries", lambda value: len(value) if isinstance(value, list) else 0
    )


def parameter_values(template: Template) -> Iterator[str]:
    """Yield each parameter whose default has more than 4,096 bytes."""
    for name, parameter in template.get("Parameters", {}).items():
        size = len(str(parameter.get("Default", "")).encode())
        if size > 4096:
            yield f"the default of parameter {name} has {size} bytes, and 4096 are allowed"


def environments(template: Template) -> Iterator[str]:
    """Yield each function whose variables have more than 4 KB together."""
    for resource, properties in _of(template, "AWS::Lambda::Function"):
        variables = properties.get("Environment", {}).get("Variables", {})
        size = sum(len(name.encode()) + len(_written(value)) for name, value in variables.items())
        if size > 4096:
            yield f"the environment of {resource} has {size} bytes, and 4096 are allowed"


def role_policies(template: Template) -> Iterator[str]:
    """Yield each role whose inline policies have more than 10,240 characters together, blanks left out."""
    for resource, properties in _of(template, "AWS::IAM::Role"):
        policies = properties.get("Policies", ())
        size = sum(len(_written(one.get("PolicyDocument"))) for one in policies)
        if size > 10_240:
            yield f"the inline policies of {resource} have {size} characters, and 10240 are allowed"


def documents(kind: str, name: str, limit: int) -> Breaches:
    """Return the rule that a policy document has at most `limit` characters, blanks left out."""

    return _sized(kind, name, limit, "characters", lambda value: len(_written(value)))


def _sized(kind: str, name: str, limit: int, what: str, size_of: Callable[[Any], int]) -> Breaches:
    """Return the rule that a kind of resource's property has a size of at most `limit`; a text is shown."""

    def breaches(template: Template) -> Iterator[str]:
        for resource, properties in _of(template, kind):
            value = properties.get(name)
            if (size := size_of(value)) > limit:
                shown = f": {value:.60}" if isinstance(value, str) else ""
                yield f"{resource}/{name} has {size} {what}, and {limit} are allowed{shown}"

    return breaches


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _of(template: Template, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, resource in template.get("Resources", {}).items():
        if isinstance(resource, Mapping) and resource.get("Type") == kind:
            yield name, resource.get("Properties") or {}
