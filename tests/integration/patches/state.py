"""Faults of what is left in the state folder: each case starts clouds on a folder of its own."""

import os
import signal
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

import pytest

from infra.local.cloud import Cloud, deploy, server
from infra.local.cloud.patches.permissions import FILE
from tests.integration.patches.fault import Faults
from tests.integration.patches.machines import executed, machine, task, with_function

FAULTS = Faults()
Start = Callable[[], AbstractContextManager[Cloud]]
TEMPLATE = """
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
Outputs: {Table: {Value: !Ref Table}}
"""


@FAULTS.of("secret_values", aws=False, ministack=True)
def secret_in_the_clear_on_disk(start: Start) -> bool:
    with start() as cloud:
        cloud.client("secretsmanager").create_secret(Name="s", SecretString="sk-in-the-clear")
    files = (path.read_bytes() for path in cloud.state_dir.rglob("*") if path.is_file())
    return any(b"sk-in-the-clear" in content for content in files)


@FAULTS.of("permissions", aws=True, ministack=False)
def record_of_what_a_role_was_allowed(start: Start) -> bool:
    with start() as cloud:
        executed(with_function(cloud), machine(Act=task(1)))
    return any(cloud.state_dir.rglob(FILE))


@FAULTS.of("durability", aws=["1"], ministack=[])
def item_after_a_kill(start: Start) -> list[str]:
    """The cloud's process is killed right after it has acknowledged a write to a deployed table."""
    processes: list[Any] = []
    begin = server._start

    def started(*args: Any) -> Any:
        processes.append(begin(*args))
        return processes[0]

    with pytest.MonkeyPatch.context() as patch, suppress(Exception):
        patch.setattr(server, "_start", started)
        with start() as cloud:
            template = cloud.state_dir / "template.yaml"
            template.write_text(TEMPLATE)
            table = deploy(cloud, template, {}, stack_name="s", code_folders=())["Table"]
            cloud.client("dynamodb").put_item(TableName=table, Item={"pk": {"S": "1"}})
            os.kill(processes[0].pid, signal.SIGKILL)
    with start() as cloud:
        client = cloud.client("dynamodb")
        if table not in client.list_tables()["TableNames"]:
            return []
        return [item["pk"]["S"] for item in client.scan(TableName=table)["Items"]]
