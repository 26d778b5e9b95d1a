"""Saved queries of a workgroup.

AWS: `AWS::Athena::NamedQuery` saves a query; a change of any property replaces it.
MiniStack 1.5.33: has Athena's own operations for it, and refuses the resource's type.
Here: the type is handled by those operations.
Case: `stack_with_a_named_query`.
"""

import json
from typing import Any

from ministack.services import athena
from ministack.services.cloudformation import provisioners

TYPE = "AWS::Athena::NamedQuery"


def install() -> None:
    """Let CloudFormation save queries."""
    handlers = {"create": _create, "update": _update, "delete": _delete}
    provisioners._RESOURCE_HANDLERS[TYPE] = handlers


def _create(
    _logical_id: str, properties: dict[str, Any], _stack: str
) -> tuple[str, dict[str, str]]:
    _, _, body = athena._create_named_query(properties)
    query_id: str = json.loads(body)["NamedQueryId"]
    return query_id, {"NamedQueryId": query_id}


def _update(
    query_id: str, _before: dict[str, Any], properties: dict[str, Any], stack: str
) -> tuple[str, dict[str, str]]:
    _delete(query_id, properties)
    return _create("", properties, stack)


def _delete(query_id: str, _properties: dict[str, Any]) -> None:
    athena._delete_named_query({"NamedQueryId": query_id})
