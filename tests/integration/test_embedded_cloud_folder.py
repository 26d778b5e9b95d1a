"""What the laptop cloud keeps, shows and refuses around a run: its folder, its stack, its secrets."""

import itertools
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.cloud import running, server
from infra.local.cloud.errors import CloudNotStarted, DeployFailed, StateFolderInUse
from infra.local.folder import mirror_bucket
from infra.machine.follow import Entered
from tests.integration.embedded_cloud import CODE, TEMPLATE, App, deployed, put


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with deployed(tmp_path_factory.mktemp("cloud")) as app:
        yield app


class TestFolder:
    def test_the_bucket_becomes_plain_files_and_follows_its_changes(self, app, tmp_path):
        app.put("lake/x/a.txt", b"one")
        app.put("lake/x/b.txt", b"two")
        mirror_bucket(app.cloud, app.outputs["Lake"], tmp_path)
        app.put("lake/x/a.txt", b"new")
        app.cloud.client("s3").delete_object(Bucket=app.outputs["Lake"], Key="lake/x/b.txt")
        mirror_bucket(app.cloud, app.outputs["Lake"], tmp_path)
        assert sorted(path.name for path in (tmp_path / "lake" / "x").iterdir()) == ["a.txt"]
        assert (tmp_path / "lake" / "x" / "a.txt").read_bytes() == b"new"

    def test_a_second_cloud_on_the_same_folder_is_refused(self, app, monkeypatch):
        monkeypatch.setattr("infra.local.cloud.server.LOCK_SECONDS", 0)
        folder = app.cloud.state_dir
        with pytest.raises(StateFolderInUse, match=re.escape(str(folder))), running(folder):
            pass

    def test_only_loopback_is_listened_on(self, app):
        assert app.cloud.endpoint_url.startswith("http://127.0.0.1:")
        tables = [Path(f"/proc/net/{name}") for name in ("tcp", "tcp6")]
        if not tables[0].exists():
            pytest.skip("listening sockets are read from /proc/net, which only Linux has")
        port = int(app.cloud.endpoint_url.rpartition(":")[2])
        lines = [line.split() for table in tables for line in table.read_text().splitlines()[1:]]
        listening = [local for _, local, _, state, *_ in lines if state == "0A"]
        assert [local for local in listening if local.endswith(f":{port:04X}")] == [
            f"0100007F:{port:04X}"
        ]


class TestDeployment:
    def test_an_unchanged_stack_is_not_deployed_again(self, app):
        before = app.cloud.client("cloudformation").describe_stacks()["Stacks"][0]
        assert put(app.cloud) == app.outputs
        after = app.cloud.client("cloudformation").describe_stacks()["Stacks"][0]
        assert before.get("LastUpdatedTime") == after.get("LastUpdatedTime")

    def test_a_change_takes_effect_and_can_be_taken_back(self, app):
        def pause():
            machine = app.cloud.client("stepfunctions").describe_state_machine(
                stateMachineArn=app.outputs["Machine"]
            )
            return json.loads(machine["definition"])["States"]["Pause"]["Seconds"]

        assert put(app.cloud, PauseSeconds="7") == app.outputs
        assert pause() == 7
        put(app.cloud)
        assert pause() == 1

    def test_a_refused_change_says_why_and_nothing_of_an_earlier_one(self, app, tmp_path):
        changed = shutil.copytree(TEMPLATE.parent, tmp_path / "app") / "template.yaml"
        text = changed.read_text()
        for name, other in [("First", "Second"), ("Second", "First")]:
            nameless = f"  {name}: {{Type: AWS::Athena::WorkGroup, Properties: {{State: ENABLED}}}}"
            changed.write_text(text.replace("\nOutputs:", f"\n{nameless}\nOutputs:"))
            with pytest.raises(DeployFailed, match=rf"{name} .*Name") as refused:
                put(app.cloud, changed)
            assert other not in str(refused.value)
        assert put(app.cloud) == app.outputs

    def test_a_refused_stack_says_which_resource_and_why_and_can_be_mended(self, tmp_path):
        bad = tmp_path / "template.yaml"
        workgroup = "{Type: AWS::Athena::WorkGroup, Properties: {Description: nameless}}"
        bad.write_text(f"Resources:\n  WorkGroup: {workgroup}\n")
        good = tmp_path / "good.yaml"
        good.write_text(
            "Resources:\n  Topic: {Type: AWS::SNS::Topic}\nOutputs:\n  Topic: {Value: !Ref Topic}\n"
        )
        with running(tmp_path / "state") as cloud:
            with pytest.raises(DeployFailed, match=r"WorkGroup .*Name"):
                put(cloud, bad)
            assert put(cloud, good)["Topic"].startswith("arn:aws:sns:")


