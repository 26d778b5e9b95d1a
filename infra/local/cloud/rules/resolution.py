"""A template's text with its parameters in place, as far as it can be told before anything is made."""

import re
from collections.abc import Mapping
from typing import Any

PSEUDO = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws-iso-b",  # the longest of each, because a limit is held against them
    "AWS::Region": "ap-southeast-1",
    "AWS::URLSuffix": "amazonaws.com",
}
_NAMED = re.compile(r"\$\{([^!}][^}]*)\}")


def resolved(node: Any, values: Mapping[str, str]) -> Any:
    """Return the node with each Ref, Fn::Sub and Fn::Join that is known as text, and the others as they stand."""
    if isinstance(node, list):
        return [resolved(each, values) for each in node]
    if not isinstance(node, Mapping):
        return node
    inside = {name: resolved(each, values) for name, each in node.items()}
    match inside:
        case {"Ref": str(name)} if name in values:
            return values[name]
        case {"Fn::Sub": str(text)}:
            done = _substituted(text, values)
            return {"Fn::Sub": done} if _NAMED.search(done) else done.replace("${!", "${")
        case {"Fn::Sub": [str(text), dict(own)]}:
            done = _substituted(text, {**values, **own})
            return {"Fn::Sub": [done, own]} if _NAMED.search(done) else done.replace("${!", "${")
        case {"Fn::Join": [str(between), [*parts]]} if all(isinstance(one, str) for one in parts):
            return between.join(parts)
    return inside


def _substituted(text: str, values: Mapping[str, Any]) -> str:
    return _NAMED.sub(
        lambda found: value if isinstance(value := values.get(found[1]), str) else found[0], text
    )
