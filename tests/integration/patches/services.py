"""Faults of CloudFormation, S3 and Athena."""

import io
import json
import time
from typing import Any
from uuid import uuid4

import boto3
import pyarrow as pa
import pyarrow.parquet as pq
from botocore.exceptions import ClientError, WaiterError

from infra.local.cloud import Cloud
from tests.integration.patches.fault import Faults
from tests.integration.patches.machines import ended, policy, role

FAULTS = Faults()
OVER_TLS = {"Bool": {"aws:SecureTransport": "false"}}


def with_bucket(cloud: Cloud, **objects: bytes) -> str:
    """Return the name of a new bucket with these objects."""
    s3, name = cloud.client("s3"), f"b{uuid4().hex}"
    s3.create_bucket(Bucket=name)
    for key, body in objects.items():
        s3.put_object(Bucket=name, Key=key, Body=body)
    return name


def created(cloud: Cloud, kind: str, properties: dict[str, Any]) -> str:
    """Return what CloudFormation calls a resource that is alone in its stack."""
    client, name = cloud.client("cloudformation"), f"s{uuid4().hex}"
    template = {"Resources": {"Only": {"Type": kind, "Properties": properties}}}
    client.create_stack(StackName=name, TemplateBody=json.dumps(template))
    client.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    (resource,) = client.describe_stack_resources(StackName=name)["StackResources"]
    identity: str = resource["PhysicalResourceId"]
    return identity


@FAULTS.of("yaml_definition", aws="SUCCEEDED", ministack="FAILED")
def definition_in_yaml(cloud: Cloud) -> str:
    bucket = with_bucket(cloud, m=b"StartAt: Pass\nStates: {Pass: {Type: Pass, End: true}}")
    place = {"Bucket": bucket, "Key": "m"}
    properties = {"RoleArn": role(cloud), "DefinitionS3Location": place}
    machine = created(cloud, "AWS::StepFunctions::StateMachine", properties)
    started = cloud.client("stepfunctions").start_execution(stateMachineArn=machine)
    return str(ended(cloud, started["executionArn"])["status"])


@FAULTS.of("refusals", aws="ValidationError", ministack="created")
def template_with_a_null(cloud: Cloud) -> str:
    pattern = {"source": ["aws.states", None]}
    return _refusal(cloud, "AWS::Events::Rule", {"Name": uuid4().hex, "EventPattern": pattern})


@FAULTS.of("refusals", aws="ValidationError", ministack="created")
def rule_with_a_name_too_long_once_the_region_is_in_it(cloud: Cloud) -> str:
    name = {"Fn::Sub": "${AWS::Region}-" + "x" * 60}
    return _refusal(cloud, "AWS::Events::Rule", {"Name": name, "EventPattern": {"source": ["a"]}})


def _refusal(cloud: Cloud, kind: str, properties: dict[str, Any]) -> str:
    try:
        created(cloud, kind, properties)
    except ClientError as refused:
        return str(refused.response["Error"]["Code"])
    return "created"


