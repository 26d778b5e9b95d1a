"""What the laptop cloud promises: AWS's documented behaviour, from MiniStack or from a patch."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from infra.machine.follow import Entered, Left, MapProgress
from tests.integration.embedded_cloud import ENCODINGS, WAIT_SCALE, deployed

TURNS = pa.schema(
    [
        ("speaker", pa.string()),
        ("n_tokens", pa.int32()),
        ("usd", pa.decimal128(24, 12)),
        ("guests", pa.list_(pa.string())),
        ("published", pa.timestamp("us", tz="UTC")),
    ]
)
TURN = {
    "speaker": "Mara",
    "n_tokens": 5,
    "usd": Decimal("0.000000000001"),
    "guests": ["Ida", "Ben"],
    "published": datetime(2014, 3, 1, 10, tzinfo=UTC),
}
FAIL = {"Type": "Fail", "ErrorPath": "$.error.Error", "CausePath": "$.error.Cause"}
CATCH_ALL = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Fail"}]


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    with deployed(tmp_path_factory.mktemp("cloud")) as app:
        yield app


def output(finished):
    assert finished.status == "SUCCEEDED", finished
    return json.loads(finished.output)


class TestFunctions:
    def test_an_exceptions_class_name_is_what_catch_matches(self, app):
        catch = [{"ErrorEquals": ["CeilingReached"], "ResultPath": "$.error", "Next": "Fail"}]
        states = {"Act": app.act({"do": "fail", "message": "1 > 0"}, Catch=catch), "Fail": FAIL}
        finished = app.execute(states, {})
        assert (finished.status, finished.error) == ("FAILED", "CeilingReached")
        assert json.loads(finished.cause)["errorMessage"] == "1 > 0"

    def test_an_exceptions_class_name_is_what_retry_matches(self, app):
        retry = [{"ErrorEquals": ["CeilingReached"], "IntervalSeconds": 1, "MaxAttempts": 2}]
        execution = app.start({"Act": app.act({"do": "fail", "message": ""}, Retry=retry)}, {})
        app.progress(execution)
        client = app.cloud.client("stepfunctions")
        events = client.get_execution_history(executionArn=execution)["events"]
        assert [event["type"] for event in events].count("TaskFailed") == 3

    def test_a_function_that_outlives_its_timeout_is_killed(self, app):
        finished = app.execute({"Act": app.act({"do": "sleep", "seconds": 60})}, {})
        assert (finished.status, finished.error) == ("FAILED", "Sandbox.Timedout")

    def test_the_laptops_variables_win_over_the_templates(self, app):
        names = ["TIKTOKEN_CACHE_DIR", "BUCKET", "AWS_ENDPOINT_URL"]
        seen = output(app.execute({"Act": app.act({"do": "environment", "names": names})}, {}))
        assert seen["Payload"] == {
            "TIKTOKEN_CACHE_DIR": ENCODINGS,
            "BUCKET": app.outputs["Lake"],
            "AWS_ENDPOINT_URL": app.cloud.endpoint_url,
        }

    def test_nothing_of_the_callers_own_aws_reaches_a_function(self, app):
        names = ["AWS_PROFILE", "AWS_CONFIG_FILE", "OPENAI_API_KEY"]
        seen = output(app.execute({"Act": app.act({"do": "environment", "names": names})}, {}))
        assert seen["Payload"] == {**dict.fromkeys(names, ""), "AWS_CONFIG_FILE": os.devnull}

    def test_a_role_allows_what_its_policy_says_and_nothing_else(self, app):
        allowed = app.execute({"Act": app.act({"do": "store", "key": "runs/1/note"})}, {})
        denied = app.execute({"Act": app.act({"do": "store", "key": "raw/note"})}, {})
        assert (allowed.status, denied.status) == ("SUCCEEDED", "FAILED")
        assert "AccessDenied" in denied.cause


class TestMachines:
    def test_a_yaml_definition_with_an_unquoted_number_runs(self, app):
        client = app.cloud.client("stepfunctions")
        started = client.start_execution(stateMachineArn=app.outputs["Machine"])
        *events, finished = app.progress(started["executionArn"])
        assert events == [
            *(Entered("Say hello"), Left("Say hello", {"said": "hello"})),
            *(Entered("Pause", {"said": "hello"}), Left("Pause", {"said": "hello"})),
        ]
        assert output(finished) == {"said": "hello"}

    def test_the_machines_timeout_ends_the_execution(self, app):
        wait = {"Type": "Wait", "Seconds": 50, "End": True}
        finished = app.execute({"Wait": wait}, {}, TimeoutSeconds=1)
        assert (finished.status, finished.error) == ("TIMED_OUT", "States.Timeout")

    def test_a_stopped_execution_stays_aborted_and_starts_nothing_more(self, app):
        client = app.cloud.client("stepfunctions")
        for seconds in (3, 12, 48):  # a busy machine may come too late with its stop
            wait = {"Type": "Wait", "Seconds": round(seconds / WAIT_SCALE), "Next": "Act"}
            act = app.act({"do": "store", "key": f"runs/stopped-{seconds}/note"})
            items = {"StartAt": "Wait", "States": {"Wait": wait, "Act": act}}
            every = {"Type": "Map", "ItemProcessor": items, "End": True}
            execution = app.start({"Map": every}, [1])
            assert next(app.follow(execution)) == Entered("Map")
            client.stop_execution(executionArn=execution, error="Stopped", cause="by hand")
            if not app.has(f"runs/stopped-{seconds}/note"):
                break
        time.sleep(seconds + 1)
        described = client.describe_execution(executionArn=execution)
        assert (described["status"], described["error"]) == ("ABORTED", "Stopped")
        assert not app.has(f"runs/stopped-{seconds}/note")

    def test_a_failing_iteration_fails_the_map_with_its_error_and_ends_the_others(self, app):
        choose = {
            "Type": "Choice",
            "Choices": [{"Variable": "$.bad", "BooleanEquals": True, "Next": "Bad"}],
            "Default": "Wait",
        }
        iteration = {
            "Choose": choose,
            "Bad": {"Type": "Fail", "Error": "Spoiled", "Cause": "one of them"},
            "Wait": {"Type": "Wait", "Seconds": 20, "Next": "Act"},
            "Act": app.act({"do": "store", "key": "runs/sibling/note"}),
        }
        every = {
            "Type": "Map",
            "ItemsPath": "$.items",
            "MaxConcurrency": 2,
            "ItemProcessor": {"StartAt": "Choose", "States": iteration},
            "Catch": CATCH_ALL,
            "End": True,
        }
        items = {"items": [{"bad": False}, {"bad": True}]}
        finished = app.execute({"Every": every, "Fail": FAIL}, items)
        assert (finished.error, finished.cause) == ("Spoiled", "one of them")
        assert not app.has("runs/sibling/note")

    def test_tasks_inside_an_inline_map_are_told(self, app):
        items = {"StartAt": "Act", "States": {"Act": app.act({"do": "echo"})}}
        states = {"Map": {"Type": "Map", "ItemProcessor": items, "End": True}}
        told = app.progress(app.start(states, [1, 2]))
        left = [step for step in told if isinstance(step, Left) and step.state == "Act"]
        assert len(left) == 2
        assert told.count(Entered("Act")) == 2

    @pytest.mark.parametrize(
        ("tolerated", "status"), [(10, "FAILED"), (20, "SUCCEEDED")], ids=["too many", "tolerated"]
    )
    def test_a_distributed_map_reads_its_items_from_s3_and_counts_failures(
        self, app, tolerated, status
    ):
        items = [{"do": "echo"}] * 8 + [{"do": "fail", "message": ""}] * 2
        app.put("runs/items.json", json.dumps(items).encode())
        act = app.act({}) | {"OutputPath": "$.Payload"}
        act["Parameters"] = {"FunctionName": app.outputs["ActFunction"], "Payload.$": "$"}
        reader = {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON"},
            "Parameters": {"Bucket": app.outputs["Lake"], "Key.$": "$.key"},
        }
        every = {
            "Type": "Map",
            "ItemReader": reader,
            "MaxConcurrency": 4,
            "ToleratedFailurePercentage": tolerated,
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
                "StartAt": "Act",
                "States": {"Act": act},
            },
            "ResultPath": None,
            "End": True,
        }
        *told, finished = app.progress(app.start({"Every": every}, {"key": "runs/items.json"}))
        assert MapProgress(succeeded=8, failed=2, total=10) in told
        assert finished.status == status
        assert finished.error in ("", "States.ExceedToleratedFailureThreshold")

    def test_context_and_intrinsic_functions_are_filled_in(self, app):
        parameters = {
            "key.$": "States.Format('runs/{}/plan.json', $$.Execution.Name)",
            "name.$": "$$.Execution.Name",
            "cause.$": "States.StringToJson($.text)",
            "next.$": "States.MathAdd($.n, 1)",
            "size.$": "States.ArrayLength($.list)",
        }
        filled = output(
            app.execute(
                {"Pass": {"Type": "Pass", "Parameters": parameters, "End": True}},
                {"text": '{"errorMessage": "why"}', "n": 2, "list": [1, 2]},
            )
        )
        assert filled == {
            "key": f"runs/{filled['name']}/plan.json",
            "name": filled["name"],
            "cause": {"errorMessage": "why"},
            "next": 3,
            "size": 2,
        }

    @pytest.mark.parametrize(
        ("state", "error"),
        [
            ({"Type": "Pass", "Parameters": {"x.$": "$.none"}}, "States.ParameterPathFailure"),
            ({"Type": "Pass", "InputPath": "$.none"}, "States.Runtime"),
        ],
        ids=["parameters", "input path"],
    )
    def test_a_path_that_leads_nowhere_fails_the_execution(self, app, state, error):
        finished = app.execute({"Pass": {**state, "End": True}}, {})
        assert (finished.status, finished.error) == ("FAILED", error)

    @pytest.mark.parametrize(("data", "there"), [({"x": None}, True), ({}, False)])
    def test_is_present_asks_for_the_key_not_the_value(self, app, data, there):
        rule = {"Variable": "$.x", "IsPresent": True, "Next": "There"}
        states = {
            "Ask": {"Type": "Choice", "Choices": [rule], "Default": "Not there"},
            "There": {"Type": "Pass", "Result": True, "End": True},
            "Not there": {"Type": "Pass", "Result": False, "End": True},
        }
        assert output(app.execute(states, data)) is there

    def test_a_result_beyond_the_limit_ends_the_execution_past_every_catch(self, app):
        states = {"Act": app.act({"do": "fill", "bytes": 262_144}, Catch=CATCH_ALL), "Fail": FAIL}
        finished = app.execute(states, {})
        assert (finished.status, finished.error) == ("FAILED", "States.DataLimitExceeded")


@pytest.fixture(scope="module")
def turns(app):
    """Two years of the table `turns`, which was empty before; the later one lacks most columns."""
    assert app.query("SELECT * FROM turns CROSS JOIN UNNEST(guests) AS t (guest)") == []
    app.put_turns(2014, pa.Table.from_pylist([TURN, {**TURN, "n_tokens": 8}], schema=TURNS))
    app.put_turns(2015, pa.table({"speaker": ["Ida"]}))


@pytest.mark.usefixtures("turns")
class TestAthena:
    def test_declared_columns_come_in_order_with_the_partition_last(self, app):
        assert app.query("SELECT * FROM turns ORDER BY year, n_tokens") == [
            ["Mara", "5", "0.000000000001", "[Ida, Ben]", "2014-03-01 10:00:00.000", "2014"],
            ["Mara", "8", "0.000000000001", "[Ida, Ben]", "2014-03-01 10:00:00.000", "2014"],
            ["Ida", None, None, None, None, "2015"],
        ]

    def test_sql_means_what_it_means_in_athena(self, app):
        sql = """
            SELECT year, sum(usd), sum(n_tokens) / 2, regexp_like(max(speaker), '^M'),
                   date_diff('month', date '2024-01-31', date '2024-03-01'),
                   approx_percentile(n_tokens, 0.5), array_join(array_agg(DISTINCT speaker), ';')
            FROM cloud_app.turns t CROSS JOIN UNNEST(guests) WITH ORDINALITY AS g (guest, place)
            WHERE guest = 'Ben' AND place = 2 GROUP BY year
        """
        rows = app.query(sql)
        assert [row[:5] + row[6:] for row in rows] == [
            ["2014", "0.000000000002", "6", "true", "1", "Mara"]
        ]

    def test_a_type_athena_would_refuse_is_refused(self, app):
        wide = pa.table({"n_tokens": pa.array([1], pa.int64())})
        app.put_turns(2016, wide)
        try:
            with pytest.raises(AssertionError, match="HIVE_BAD_DATA: column n_tokens is BIGINT"):
                app.query("SELECT count(*) FROM turns")
        finally:
            app.cloud.client("s3").delete_object(
                Bucket=app.outputs["Lake"], Key="lake/turns/year=2016/part.parquet"
            )

    def test_a_query_reads_no_file_outside_of_the_buckets(self, app, tmp_path):
        (tmp_path / "secret.csv").write_text("a,b\n1,2\n")
        with pytest.raises(AssertionError, match="Permission"):
            app.query(f"FROM read_csv('{tmp_path}/secret.csv')")


class TestLedger:
    def test_of_racing_transactions_exactly_those_that_fit_pass(self, app):
        dynamodb, table = app.cloud.client("dynamodb"), app.outputs["Ledger"]
        for scope in ("RUN", "MONTH"):
            item = {"pk": {"S": scope}, "committed": {"N": "0"}}
            dynamodb.put_item(TableName=table, Item=item)
        amount, left = "0.000000000003", "0.000000000097"  # of a ceiling of 0.000000000100

        def update(scope):
            return {
                "Update": {
                    "TableName": table,
                    "Key": {"pk": {"S": scope}},
                    "UpdateExpression": "SET committed = committed + :amount",
                    "ConditionExpression": "committed <= :left",
                    "ExpressionAttributeValues": {":amount": {"N": amount}, ":left": {"N": left}},
                }
            }

        def reserve(number):
            entry = {"TableName": table, "Item": {"pk": {"S": f"ENTRY#{number}"}}}
            put = {"Put": {**entry, "ConditionExpression": "attribute_not_exists(pk)"}}
            try:
                dynamodb.transact_write_items(TransactItems=[put, update("RUN"), update("MONTH")])
            except dynamodb.exceptions.TransactionCanceledException as refused:
                return [reason["Code"] for reason in refused.response["CancellationReasons"]]
            return "reserved"

        with ThreadPoolExecutor(50) as pool:
            answers = list(pool.map(reserve, range(100)))
        assert answers.count("reserved") == 33
        assert answers.count(["None", "ConditionalCheckFailed", "ConditionalCheckFailed"]) == 67
        items = dynamodb.scan(TableName=table)["Items"]
        committed = [item["committed"]["N"] for item in items if "committed" in item]
        assert (committed, len(items)) == (["0.000000000099"] * 2, 35)
