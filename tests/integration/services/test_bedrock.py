"""A whole run at Bedrock, from the bucket and back to it."""

import json
from decimal import Decimal

import pandas as pd
import pytest

from infra.local.cloud import running
from shared.lake import Bucket
from tests.integration.services.service import TABLES, local, quick_profile

pytestmark = pytest.mark.integration


def test_a_run_at_bedrock_trains_from_the_bucket_and_holds_what_aws_never_tells(tmp_path):
    ended = local(quick_profile(tmp_path, "nova-micro"), tmp_path)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    out = tmp_path / "out"
    (summary,) = (json.loads(path.read_text()) for path in out.glob("runs/*/summary.json"))
    (model,) = summary["models"]
    assert model["provider"] == "bedrock"
    assert ":custom-model-deployment/" in model["fine_tuned_model"]
    bill = json.loads((out / "bill.json").read_text())
    (job,) = bill["jobs"]
    assert job["status"] == "succeeded"
    assert Decimal(job["charged_usd"]) <= Decimal(model["unknown_usd"])
    assert model["unknown_usd"] in ended.stdout.partition("Report:")[0]
    answers = sum(Decimal(call["charged_usd"]) for call in bill["calls"])
    spend = pd.read_parquet(out / "lake" / "spend")
    assert sum(spend["settled_usd"].dropna(), Decimal(0)) == answers > 0
    assert {path.name for path in (out / "lake").iterdir()} >= TABLES
    assert len(pd.read_parquet(out / "lake" / "job_metrics")) > 10
    with running(out / ".econchatr" / "cloud") as cloud:
        s3 = cloud.client("s3")
        (lake,) = (b["Name"] for b in s3.list_buckets()["Buckets"] if "lakebucket" in b["Name"])
        left = Bucket(s3, lake).keys("customization/")
    assert [key.rpartition("/")[2] for key in left] == ["step_wise_training_metrics.csv"]
    trained = next(out.glob("runs/*/training/*.jsonl")).read_text().splitlines()
    assert json.loads(trained[0])["schemaVersion"] == "bedrock-conversation-2024"
