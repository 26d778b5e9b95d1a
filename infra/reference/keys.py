"""The keys of a show's profile and of the run input, from the models that read them."""

from collections.abc import Iterator, Mapping
from typing import Any

from shared.run import RunInput
from shared.shows import ShowProfile

PROFILE = """# Every key of a profile

A show is a YAML file. `name`, one of `feed`, `urls` and `transcripts`, and `host.name` are needed; `econchatr init`
writes one. Patterns are Python's regular expressions; case counts unless they begin with `(?i)`.

"""
RUN_INPUT = """# Every key of the run input

One JSON object: `econchatr local --input`, and the input of an execution on AWS. Options of the command line go before
it.

"""


def profile() -> str:
    """Every key of a profile, nested ones with a dot."""
    return PROFILE + _table(ShowProfile.model_json_schema())


def run_input() -> str:
    """Every key of the run input."""
    return RUN_INPUT + _table(RunInput.model_json_schema())


def _table(schema: Mapping[str, Any]) -> str:
    head = "| key | what it is | kind | by default |\n|---|---|---|---|\n"
    return head + "".join(f"| {' | '.join(row)} |\n" for row in _rows(schema, schema))


def _rows(
    of: Mapping[str, Any], schema: Mapping[str, Any], within: str = ""
) -> Iterator[tuple[str, ...]]:
    for name, told in of["properties"].items():
        nested = _nested(told, schema)
        needed = name in of.get("required", ())
        if nested is None:
            default = "needed" if needed else _default(told.get("default"))
            yield f"`{within}{name}`", told["description"], _kind(told), default
        else:
            if "description" in told:
                yield f"`{within}{name}`", told["description"], "object", "none"
            yield from _rows(nested, schema, f"{within}{name}.")


def _nested(told: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for choice in (told, *told.get("anyOf", ())):
        if "$ref" in choice:
            found: Mapping[str, Any] = schema["$defs"][choice["$ref"].rpartition("/")[2]]
            return found
    return None


def _kind(told: Mapping[str, Any]) -> str:
    choices = [choice for choice in told.get("anyOf", (told,)) if choice.get("type") != "null"]
    return " or ".join(dict.fromkeys(map(_one_kind, choices)))


def _one_kind(told: Mapping[str, Any]) -> str:
    kind = told.get("type", "")
    if kind == "array":
        return "list"
    if kind == "string" and told.get("format") == "date":
        return "date"
    least, most = told.get("minimum"), told.get("maximum")
    bounds = f" from {least:,}" if least is not None else ""
    shown: str = {"string": "text", "integer": "whole number"}.get(kind, kind)
    return shown + (f"{bounds} to {most:,}" if most is not None else bounds)


def _default(value: object) -> str:
    if value is None or value in ("", [], {}):
        return "none"
    if isinstance(value, list):
        return ", ".join(f"`{one}`" for one in value)
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"
