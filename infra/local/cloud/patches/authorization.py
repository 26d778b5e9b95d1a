"""What a request is about, for whom its policy names that and nothing else.

AWS: DescribeMapRun is judged by the Map Run, and a query's or saved query's id by the workgroup it belongs to
(Service Authorization Reference: Step Functions, Athena).
MiniStack 1.5.33: judges both by `*`, so that only who may do it to everything may do it.
Here: by the Map Run, and by the workgroup.
Case: `query_of_the_workgroup_that_a_policy_names`.
"""

import json
from contextlib import suppress
from typing import Any

from ministack.core import iam_actions
from ministack.services import athena


def install() -> None:
    """Name the resource where MiniStack has none."""
    extract = iam_actions.extract_resource_arn

    def named(service: str, method: str, path: str, headers: Any, body: bytes, *rest: Any) -> str:
        arn: str = extract(service, method, path, headers, body, *rest)
        if arn != "*" or service not in ("states", "athena"):
            return arn
        asked: dict[str, Any] = {}
        with suppress(ValueError):
            asked = json.loads(body)
        if service == "states":
            return str(asked.get("mapRunArn", arn))
        workgroup = _workgroup(asked)
        region, account = rest[1:3]
        return f"arn:aws:athena:{region}:{account}:workgroup/{workgroup}" if workgroup else arn

    iam_actions.extract_resource_arn = named


def _workgroup(asked: dict[str, Any]) -> str | None:
    """Return the workgroup of the query, or of all the queries, that a request names."""
    kinds = (("QueryExecutionId", athena._executions), ("NamedQueryId", athena._named_queries))
    groups = {
        (known.get(each) or {}).get("WorkGroup")
        for field, known in kinds
        for each in (asked.get(field), *asked.get(f"{field}s", ()))
        if each
    }
    return groups.pop() if len(groups) == 1 else None
