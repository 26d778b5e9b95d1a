"""A stack from nothing to gone, by the commands that a person types, beside another stage in the same account."""

import io
import json
import re
import shlex
from contextlib import contextmanager

import boto3
import pytest
import yaml

from infra.cli import inputs
from infra.cli.aws import stack
from infra.cli.aws.stack import deployed as stack_of
from infra.cli.options import StackRef
from infra.local.demo.site import demo_site
from infra.queries import packaged_names
from shared import shows
from shared.lake.tables import Lake
from tests import typed
from tests.integration.remote.account import KEY, account
from tests.places import ROOT

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(
        not (ROOT / ".tools/sam/bin/sam").is_file(),
        reason="SAM is not installed; `make lint-sam` installs it",
    ),
]
PROD = ("--stack", "econchatr-prod")
README = (ROOT / "README.md").read_text("utf-8")


def econchatr(*arguments):
    said = typed.econchatr(*arguments)
    assert KEY not in said.out + said.err
    return said


def aws(*arguments):
    return econchatr("aws", *arguments)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with account(tmp_path_factory.mktemp("account")) as made:
        yield made


@pytest.fixture(scope="module")
def profile(tmp_path_factory):
    """The demo show as somebody's own, with few questions and nobody who judges."""
    folder = tmp_path_factory.mktemp("mine")
    show = shows.packaged("demo")
    quick = show.evaluation.model_copy(update={"held_out_items": 2, "judges": ()})
    with demo_site(folder / "site") as base_url:
        changes = {"name": "mine", "feed": f"{base_url}/feed.xml", "evaluation": quick}
        path = folder / "mine.yaml"
        path.write_text(yaml.safe_dump(inputs.inline(show.model_copy(update=changes))))
        yield path


def as_shown(command, *options):
    """Type what the README shows for a command, and what only this account needs after it."""
    (line,) = re.findall(rf"^econchatr aws ({command}\b.*?)(?: {{3,}}#.*)?$", README, re.MULTILINE)
    return aws(*shlex.split(line), *options)


def deploy(here, *options):
    address = f"ProviderBaseUrl={here.provider.base_url}"
    here_only = ("--template", here.template, "--set", address, "--set", "PollSeconds=1")
    return as_shown("deploy", *here_only, *options)


@pytest.fixture(scope="module")
def stages(here, profile):
    """Two stages in one account, each with a key and a show; what was said on the way."""
    said = [deploy(here), deploy(here, *PROD)]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(profile.parent)
        for stage in ((), PROD):
            patch.setattr("sys.stdin", io.StringIO(KEY + "\n"))
            said += [as_shown("keys set", *stage), as_shown("put-show", *stage)]
    return said


@pytest.fixture(scope="module")
def run(stages, tmp_path_factory):
    """A run in the first stage, by `start`: what was said, and the folder of results."""
    out = tmp_path_factory.mktemp("results") / "dev"
    return as_shown("start", "--limit", "8", "--yes", "--out", out), out


def test_nothing_is_there_before_it_is_deployed(here):
    nothing = aws("runs")
    assert nothing.code == 2
    assert nothing.err.startswith("econchatr: there is no stack econchatr-dev in us-east-1; ")
    checked = as_shown("check")
    assert "ok  stack econchatr-dev: not there yet" in checked.out
    assert "account 000000000000" in checked.out


def test_a_deployment_says_where_it_goes_what_it_weighs_and_what_comes_next(stages):
    for said, stage in zip(stages[:2], ("dev", "prod"), strict=True):
        assert said.code == 0, said.out + said.err
        first, *rest = said.out.splitlines()
        assert first == f"Stack econchatr-{stage} (new), account 000000000000, us-east-1"
        assert re.search(r"^WriteReportFunction: \d\.\d MiB$", said.out, re.MULTILINE)
        assert f"  Workgroup: econchatr-{stage}" in rest
        assert rest[-1].startswith("Next: econchatr aws keys set nebius")
    assert [said.code for said in stages[2:]] == [0] * 4
    assert stages[2].out.startswith("The key for nebius is in the stack's secret")
    assert "`econchatr aws start mine` runs it" in stages[3].out


def test_a_start_shows_the_plan_first_and_then_tells_the_run(run):
    said, out = run
    assert said.code == 0, said.out + said.err
    dry, real = re.findall(r"^Run (mine-\S+)$", said.out, re.MULTILINE)
    plan, told = said.out.split(f"Run {real}")
    assert "The plan: training on everything usable" in plan
    assert "is submitted" not in plan
    assert "is submitted" in told
    assert re.search(r"Spent|it would have cost", told)
    assert (out / "runs" / real / "report.html").is_file()
    assert (
        json.loads((out / "runs" / dry / "summary.json").read_text())["settled_usd"] == "0.000000"
    )
    assert not list(out.glob("runs/*/training"))


