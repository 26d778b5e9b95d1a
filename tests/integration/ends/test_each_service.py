"""One whole run at each service in its own manner: the same corpus, the same books, the same report."""

import json
import re
import subprocess
import sys
import urllib.request
from decimal import Decimal

import pandas as pd
import pytest

from infra.cli import asked
from infra.local.provider.process import start
from shared import catalogue, shows
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


class Service:
    """A stand-in in one manner, and runs of the demo show there."""

    def __init__(self, folder, provider, prices, model):
        self.folder, self.provider, self.prices, self.model = folder, provider, prices, model
        show = shows.packaged("demo")
        quick = show.model_copy(
            update={
                "models": (model,),
                "evaluation": show.evaluation.model_copy(
                    update={"held_out_items": 3, "judges": ()}
                ),
            }
        )
        self.profile = folder / "demo.yaml"
        self.profile.write_text(json.dumps(asked.inline(quick)))  # JSON is YAML

    def run(self):
        command = [sys.executable, "-m", "infra.cli.main", "local", str(self.profile)]
        command += ["--ceiling", "5", "--limit", "8", "--out", str(self.folder / "out")]
        command += ["--catalogue", str(self.prices), "--yes"]
        command += ["--openai-base-url", self.provider.base_url]
        return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)

    def asked(self, path, body=None):
        request = urllib.request.Request(  # noqa: S310 - the stand-in's own loopback address
            self.provider.root_url + path, data=body and json.dumps(body).encode()
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
