"""An account of AWS with nothing in it: the embedded cloud, reached as AWS is, by endpoint and credentials."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from samtranslator.yaml_helper import yaml_parse

from infra import encodings
from infra.layers import bytecode, checking, functions
from infra.local.cloud import Cloud, running
from infra.local.cloud.cloud import ACCESS_KEY, SECRET_KEY
from infra.local.laptop import PRELOAD
from infra.local.provider.process import RunningProvider, start
from shared import catalogue
from tests.places import ROOT

KEY = "sk-the-key-of-this-account"
LOCAL = {"DefinitionUri", "TemplateURL"}


@dataclass(frozen=True, slots=True)
class Account:
    """The cloud, the stand-in that its runs ask, and a build of the functions."""

    cloud: Cloud
    provider: RunningProvider
    template: Path


@contextmanager
def account(folder: Path) -> Iterator[Account]:
    """An empty account, to which boto3 and SAM are led by their own variables."""
    environment = {
        "TIKTOKEN_CACHE_DIR": str(encodings.cache_dir()),
        "REACH_PRIVATE_ADDRESSES": "yes",
        "STAND_IN": "yes",
    }
    prices = folder / "prices.yaml"
    prices.write_text(catalogue.dump(catalogue.packaged()))
    with (
        running(
            folder / "cloud", wait_scale=0.2, environment=environment, preload=PRELOAD
        ) as cloud,
        start(
            prices, folder / "provider", job_seconds=0.5, behaviour="nebius", api_key=KEY
        ) as provider,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in {
            "AWS_ENDPOINT_URL": cloud.endpoint_url,
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_REGION": cloud.region,
            "AWS_DEFAULT_REGION": cloud.region,
            "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
        }.items():
            patch.setenv(name, value)
        patch.delenv("AWS_PROFILE", raising=False)
        yield Account(cloud, provider, build(folder / "built", patch))


def build(folder: Path, patch: pytest.MonkeyPatch) -> Path:
    """What `sam build` leaves, with the functions' own code and layers that hold nothing: libraries come from here."""
    here = ".".join(map(str, sys.version_info[:2]))
    for module in (bytecode, checking):
        patch.setattr(module, "LAMBDA_PYTHON", here)
    patch.chdir(ROOT)
    functions.build(folder / "code")
    (folder / "layer").mkdir()
    (folder / "layer" / "README").write_text("Libraries come from the laptop's own environment.")
    document = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))
    del document["Globals"]["Function"]["CodeUri"]
    for resource in document["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::Serverless::Function":
            properties["CodeUri"] = "code"
        if resource["Type"] == "AWS::Serverless::LayerVersion":
            properties["ContentUri"] = "layer"
        for name in LOCAL & set(properties):
            properties[name] = str(ROOT / properties[name])
    template = folder / "template.yaml"
    template.write_text(json.dumps(document, default=str))
    return template
