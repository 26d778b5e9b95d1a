"""Reads CloudFormation YAML with its short-form functions, as plain dictionaries."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """SafeLoader that also knows !Ref, !Sub and the rest."""


def _function(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    assert isinstance(node, yaml.MappingNode)
    return {name: loader.construct_mapping(node, deep=True)}


_Loader.add_multi_constructor("!", _function)


def load_template(path: Path) -> dict[str, Any]:
    """The template at `path`; functions come as {"Fn::Sub": ...} and {"Ref": ...}."""
    document = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    assert isinstance(document, dict)
    return document


def substituted(definition: str, values: Mapping[str, Any]) -> str:
    """Return a state machine's definition with every `${name}` in its text replaced, as CloudFormation does first.

    A value may be text or a `!Join`; of what refers to a resource or parameter the name is put in.
    """
    return re.sub(r"\$\{(\w+)\}", lambda found: _text(values[found[1]]), definition)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if "Fn::Join" in value:
        delimiter, parts = value["Fn::Join"]
        return str(delimiter).join(parts)
    return str(value["Ref"])
