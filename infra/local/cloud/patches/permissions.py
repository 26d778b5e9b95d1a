"""What each role was allowed, kept beside the state.

AWS: CloudTrail and IAM Access Analyzer tell which of a role's permissions were ever used.
MiniStack 1.5.33: enforces a function's role at every call, and keeps no record.
Here: each allowed call of a role is noted once, and they are written to `permissions.json` when the cloud ends.
Case: `record_of_what_a_role_was_allowed`.
"""

import json
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import iam_evaluator, persistence

FILE = "permissions.json"


def install() -> None:
    """Note what roles do, and write it down whenever the state is saved."""
    file = Path(persistence.STATE_DIR, FILE)
    used = {tuple(one) for one in json.loads(file.read_text())} if file.exists() else set()
    enforce, save = iam_evaluator.enforce, app.save_all

    def noting(
        access_key: str, action: str, *rest: Any, resource_arn: str = "*", **more: Any
    ) -> Any:
        denied = enforce(access_key, action, *rest, resource_arn=resource_arn, **more)
        if denied is None and (credential := iam_evaluator.resolve_caller_identity(access_key)):
            used.add((str(credential["userArn"]), action, resource_arn))
        return denied

    def saving(services: Any) -> None:
        save(services)
        file.write_text(json.dumps(sorted(used), indent=1))

    iam_evaluator.enforce, app.save_all = noting, saving
