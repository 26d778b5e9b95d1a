"""What MiniStack does as it is: the smallest case of each fault that infra/local/cloud/patches mends.

A test that fails after an update of MiniStack says that its patch may go.
"""

import io
import json
import os
import signal
import zipfile
from contextlib import suppress

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local.cloud import Cloud, follow, running, server
from infra.local.cloud.cloud import ACCOUNT
from infra.local.cloud.patches.permissions import FILE

ROLE = f"arn:aws:iam::{ACCOUNT}:role/test"
PASS = {"Type": "Pass", "End": True}
HANDLER = """
class CeilingReached(Exception): pass
def handler(event, context):
    if event == "fail": raise CeilingReached("1 > 0")
    return "x" * event
"""


@pytest.fixture(scope="module")
def cloud(tmp_path_factory):
    with running(tmp_path_factory.mktemp("cloud"), wait_scale=0.1, unpatched=True) as cloud:
        yield cloud


@pytest.fixture(scope="module")
def function(cloud):
    """The address of a function that fails, or returns so many characters."""
    cloud.client("iam").create_role(RoleName="test", AssumeRolePolicyDocument="{}")
    created = cloud.client("lambda").create_function(
        FunctionName="act",
        Runtime="python3.13",
        Role=ROLE,
        Handler="act.handler",
        Code={"ZipFile": zipped({"act.py": HANDLER})},
    )
    return created["FunctionArn"]


def zipped(files):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def execute(cloud: Cloud, definition, data=None):
    """How an execution of a machine of its own ends, and the names of its history's events."""
    client = cloud.client("stepfunctions")
    text = definition if isinstance(definition, str) else json.dumps(definition)
    name = f"m{abs(hash(text))}"
    machine = client.create_state_machine(name=name, definition=text, roleArn=ROLE)
    arn = client.start_execution(
        stateMachineArn=machine["stateMachineArn"], input=json.dumps(data)
    )["executionArn"]
    *_, finished = follow(client, arn, 0.05, lambda: None)
    events = client.get_execution_history(executionArn=arn)["events"]
    return finished, [event["type"] for event in events]


def task(function, payload, **state):
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function, "Payload": payload},
        "End": True,
        **state,
    }


def machine(**states):
    return {"StartAt": next(iter(states)), "States": states}


def test_python_runtime_an_exceptions_class_name_is_lost(cloud, function):
    finished, _ = execute(cloud, machine(Act=task(function, "fail")))
    assert finished.error != "CeilingReached"


def test_cancellation_a_machines_timeout_does_not_end_it(cloud):
    waits = machine(Wait={"Type": "Wait", "Seconds": 20, "End": True})
    finished, _ = execute(cloud, {"TimeoutSeconds": 1, **waits})
    assert finished.status == "SUCCEEDED"


def test_history_a_task_in_a_map_leaves_no_event(cloud, function):
    each = machine(Act=task(function, 1))
    _, events = execute(
        cloud, machine(Map={"Type": "Map", "ItemProcessor": each, "End": True}), [1]
    )
    assert "TaskStateEntered" not in events


def test_missing_paths_a_path_that_leads_nowhere_is_null(cloud):
    finished, _ = execute(cloud, machine(Pass={**PASS, "InputPath": "$.nothing"}), {})
    assert finished.status == "SUCCEEDED"


def test_terminal_errors_a_result_may_be_larger_than_the_limit(cloud, function):
    finished, _ = execute(cloud, machine(Act=task(function, 300_000)))
    assert finished.status == "SUCCEEDED"


def test_yaml_definition_a_stack_with_a_definition_in_yaml_has_a_machine_that_cannot_run(cloud):
    cloud.client("s3").create_bucket(Bucket="definitions")
    definition = b"StartAt: Pass\nStates: {Pass: {Type: Pass, End: true}}"
    cloud.client("s3").put_object(Bucket="definitions", Key="m.yaml", Body=definition)
    created = stack(
        cloud,
        "AWS::StepFunctions::StateMachine",
        {"RoleArn": ROLE, "DefinitionS3Location": {"Bucket": "definitions", "Key": "m.yaml"}},
    )
    client = cloud.client("stepfunctions")
    arn = client.start_execution(stateMachineArn=created)["executionArn"]
    *_, finished = follow(client, arn, 0.05, lambda: None)
    assert finished.status == "FAILED"


