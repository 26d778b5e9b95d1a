"""One whole run of the demo show at a service in its own behaviour, by the command."""

import json
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from decimal import Decimal

import pandas as pd

from infra.cli import inputs
from infra.local.provider.process import start
from shared import catalogue, shows
from tests.places import ROOT

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


def quick_profile(folder, model):
    """The demo show with few questions and without a jury, as a file."""
    show = shows.packaged("demo")
    evaluation = show.evaluation.model_copy(update={"held_out_items": 3, "judges": ()})
    quick = show.model_copy(update={"models": (model,), "evaluation": evaluation})
    profile = folder / "demo.yaml"
    profile.write_text(json.dumps(inputs.inline(quick)))  # JSON is YAML
    return profile


def local(profile, folder, *options):
    command = [sys.executable, "-m", "infra.cli.main", "local", str(profile), "--ceiling", "5"]
    command += ["--out", str(folder / "out"), *options]
    return subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)


class Service:
    """A stand-in in one behaviour, and runs of the demo show there."""

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


@contextmanager
def serving(folder, behaviour, known, model):
    """The service in a behaviour, with the prices of a catalogue."""
    prices = folder / "prices.yaml"
    prices.write_text(catalogue.dump(known))
    with start(prices, folder / "provider", job_seconds=0.5, behaviour=behaviour) as provider:
        yield Service(folder, provider, prices, model)