def test_a_run_can_be_watched_reported_listed_and_queried_afterwards(run, tmp_path):
    out = run[1]
    name = sorted(path.parent.name for path in out.glob("runs/*/report.html"))[-1]
    watched = aws("watch", name, "--out", tmp_path / "watched")
    assert watched.code == 0
    assert "Write report" in watched.out
    fetched = aws("report", name, "--no-open", "--out", tmp_path / "fetched")
    assert fetched.code == 0
    assert list((tmp_path / "fetched" / "runs" / name / "tables").glob("*.csv"))
    assert f"Report:  {tmp_path / 'fetched'}" in fetched.out
    newest = as_shown("report", "--no-open", "--out", tmp_path / "newest")
    assert newest.code == 0
    assert (tmp_path / "newest" / "runs" / name / "report.html").is_file()
    listed = aws("runs")
    assert re.search(rf"^{name} +SUCCEEDED ", listed.out, re.MULTILINE)
    for command in (aws, lambda *words: econchatr(*words, "--stack", "econchatr-dev")):
        costs = command("query", "cost_of_each_run", "--format", "json")
        assert {row["run_id"] for row in json.loads(costs.out)} >= {name}
    assert aws("answers").code == 2
    assert econchatr("answers", "--out", tmp_path / "fetched").code == 0