def stack(cloud, kind, properties):
    """What CloudFormation calls a resource that is alone in its stack."""
    client, name = cloud.client("cloudformation"), kind.replace("::", "")
    template = {"Resources": {"Only": {"Type": kind, "Properties": properties}}}
    client.create_stack(StackName=name, TemplateBody=json.dumps(template))
    client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 0.1})
    (resource,) = client.describe_stack_resources(StackName=name)["StackResources"]
    return resource["PhysicalResourceId"]


def test_named_queries_the_type_is_refused(cloud):
    query = {"Database": "d", "QueryString": "SELECT 1", "Name": "one"}
    with pytest.raises(ClientError, match="Unrecognized resource type"):
        stack(cloud, "AWS::Athena::NamedQuery", query)


def test_sql_a_division_of_integers_is_not_athenas(cloud):
    athena = cloud.client("athena")
    query_id = athena.start_query_execution(
        QueryString="SELECT 5/2", ResultConfiguration={"OutputLocation": "s3://definitions/"}
    )["QueryExecutionId"]
    state = "QUEUED"
    while state in ("QUEUED", "RUNNING"):
        execution = athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
        state = execution["Status"]["State"]
    rows = athena.get_query_results(QueryExecutionId=query_id)["ResultSet"]["Rows"]
    assert rows[-1]["Data"][0]["VarCharValue"] == "2.5"


def test_secure_loopback_a_policy_that_wants_tls_shuts_everybody_out(cloud):
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="closed")
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::closed/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = {"Version": "2012-10-17", "Statement": [deny]}
    s3.put_bucket_policy(Bucket="closed", Policy=json.dumps(policy))
    with pytest.raises(ClientError, match="AccessDenied"):
        as_role(cloud, "s3").put_object(Bucket="closed", Key="a", Body=b"")


def as_role(cloud, service):
    """A client with the credentials of a role that may do everything."""
    iam = cloud.client("iam")
    anybody = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    documents = [
        json.dumps({"Version": "2012-10-17", "Statement": [one]}) for one in (anybody, everything)
    ]
    role = iam.create_role(RoleName="all", AssumeRolePolicyDocument=documents[0])["Role"]["Arn"]
    iam.put_role_policy(RoleName="all", PolicyName="all", PolicyDocument=documents[1])
    given = cloud.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    session = boto3.Session(
        given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"], cloud.region
    )
    return session.client(service, endpoint_url=cloud.endpoint_url)


@pytest.fixture(scope="module")
def killed(tmp_path_factory):
    """The state folder of a cloud that was ended in order, then of the same one that was killed."""
    folder = tmp_path_factory.mktemp("killed")
    with running(folder, unpatched=True) as cloud:
        cloud.client("secretsmanager").create_secret(Name="s", SecretString="sk-in-the-clear")
    text = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    started, start = [], server._start
    with pytest.MonkeyPatch.context() as patch, suppress(Exception):
        patch.setattr(server, "_start", lambda *args: started.append(start(*args)) or started[0])
        with running(folder, unpatched=True) as cloud:
            cloud.client("dynamodb").create_table(
                TableName="t",
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            )
            os.kill(started[0].pid, signal.SIGKILL)
    return folder, text


def test_secret_values_stand_in_the_clear_in_the_state_folder(killed):
    assert b"sk-in-the-clear" in killed[1]


def test_permissions_of_what_roles_were_allowed_there_is_no_record(killed):
    assert not list(killed[0].rglob(FILE))


def test_durability_what_was_acknowledged_is_gone_after_a_kill(killed):
    with running(killed[0], unpatched=True) as cloud:
        assert cloud.client("dynamodb").list_tables()["TableNames"] == []
