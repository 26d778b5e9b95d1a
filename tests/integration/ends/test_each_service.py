"""One whole run at each service in its own manner: the same corpus, the same books, the same report."""

import json
import re
import subprocess
import sys
import urllib.request
from decimal import Decimal
from urllib.error import HTTPError
from urllib.parse import quote

import pandas as pd
import pytest

from infra.cli import asked
from infra.local.cloud import running
from infra.local.provider.process import start
from shared import catalogue, shows
from shared.lake import Bucket
from tests.places import ROOT

pytestmark = pytest.mark.integration
GUIDE = (ROOT / "docs" / "adding-a-provider.md").read_text("utf-8")
TABLES = {
    "runs",
    "plans",
    "pairs",
    "selections",
    "jobs",
    "job_metrics",
    "generations",
    "metrics",
    "spend",
}


def openai_for_ever():
    """The packaged catalogue as it is while OpenAI tunes, whatever the day."""
    known = catalogue.packaged()
    return known.model_copy(
        update={
            "providers": tuple(
                one.model_copy(update={"tunes_until": None}) for one in known.providers
            ),
            "models": tuple(one.model_copy(update={"shutdown_date": None}) for one in known.models),
        }
    )


def azure():
    """The packaged catalogue and the guide's Azure."""
    (text,) = (
        block for block in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL) if "azure" in block
    )
    return catalogue.overridden(catalogue.packaged(), catalogue.parse(text, "the guide"))


def quick_profile(folder, model):
    """The demo show with few questions and without a jury, as a file."""
    show = shows.packaged("demo")
    evaluation = show.evaluation.model_copy(update={"held_out_items": 3, "judges": ()})
    quick = show.model_copy(update={"models": (model,), "evaluation": evaluation})
    profile = folder / "demo.yaml"
    profile.write_text(json.dumps(asked.inline(quick)))  # JSON is YAML
    return profile


def local(profile, folder, *options):
    command = [sys.executable, "-m", "infra.cli.main", "local", str(profile), "--ceiling", "5"]
    command += ["--out", str(folder / "out"), *options]
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)


class Service:
    """A stand-in in one manner, and runs of the demo show there."""

    def __init__(self, folder, provider, prices, model):
        self.folder, self.provider, self.prices, self.model = folder, provider, prices, model
        self.profile = quick_profile(folder, model)

    def run(self):
        options = ("--limit", "8", "--catalogue", str(self.prices), "--yes")
        address = ("--openai-base-url", self.provider.base_url)
        return local(self.profile, self.folder, *options, *address)

    def asked(self, path, body=None):
        request = urllib.request.Request(  # noqa: S310 - the stand-in's own loopback address
            self.provider.root_url + path,
            data=body and json.dumps(body).encode(),
            headers={"authorization": "Bearer any"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return json.loads(answer.read())

    def summary(self, status):
        found = [
            json.loads(path.read_text()) for path in self.folder.glob("out/runs/*/summary.json")
        ]
        (summary,) = (one for one in found if one["status"] == status)
        return summary

    def settled(self):
        spend = pd.read_parquet(self.folder / "out" / "lake" / "spend")
        return sum(spend["settled_usd"].dropna(), Decimal(0))


@pytest.fixture
def service(tmp_path, request):
    manner, known, model = request.param
    prices = tmp_path / "prices.yaml"
    prices.write_text(catalogue.dump(known()))
    with start(prices, tmp_path / "provider", job_seconds=0.5, manner=manner) as provider:
        yield Service(tmp_path, provider, prices, model)


@pytest.mark.parametrize("service", [("openai", openai_for_ever, "gpt-4.1-mini")], indirect=True)
def test_a_run_at_openai_needs_no_deployment_and_its_books_are_the_meters(service):
    ended = service.run()
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert service.summary("SUCCEEDED")["models"][0]["fine_tuned_model"].startswith(
        "ft:gpt-4.1-mini"
    )
    assert service.settled() == Decimal(service.asked("/_meter")["exact_usd"]) > 0
    assert {path.name for path in (service.folder / "out/lake").iterdir()} >= TABLES
    assert (service.folder / "out" / "report.html").is_file()
    curve = pd.read_parquet(service.folder / "out" / "lake" / "job_metrics")
    assert curve[curve.step.notna()].valid_loss.notna().all()
    assert "Fine-tuning job started" in set(curve.message)
    assert service.asked("/v1/files?purpose=fine-tune")["data"] == []


def hosted():
    """The packaged catalogue, as if Nebius hosted tuned models by the hour."""
    known = catalogue.packaged()
    hourly = known.provider("nebius").model_copy(update={"idle_costs": True})
    providers = (hourly, *(one for one in known.providers if one != known.provider("nebius")))
    return known.model_copy(update={"providers": providers})


@pytest.mark.parametrize("service", [("nebius", hosted, "llama-3.1-8b")], indirect=True)
def test_a_model_that_costs_while_nobody_asks_is_taken_down_at_the_end(service):
    ended = service.run()
    assert ended.returncode == 0, ended.stdout + ended.stderr
    name = service.summary("SUCCEEDED")["models"][0]["fine_tuned_model"]
    assert service.settled() == Decimal(service.asked("/_meter")["exact_usd"]) > 0
    with pytest.raises(HTTPError, match="404"):
        service.asked(f"/v0/models/{quote(name, safe='')}")


@pytest.mark.parametrize("service", [("azure", azure, "azure-gpt-4.1-mini")], indirect=True)
def test_a_run_at_azure_asks_for_a_hand_and_goes_on_with_what_it_bought(service):
    ended = service.run()
    assert ended.returncode == 1, ended.stdout + ended.stderr
    found = re.search(r"DeployByHand: .*job (\S+) there under the name (\S+)", ended.stderr)
    assert found, ended.stderr
    job_id, name = found.groups()
    service.asked("/_deployments", {"job_id": job_id, "name": name})
    again = service.run()
    assert again.returncode == 0, again.stdout + again.stderr
    meter = service.asked("/_meter")
    assert len(meter["jobs"]) == 1
    assert service.settled() == Decimal(meter["exact_usd"]) > 0
    assert service.summary("SUCCEEDED")["models"][0]["fine_tuned_model"] == name
    assert {path.name for path in (service.folder / "out/lake").iterdir()} >= TABLES


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