@contextmanager
def somebody_with(policy):
    """A person at this keyboard whom the account allows what a policy of the stack says, and nothing else."""
    outputs = stack_of(StackRef(stack="econchatr-dev")).outputs
    iam, name = boto3.client("iam"), policy.lower()
    iam.create_user(UserName=name)
    iam.attach_user_policy(UserName=name, PolicyArn=outputs[policy])
    key = iam.create_access_key(UserName=name)["AccessKey"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", key["AccessKeyId"])
        patch.setenv("AWS_SECRET_ACCESS_KEY", key["SecretAccessKey"])
        forget_credentials()
        yield
    forget_credentials()


def forget_credentials():
    for cached in (stack.session, stack.client):
        cached.cache_clear()


def test_a_reader_may_query_and_nothing_else(run):
    with somebody_with("ReaderPolicy"):
        costs = aws("query", "cost_of_each_run", "--format", "json")
        assert costs.code == 0, costs.err
        assert json.loads(costs.out)
        for refused in (("start", "mine", "--dry-run"), ("runs",), ("stop",)):
            said = aws(*refused)
            assert said.code != 0, refused
            assert "use credentials that may" in said.err, refused


def logged(group):
    """What functions wrote into a log group, without what Lambda says of each call."""
    client = boto3.client("logs")
    for stream in client.describe_log_streams(logGroupName=group)["logStreams"]:
        name = stream["logStreamName"]
        pages = client.get_log_events(logGroupName=group, logStreamName=name, limit=10_000)
        for event in pages["events"]:
            if not event["message"].startswith(("START ", "END ", "REPORT ")):
                yield event["message"]


def test_every_line_of_the_log_says_whose_run_it_is_and_none_what_anybody_said(run):
    out = run[1]
    runs = {path.parent.name for path in out.glob("runs/*/summary.json")}
    lines = [line for line in logged("/aws/lambda/econchatr-dev") if line.strip()]
    documents = [json.loads(line) for line in lines]
    assert {document["run_id"] for document in documents} == runs
    told = [one for one in documents if one.get("message") == "done"]
    assert {one["function_name"].split("-")[2] for one in told} >= {
        *("PrepareRunFunction", "ScrapeBatchFunction", "BuildDatasetFunction"),
        *("SubmitFineTuneFunction", "AnswerQuestionsFunction", "WriteReportFunction"),
    }
    waits = [one for one in told if one["outcome"].get("waited", 0) > 0]  # what an alarm goes by
    assert {one["function_name"].split("-")[2] for one in waits} == {
        *("PollFineTuneFunction", "DeployModelFunction")
    }
    everything = "\n".join(lines)
    assert KEY not in everything
    said = turns_of(out)
    assert len(said) > 100
    assert not [text for text in said if text[:40] in everything]
    counted = [one for one in documents if "_aws" in one]
    assert {one["run_id"] for one in counted} == runs
    assert max(one["EpisodesParsed"][0] for one in counted) == 8


def turns_of(out):
    """What was said in the first stage, from its lake."""
    (bucket,) = (
        one["Name"]
        for one in boto3.client("s3").list_buckets()["Buckets"]
        if one["Name"].startswith("econchatr-dev-lake")
    )
    lake = Lake(boto3.client("s3"), bucket)
    return [row["text"] for key in lake.keys("lake/turns/") for row in lake.read_file(key)]


def test_an_update_in_place_keeps_the_lake_the_ledger_and_what_was_set(here, run):
    before = aws("runs").out
    updated = aws("deploy", "--template", here.template, "--set", "PollSeconds=2")
    assert updated.code == 0, updated.err
    assert "Stack econchatr-dev (now CREATE_COMPLETE)" in updated.out
    assert aws("runs").out == before
    (stack,) = boto3.client("cloudformation").describe_stacks(StackName="econchatr-dev")["Stacks"]
    kept = {one["ParameterKey"]: one["ParameterValue"] for one in stack["Parameters"]}
    assert (kept["PollSeconds"], kept["MonthCeilingUsd"]) == ("2", "40")
    assert kept["ProviderBaseUrl"] == here.provider.base_url
    again = aws("query", "SELECT count(*) AS n FROM runs", "--format", "csv")
    assert again.out == "n\n2\n"


def test_an_operator_may_start_and_watch_runs_and_not_query(run, tmp_path):
    with somebody_with("OperatorPolicy"):
        started = aws("start", "mine", "--dry-run", "--out", tmp_path)
        assert started.code == 0, started.err
        name = re.findall(r"^Run (\S+)", started.out, re.MULTILINE)[0]
        listed = aws("runs")
        assert listed.code == 0, listed.err
        assert name in listed.out
        assert aws("watch", name, "--out", tmp_path / "watched").code == 0
        assert aws("report", name, "--no-open", "--out", tmp_path / "report").code == 0
        assert "no run goes on" in aws("stop").err
        assert "is not authorized to perform: athena:" in aws("query", "cost_of_each_run").err


def test_the_queries_are_saved_in_the_workgroup(run):
    athena = boto3.client("athena")
    ids = athena.list_named_queries(WorkGroup="econchatr-dev")["NamedQueryIds"]
    saved = {athena.get_named_query(NamedQueryId=one)["NamedQuery"]["Name"] for one in ids}
    assert saved == set(packaged_names())


def test_the_other_stage_has_none_of_it(run):
    assert aws("runs", *PROD).out.count("mine-") == 0
    assert aws("query", "SELECT count(*) AS n FROM runs", "--format", "csv", *PROD).out == "n\n0\n"


def test_a_run_that_somebody_else_started_is_stopped_closed_and_told(stages, tmp_path):
    outputs = boto3.client("cloudformation").describe_stacks(StackName=PROD[1])["Stacks"][0]
    machine = next(
        one["OutputValue"] for one in outputs["Outputs"] if one["OutputKey"] == "StateMachineArn"
    )
    bucket = next(
        one["OutputValue"] for one in outputs["Outputs"] if one["OutputKey"] == "LakeBucket"
    )
    document = {"show": f"s3://{bucket}/shows/mine.yaml", "ceiling_usd": "5.00"}
    boto3.client("stepfunctions").start_execution(
        stateMachineArn=machine, name="somebodys", input=json.dumps(document)
    )
    going_on = aws("runs", *PROD)
    assert going_on.out.startswith("somebodys goes on since ")
    refused = aws("destroy", "--yes", *PROD)
    assert refused.code == 2
    assert "`econchatr aws stop somebodys` first" in refused.err
    stopped = aws("stop", *PROD, "--out", tmp_path / "prod")
    assert stopped.code == 0, stopped.err
    assert "Nothing is left running" in stopped.out
    assert "RunStopped: stopped by `econchatr aws stop`" in stopped.err
    assert re.search(r"^somebodys +RunStopped ", aws("runs", *PROD).out, re.MULTILINE)
    nothing = aws("stop", *PROD)
    assert (nothing.code, nothing.err) == (2, "econchatr: no run goes on\n")


def test_the_schedule_is_switched_by_a_parameter_and_keeps_the_rest(stages):
    on = aws("schedule", "on", "--timezone", "Europe/London", *PROD)
    assert on.out.startswith("The schedule is ENABLED: cron(0 6 1 * ? *) in Europe/London")
    off = aws("schedule", "off", *PROD)
    assert off.out.startswith("The schedule is DISABLED: cron(0 6 1 * ? *) in Europe/London")


def test_what_is_wrong_is_said_before_anything_starts(stages, tmp_path):
    unknown = aws("start", "nosuch", "--ceiling", "5")
    assert unknown.code == 2
    assert "the stack's own shows (mine)" in unknown.err
    without = aws("start", "mine")
    assert without.code == 2
    assert "--ceiling" in without.err
    nobody = aws("watch", "nosuchrun")
    assert nobody.code == 2
    assert "the machine has no run 'nosuchrun'" in nobody.err
    no_region = aws("runs", "--profile", "nobody")
    assert no_region.code == 2
    assert "no usable AWS credentials" in no_region.err


def test_a_stage_goes_without_the_other_and_its_data_go_only_when_named(run, here):
    kept = boto3.client("s3").list_buckets()["Buckets"]
    (bucket,) = (one["Name"] for one in kept if one["Name"].startswith("econchatr-dev-lake"))
    wrong = aws("destroy", "--yes", "--with-data", "another")
    assert wrong.code == 2
    gone = aws("destroy", "--yes", "--with-data", bucket)
    assert gone.code == 0, gone.err
    assert f"Bucket {bucket} and ledger" in gone.out
    left = {one["Name"] for one in boto3.client("s3").list_buckets()["Buckets"]}
    assert bucket not in left
    assert aws("runs").code == 2
    assert aws("runs", *PROD).code == 0
    assert aws("destroy", "--yes", *PROD).out.count("Kept, unless asked for") == 1
    after = {one["Name"] for one in boto3.client("s3").list_buckets()["Buckets"]}
    assert after == left
