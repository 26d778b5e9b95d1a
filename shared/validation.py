"""Turns a validation library's findings into one sentence for a person."""

from collections.abc import Sequence

import yaml
from pydantic import ValidationError


def sentence(error: Exception, text: str = "") -> str:
    """What is wrong, where, and with which value, for the first few findings of `error`.

    `text` is the YAML that was validated, so that each finding can name its line.
    """
    if not isinstance(error, ValidationError):
        return " ".join(str(error).split())
    return "; ".join(
        f"{_place(finding['loc'], text)}: {finding['msg'].lower()} (found {finding['input']!r:.80})"
        for finding in error.errors()[:3]
    )


def line_of(text: str, path: Sequence[int | str]) -> int | None:
    """The line, from 1, on which the value at `path` of the YAML document begins; None if it is not there."""
    node = yaml.compose(text, Loader=yaml.SafeLoader) if text else None
    for step in path:
        inside = _child(node, step)
        if inside is None:
            break
        node = inside
    return node.start_mark.line + 1 if node is not None else None


def _child(node: yaml.Node | None, step: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step] if step < len(node.value) else None
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    return None


def _place(path: tuple[int | str, ...], text: str) -> str:
    name = ".".join(str(part) for part in path) or "document"
    line = line_of(text, path)
    return f"line {line}, {name}" if line else name
