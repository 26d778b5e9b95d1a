"""A stack of its own on the laptop cloud, and ways to ask it things."""

import io
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq

from infra.local.cloud import Cloud, Preload, deploy, running
from infra.machine.follow import Finished, Progress, follow

ENCODINGS = "/laptop/encodings"
WAIT_SCALE = 0.1
CODE = ("functions", "shared")
TEMPLATE = Path(__file__).parent / "cloud_app" / "template.yaml"


@dataclass(frozen=True, slots=True)
class App:
    """The deployed test stack."""

    cloud: Cloud
    outputs: dict[str, str]

    def execute(self, states: Mapping[str, Any], data: Any, **machine: Any) -> Finished:
        """Run a machine that begins with the first of the states; how it ended."""
        *_, finished = self.progress(self.start(states, data, **machine))
        assert isinstance(finished, Finished)
        return finished

    def start(self, states: Mapping[str, Any], data: Any, **machine: Any) -> str:
        """Start a machine of these states; the execution's ARN."""
        client = self.cloud.client("stepfunctions")
        definition = {"StartAt": next(iter(states)), "States": states, **machine}
        created = client.create_state_machine(
            name=f"test-{uuid4().hex}",
            definition=json.dumps(definition),
            roleArn=self.outputs["Role"],
        )
        arn: str = client.start_execution(
            stateMachineArn=created["stateMachineArn"], input=json.dumps(data)
        )["executionArn"]
        return arn

    def progress(self, execution_arn: str) -> list[Progress]:
        """Everything that is told of an execution until its end."""
        return list(self.follow(execution_arn))

    def follow(self, execution_arn: str) -> Iterator[Progress]:
        """What is told of an execution, as it happens."""
        return follow(self.cloud.client("stepfunctions"), execution_arn, poll_seconds=0.05)

    def act(self, payload: Mapping[str, Any], **state: Any) -> dict[str, Any]:
        """A Task state that asks the function to act; the last one unless told otherwise."""
        return {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": self.outputs["ActFunction"], "Payload": payload},
            **({} if "Next" in state else {"End": True}),
            **state,
        }

    def query(self, sql: str) -> list[list[str | None]]:
        """Rows of texts without the header; AssertionError with Athena's reason otherwise."""
        athena = self.cloud.client("athena")
        query_id = athena.start_query_execution(
            QueryString=sql,
            WorkGroup=self.outputs["WorkGroup"],
            QueryExecutionContext={"Database": self.outputs["Database"]},
        )["QueryExecutionId"]
        status = self._status(athena, query_id)
        assert status["State"] == "SUCCEEDED", status["StateChangeReason"]
        rows = athena.get_query_results(QueryExecutionId=query_id)["ResultSet"]["Rows"]
        return [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows[1:]]

    def put_turns(self, year: int, table: pa.Table) -> None:
        """Store a Parquet file of the table `turns` in the partition of a year."""
        buffer = io.BytesIO()
        pq.write_table(table, buffer)
        self.put(f"lake/turns/year={year}/part.parquet", buffer.getvalue())

    def put(self, key: str, body: bytes) -> None:
        """Store an object in the lake."""
        self.cloud.client("s3").put_object(Bucket=self.outputs["Lake"], Key=key, Body=body)

    def has(self, key: str) -> bool:
        """Whether the lake holds an object of this key."""
        listed = self.cloud.client("s3").list_objects_v2(Bucket=self.outputs["Lake"], Prefix=key)
        return bool(listed["KeyCount"])

    @staticmethod
    def _status(athena: Any, query_id: str) -> dict[str, Any]:
        while True:
            execution = athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
            if execution["Status"]["State"] not in ("QUEUED", "RUNNING"):
                status: dict[str, Any] = execution["Status"]
                return status
            time.sleep(0.01)


def put(cloud: Cloud, template: Path = TEMPLATE, **parameters: str) -> dict[str, str]:
    """Deploy a template with the test's own code; its outputs."""
    return deploy(cloud, template, parameters, stack_name="test", code_folders=CODE)


@contextmanager
def deployed(folder: Path) -> Iterator[App]:
    """The test stack on a cloud that keeps its state in the folder; waits take a tenth."""
    environment = {"TIKTOKEN_CACHE_DIR": ENCODINGS}
    with running(
        folder, wait_scale=WAIT_SCALE, environment=environment, preload=Preload(("boto3",))
    ) as cloud:
        yield App(cloud, put(cloud))