@FAULTS.of("authorization", aws="SUCCEEDED", ministack="AccessDeniedException")
def query_of_the_workgroup_that_a_policy_names(cloud: Cloud) -> str:
    name, group = f"u{uuid4().hex}", f"w{uuid4().hex}"
    cloud.client("athena").create_work_group(Name=group)
    resource = f"arn:aws:athena:{cloud.region}:000000000000:workgroup/{group}"
    actions = ["athena:StartQueryExecution", "athena:GetQueryExecution"]
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    iam = cloud.client("iam")
    iam.create_user(UserName=name)
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    athena = boto3.client(
        "athena",
        endpoint_url=cloud.endpoint_url,
        region_name=cloud.region,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    try:
        started = athena.start_query_execution(
            QueryString="SELECT 1",
            WorkGroup=group,
            ResultConfiguration={"OutputLocation": f"s3://{with_bucket(cloud)}/"},
        )["QueryExecutionId"]
        while True:
            found = athena.get_query_execution(QueryExecutionId=started)["QueryExecution"]
            if (state := str(found["Status"]["State"])) not in ("QUEUED", "RUNNING"):
                return state
            time.sleep(0.1)
    except ClientError as refused:
        return str(refused.response["Error"]["Code"])


@FAULTS.of("athena.named_queries", aws="created", ministack="refused")
def stack_with_a_named_query(cloud: Cloud) -> str:
    properties = {"Database": "d", "QueryString": "SELECT 1", "Name": uuid4().hex}
    try:
        created(cloud, "AWS::Athena::NamedQuery", properties)
    except (ClientError, WaiterError):
        return "refused"
    return "created"


@FAULTS.of("secure_loopback", aws="stored", ministack="AccessDenied")
def bucket_that_wants_tls(cloud: Cloud) -> str:
    """Over loopback, which has no TLS; as a role, because the root user may do everything."""
    bucket = with_bucket(cloud)
    objects = {"Action": "s3:*", "Resource": f"arn:aws:s3:::{bucket}/*"}
    deny = {"Effect": "Deny", "Principal": "*", **objects, "Condition": OVER_TLS}
    cloud.client("s3").put_bucket_policy(Bucket=bucket, Policy=policy(deny))
    key = cloud.client("sts").assume_role(RoleArn=role(cloud), RoleSessionName="test")[
        "Credentials"
    ]
    session = boto3.Session(
        key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"], cloud.region
    )
    try:
        session.client("s3", endpoint_url=cloud.endpoint_url).put_object(Bucket=bucket, Key="a")
    except ClientError as refused:
        return str(refused.response["Error"]["Code"])
    return "stored"


def queried(cloud: Cloud, sql: str, database: str = "default") -> dict[str, Any]:
    """Return an execution of a query once it has ended."""
    athena = cloud.client("athena")
    query_id = athena.start_query_execution(
        QueryString=sql,
        QueryExecutionContext={"Database": database},
        ResultConfiguration={"OutputLocation": f"s3://{with_bucket(cloud)}/results/"},
    )["QueryExecutionId"]
    while True:
        execution: dict[str, Any] = athena.get_query_execution(QueryExecutionId=query_id)
        if execution["QueryExecution"]["Status"]["State"] not in ("QUEUED", "RUNNING"):
            return execution["QueryExecution"]


def last_row(cloud: Cloud, sql: str, database: str = "default") -> list[str | None]:
    """Return the last row of a query's result."""
    query_id = queried(cloud, sql, database)["QueryExecutionId"]
    rows = cloud.client("athena").get_query_results(QueryExecutionId=query_id)["ResultSet"]["Rows"]
    return [value.get("VarCharValue") for value in rows[-1]["Data"]]


@FAULTS.of("athena.sql", aws=["2"], ministack=["2.5"])
def division_of_integers(cloud: Cloud) -> list[str | None]:
    return last_row(cloud, "SELECT 5/2")


@FAULTS.of("athena.sql", aws=["7", "[a, b]", None], ministack=["['a', 'b']", "7"])
def declared_columns_in_their_order(cloud: Cloud) -> list[str | None]:
    """A file has the columns in another order, and lacks one."""
    buffer, database = io.BytesIO(), f"d{uuid4().hex}"
    pq.write_table(pa.table({"words": [["a", "b"]], "n": pa.array([7], pa.int32())}), buffer)
    bucket = with_bucket(cloud, **{"t/a.parquet": buffer.getvalue()})
    kinds = {"n": "int", "words": "array<string>", "late": "string"}
    columns = [{"Name": name, "Type": kind} for name, kind in kinds.items()]
    glue = cloud.client("glue")
    glue.create_database(DatabaseInput={"Name": database})
    parquet = "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat"
    storage = {"Columns": columns, "Location": f"s3://{bucket}/t/", "InputFormat": parquet}
    glue.create_table(DatabaseName=database, TableInput={"Name": "t", "StorageDescriptor": storage})
    return last_row(cloud, "SELECT * FROM t", database)


@FAULTS.of("athena.sql", aws="FAILED", ministack="SUCCEEDED")
def two_statements(cloud: Cloud) -> str:
    return str(queried(cloud, "SELECT 1; SELECT 2")["Status"]["State"])


@FAULTS.of("athena.sql", aws="<id>.csv", ministack="<id>.csv/<id>.csv")
def place_of_a_result(cloud: Cloud) -> str:
    execution = queried(cloud, "SELECT 1")
    bucket = execution["ResultConfiguration"]["OutputLocation"].split("/")[2]
    stored = cloud.client("s3").list_objects_v2(Bucket=bucket, Prefix="results/")["Contents"]
    (place,) = [one["Key"] for one in stored if one["Key"].endswith(".csv")]
    return str(place.removeprefix("results/").replace(execution["QueryExecutionId"], "<id>"))
