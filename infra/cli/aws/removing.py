"""Removing a stack, with its data or without."""

from typing import Any

from infra.cli.aws.stack import LOOKING, ONLY_REMOVED, client, deployed, has_machine, settled
from infra.cli.confirm import agree
from infra.cli.options import StackRef
from infra.machine.execution import executions
from shared.errors import BadInput


class NotRemoved(BadInput):
    """A stack that must not be removed now, or not so."""


def destroy(stack_ref: StackRef, bucket: str | None, *, yes: bool) -> None:
    """Remove the stack; bucket and ledger stay, unless `bucket` names what is to go with it. Raises NotRemoved."""
    found = settled(stack_ref)
    if found and (found["StackStatus"] in ONLY_REMOVED or not has_machine(found)):
        _remove_what_is_left(stack_ref, str(found["StackStatus"]), yes=yes)
        return
    stack = deployed(stack_ref)
    kept = stack.outputs["LakeBucket"], stack.outputs["LedgerTable"]
    if going_on := next(executions(stack, "RUNNING"), None):
        raise NotRemoved(
            f"run {going_on['name']} goes on; `econchatr aws stop {going_on['name']}` first, so that "
            "nothing is left running at a provider"
        )
    if bucket not in (None, kept[0]):
        raise NotRemoved(f"--with-data names {bucket}, and this stack's bucket is {kept[0]}")
    print(f"Kept, unless asked for: bucket {kept[0]} (pages, tables, reports), ledger {kept[1]}")
    print(
        "A stack that is deployed after it begins with a bucket and a ledger of its own: its month has spent "
        "nothing yet, and it buys again what this one bought."
    )
    if not yes:
        agree(
            f"Remove stack {stack_ref.stack}?",
            "nothing was removed, because the answer was not yes",
        )
        if bucket:
            agree(
                f"Remove bucket {bucket} and ledger {kept[1]} too, for good?",
                "nothing was removed, because the answer was not yes",
            )
    remove(stack_ref)
    print(f"{stack_ref.stack} is gone.")
    if bucket:
        _remove_data(stack.client, *kept)
        print(f"Bucket {bucket} and ledger {kept[1]} are gone.")


def remove(stack_ref: StackRef) -> None:
    """Have CloudFormation delete the stack, and wait until it is gone."""
    cloudformation = client(stack_ref, "cloudformation")
    cloudformation.delete_stack(StackName=stack_ref.stack)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=stack_ref.stack, WaiterConfig=LOOKING
    )


def _remove_what_is_left(stack_ref: StackRef, status: str, *, yes: bool) -> None:
    print(f"Stack {stack_ref.stack} is {status}: no run can start in it.")
    if not yes:
        agree(
            f"Remove what is left of {stack_ref.stack}?",
            "nothing was removed, because the answer was not yes",
        )
    remove(stack_ref)
    print(f"{stack_ref.stack} is gone.")


def _remove_data(client: Any, bucket: str, table: str) -> None:
    s3 = client("s3")
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        found = (*page.get("Versions", []), *page.get("DeleteMarkers", []))
        gone = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in found]
        if gone:
            s3.delete_objects(Bucket=bucket, Delete={"Objects": gone, "Quiet": True})
    s3.delete_bucket(Bucket=bucket)
    client("dynamodb").delete_table(TableName=table)