class TestContinuing:
    """The same folder again, after each way a run may end."""

    @pytest.fixture
    def left_behind(self, tmp_path):
        """A folder, and a way to write to its cloud from a process that then ends as told."""

        def write(number, ending):
            script = [sys.executable, "-c", WRITER, str(tmp_path), str(number), ending]
            subprocess.run(script, check=False, cwd=TEMPLATE.parents[3])
            return tmp_path

        return write

    @pytest.mark.parametrize("ending", ["orderly", "cloud killed", "both killed", "caller killed"])
    def test_what_was_acknowledged_is_there(self, left_behind, ending):
        folder = left_behind(1, ending)
        left_behind(2, ending)
        with running(folder) as cloud:
            outputs = put(cloud)
            items = cloud.client("dynamodb").scan(TableName=outputs["Ledger"])["Items"]
            stored = cloud.client("s3").list_objects_v2(Bucket=outputs["Lake"])["Contents"]
        assert sorted(item["pk"]["S"] for item in items) == ["1", "2", "total"]
        assert [item["n"]["N"] for item in items if item["pk"]["S"] == "total"] == ["2"]
        assert [entry["Key"] for entry in stored] == ["raw/1", "raw/2"]


def test_a_run_under_way_is_ended_with_the_cloud_and_known_afterwards(tmp_path):
    with running(tmp_path) as cloud:
        app = App(cloud, put(cloud))
        every = {"StartAt": "Act", "States": {"Act": app.act({"do": "sleep", "seconds": 2})}}
        execution = app.start({"Map": {"Type": "Map", "ItemProcessor": every, "End": True}}, [1])
        assert Entered("Act") in itertools.islice(app.follow(execution), 2)
    with running(tmp_path) as cloud:
        described = cloud.client("stepfunctions").describe_execution(executionArn=execution)
    assert (described["status"], described["error"]) == ("FAILED", "States.ServiceRestart")


def test_no_secret_value_is_left_in_the_folder_and_the_secret_can_be_set_again(tmp_path):
    with running(tmp_path) as cloud:
        client = cloud.client("secretsmanager")
        client.create_secret(Name="provider", SecretString="sk-do-not-keep")
        assert client.get_secret_value(SecretId="provider")["SecretString"] == "sk-do-not-keep"
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in kept if b"sk-do-not-keep" in path.read_bytes()] == []
    with running(tmp_path) as cloud:
        client = cloud.client("secretsmanager")
        client.put_secret_value(SecretId="provider", SecretString="sk-again")
        assert client.get_secret_value(SecretId="provider")["SecretString"] == "sk-again"


WRITER = f"""
import os, signal, sys
from pathlib import Path
from infra.local.cloud import deploy, running
from infra.local.cloud import server

folder, number, ending = sys.argv[1:]
started, start = [], server._start
server._start = lambda *given: started.append(start(*given)) or started[0]
with running(Path(folder)) as cloud:
    template = Path({str(TEMPLATE)!r})
    outputs = deploy(cloud, template, {{}}, stack_name="test", code_folders={CODE!r})
    dynamodb, table = cloud.client("dynamodb"), outputs["Ledger"]
    dynamodb.put_item(TableName=table, Item={{"pk": {{"S": number}}}})
    dynamodb.update_item(
        TableName=table,
        Key={{"pk": {{"S": "total"}}}},
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues={{":one": {{"N": "1"}}}},
    )
    cloud.client("s3").put_object(Bucket=outputs["Lake"], Key="raw/" + number, Body=b"")
    if ending in ("cloud killed", "both killed"):
        os.kill(started[0].pid, signal.SIGKILL)
    if ending in ("caller killed", "both killed"):
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_cloud_that_cannot_start_says_so_with_its_log(tmp_path, monkeypatch):
    monkeypatch.setattr(server, "_engine_environment", lambda *given: {"GATEWAY_PORT": "none"})
    with pytest.raises(CloudNotStarted, match=r"ministack\.log"), running(tmp_path):
        pass
