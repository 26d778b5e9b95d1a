"""Reads what a person wrote, each key once, and finds the line of a value again."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar

import yaml


class _OneOfEachKey(yaml.SafeLoader):
    """Refuses a key that a mapping already has, where YAML libraries let the last one win.

    Knows no tags, whatever another library has taught SafeLoader in this process.
    """

    yaml_multi_constructors: ClassVar[dict[str | None, Any]] = {}

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key in (key for key, _ in node.value if isinstance(key, yaml.ScalarNode)):
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {key.value!r} stands a second time; keep one",
                    problem_mark=key.start_mark,
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


def read_yaml(text: str) -> Any:
    """Return the decoded document; raises yaml.YAMLError, of a repeated key too, naming the line."""
    loader = _OneOfEachKey(text)
    try:
        return _joined(loader.get_single_data())
    finally:
        loader.dispose()


def _joined(value: Any) -> Any:
    """Return the document with surrogate pairs joined: JSON writes an emoji as two escapes, YAML reads two halves."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_joined(each) for each in value]
    if isinstance(value, dict):
        return {_joined(key): _joined(each) for key, each in value.items()}
    return value


def one_of_each_key(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """For `json.loads(object_pairs_hook=...)`: the object; raises ValueError for a repeated key."""
    repeated = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]
    if repeated:
        raise ValueError(f"the field {repeated[0]!r} stands a second time; keep one")
    return dict(pairs)


def line_of(text: str, path: Sequence[int | str]) -> int | None:
    """Return the line, from 1, on which the value at `path` of the YAML or JSON document begins, if it is there."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader) if text else None
    except yaml.YAMLError:  # JSON that is indented with tabs
        return None
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
