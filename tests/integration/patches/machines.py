"""Faults of Step Functions and Lambda, each shown by a state machine of its own."""

import io
import json
import time
import zipfile
from typing import Any
from uuid import uuid4

from infra.local.cloud import Cloud
from tests.integration.patches.fault import Faults

FAULTS = Faults()
ROLE = "everything"
PASS = {"Type": "Pass", "End": True}
HANDLER = """
class CeilingReached(Exception): pass
def handler(event, context):
    if event == "fail": raise CeilingReached("1 > 0")
    return "x" * event
"""
CATCH = [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]


def policy(*statements: dict[str, Any]) -> str:
    """Return a policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def role(cloud: Cloud) -> str:
    """Return the ARN of a role that everybody may take and that may do everything."""
    iam = cloud.client("iam")
    if ROLE not in [one["RoleName"] for one in iam.list_roles()["Roles"]]:
        anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
        iam.create_role(RoleName=ROLE, AssumeRolePolicyDocument=policy(anybody))
        iam.put_role_policy(RoleName=ROLE, PolicyName="all", PolicyDocument=policy(everything))
    arn: str = iam.get_role(RoleName=ROLE)["Role"]["Arn"]
    return arn


def machine(**states: Any) -> dict[str, Any]:
    """Return the definition of a machine that begins with the first of the states."""
    return {"StartAt": next(iter(states)), "States": states}


def task(payload: Any, **state: Any) -> dict[str, Any]:
    """Return a Task that calls the function."""
    parameters = {"FunctionName": "act", "Payload": payload}
    resource = "arn:aws:states:::lambda:invoke"
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, "End": True, **state}


def put_item(table: str, **state: Any) -> dict[str, Any]:
    """Return a Task that puts an item into a table."""
    parameters = {"TableName": table, "Item": {"pk": {"S": "1"}}}
    resource = "arn:aws:states:::dynamodb:putItem"
    return {"Type": "Task", "Resource": resource, "Parameters": parameters, **state}


def inline_map(**states: Any) -> dict[str, Any]:
    """Return an inline Map over the input."""
    return {"Type": "Map", "ItemProcessor": machine(**states), "End": True}


def started(cloud: Cloud, definition: dict[str, Any], data: Any = None) -> str:
    """Return the ARN of an execution of a machine made for it."""
    client, name = cloud.client("stepfunctions"), f"m{uuid4().hex}"
    created = client.create_state_machine(
        name=name, definition=json.dumps(definition), roleArn=role(cloud)
    )
    arn: str = client.start_execution(
        stateMachineArn=created["stateMachineArn"], input=json.dumps(data)
    )["executionArn"]
    return arn


def ended(cloud: Cloud, arn: str) -> dict[str, Any]:
    """Return how an execution ends, as Step Functions describes it."""
    client = cloud.client("stepfunctions")
    while (found := client.describe_execution(executionArn=arn))["status"] == "RUNNING":
        time.sleep(0.05)
    return {"error": "", **found}


def executed(cloud: Cloud, definition: dict[str, Any], data: Any = None) -> dict[str, Any]:
    """Return how an execution of a machine made for it ends."""
    return ended(cloud, started(cloud, definition, data))


def events(cloud: Cloud, arn: str) -> list[str]:
    """Return the types of what has happened in an execution."""
    history = cloud.client("stepfunctions").get_execution_history(executionArn=arn)
    return [event["type"] for event in history["events"]]


def with_function(cloud: Cloud) -> Cloud:
    """Return the cloud, once it has the function `act`, which fails or returns so many characters."""
    client = cloud.client("lambda")
    if not client.list_functions()["Functions"]:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("act.py", HANDLER)
        code = {"ZipFile": buffer.getvalue()}
        named = {"FunctionName": "act", "Runtime": "python3.13", "Handler": "act.handler"}
        client.create_function(**named, Role=role(cloud), Code=code)
    return cloud


def with_table(cloud: Cloud) -> str:
    """Return the name of a new table whose key is `pk`."""
    name = f"t{uuid4().hex}"
    cloud.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    return name


def items(cloud: Cloud, table: str) -> int:
    """Return how many items a table has."""
    return len(cloud.client("dynamodb").scan(TableName=table)["Items"])


@FAULTS.of("python_runtime", aws="CeilingReached", ministack="Runtime.HandlerError")
def error_of_a_python_function(cloud: Cloud) -> str:
    return executed(with_function(cloud), machine(Act=task("fail")))["error"]


@FAULTS.of("cancellation", aws="TIMED_OUT", ministack="SUCCEEDED")
def machine_with_a_timeout(cloud: Cloud) -> str:
    waits = machine(Wait={"Type": "Wait", "Seconds": 20, "End": True})
    return executed(cloud, {"TimeoutSeconds": 1, **waits})["status"]


@FAULTS.of("cancellation", aws=0, ministack=1)
def iteration_beside_one_that_fails(cloud: Cloud) -> int:
    table = with_table(cloud)
    choice = {"Variable": "$", "BooleanEquals": True, "Next": "Fail"}
    iteration = inline_map(
        Which={"Type": "Choice", "Choices": [choice], "Default": "Wait"},
        Fail={"Type": "Fail", "Error": "Spoiled"},
        Wait={"Type": "Wait", "Seconds": 20, "Next": "Put"},
        Put=put_item(table, End=True),
    )
    assert executed(cloud, machine(Map=iteration), [True, False])["error"] == "Spoiled"
    return items(cloud, table)


@FAULTS.of("cancellation", aws=("ABORTED", 0), ministack=("FAILED", 1))
def stop_in_a_map(cloud: Cloud) -> tuple[str, int]:
    table, client = with_table(cloud), cloud.client("stepfunctions")
    iteration = inline_map(
        Wait={"Type": "Wait", "Seconds": 20, "Next": "Put"},
        Put=put_item(table, Next="Fail"),
        Fail={"Type": "Fail", "Error": "Spoiled"},
    )
    arn = started(cloud, machine(Map=iteration), [1])
    while "MapStateEntered" not in events(cloud, arn):
        time.sleep(0.05)
    client.stop_execution(executionArn=arn)
    for _ in range(60):
        time.sleep(0.1)
        if (status := ended(cloud, arn)["status"]) != "ABORTED":
            break
    return status, items(cloud, table)


@FAULTS.of("history", aws=1, ministack=0)
def events_of_a_task_in_a_map(cloud: Cloud) -> int:
    arn = started(with_function(cloud), machine(Map=inline_map(Act=task(1))), [1])
    ended(cloud, arn)
    return events(cloud, arn).count("TaskStateEntered")


@FAULTS.of("missing_paths", aws="States.Runtime", ministack="")
def input_path_that_leads_nowhere(cloud: Cloud) -> str:
    return executed(cloud, machine(Pass={**PASS, "InputPath": "$.none"}), {})["error"]


@FAULTS.of("missing_paths", aws="States.ParameterPathFailure", ministack="")
def parameter_path_that_leads_nowhere(cloud: Cloud) -> str:
    return executed(cloud, machine(Pass={**PASS, "Parameters": {"x.$": "$.none"}}), {})["error"]


@FAULTS.of("missing_paths", aws="there", ministack="not there")
def presence_of_a_null(cloud: Cloud) -> Any:
    present = {"Variable": "$.x", "IsPresent": True, "Next": "There"}
    asks = machine(
        Ask={"Type": "Choice", "Choices": [present], "Default": "Not"},
        There={**PASS, "Result": "there"},
        Not={**PASS, "Result": "not there"},
    )
    return json.loads(executed(cloud, asks, {"x": None})["output"])


@FAULTS.of("terminal_errors", aws="States.DataLimitExceeded", ministack="")
def result_beyond_the_limit(cloud: Cloud) -> str:
    return executed(with_function(cloud), machine(Act=task(300_000)))["error"]


@FAULTS.of("terminal_errors", aws="FAILED", ministack="SUCCEEDED")
def catch_of_all_before_a_runtime_error(cloud: Cloud) -> str:
    unknown = {"Type": "Task", "Resource": "arn:aws:states:::none:none", "Catch": CATCH}
    return executed(cloud, machine(Act={**unknown, "End": True}, Caught=PASS))["status"]
