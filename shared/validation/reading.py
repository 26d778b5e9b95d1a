"""Reads what a person wrote, each key once, and finds the line of a value again."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, ClassVar

import yaml

MAX_UNFOLDED = 1_000_000
"""Values and their characters that aliases may make of a document."""


class Bounded:
    """For a YAML loader: refuses a document that its aliases make too large, or that contains itself."""

    def get_single_node(self) -> yaml.Node | None:
        """Return the document's root before anything is made of it; raises yaml.YAMLError."""
        root: yaml.Node | None = super().get_single_node()  # type: ignore[misc]  # the loader's own
        if root is not None:
            _check_unfolded(root)
        return root


class _OneOfEachKey(Bounded, yaml.SafeLoader):
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
    except RecursionError:
        raise yaml.YAMLError("it nests too deep; write it flatter") from None
    finally:
        loader.dispose()


def _check_unfolded(root: yaml.Node) -> None:
    """Raise where the aliases below `root` come to more than MAX_UNFOLDED, and to more than the document itself."""
    sizes: dict[int, int | None] = {}  # with aliases unfolded; None while it is measured
    written = 0

    def size_of(node: yaml.Node) -> int:
        nonlocal written
        if id(node) not in sizes:
            sizes[id(node)] = None
            own = 1 + (len(node.value) if isinstance(node, yaml.ScalarNode) else 0)
            written += own
            sizes[id(node)] = own + sum(map(size_of, _children(node)))
        size = sizes[id(node)]
        if size is None:
            raise yaml.constructor.ConstructorError(
                problem="this contains itself; write out what is meant",
                problem_mark=node.start_mark,
            )
        return size

    if size_of(root) > max(written, MAX_UNFOLDED):
        raise yaml.constructor.ConstructorError(
            problem=f"its aliases (`*name`) unfold to more than {MAX_UNFOLDED:,} characters; write out what is meant"
        )


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [each for pair in node.value for each in pair]
    return node.value if isinstance(node, yaml.SequenceNode) else []


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
    *_, last = _nodes(text, path)
    return last.start_mark.line + 1 if last is not None else None


def written_at(text: str, path: Sequence[int | str]) -> str | None:
    """Return the single value at `path` as it stands in the document, which YAML may have read as another."""
    nodes = _nodes(text, path)
    found = nodes[-1] if len(nodes) == len(path) + 1 else None
    return str(found.value) if isinstance(found, yaml.ScalarNode) else None


def _nodes(text: str, path: Sequence[int | str]) -> list[yaml.Node | None]:
    """The document and what is at each step of the path, as far as it is there."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader) if text else None
    except yaml.YAMLError:  # JSON that is indented with tabs
        node = None
    nodes = [node]
    for step in path:
        node = _child(node, step)
        if node is None:
            break
        nodes.append(node)
    return nodes


def _child(node: yaml.Node | None, step: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step] if step < len(node.value) else None
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == step), None)
    return None
