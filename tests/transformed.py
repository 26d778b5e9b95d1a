"""The template as CloudFormation sees it: with everything that SAM's transform makes of it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import Mock, patch

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from tests.places import ROOT

LOCAL = ("CodeUri", "ContentUri", "DefinitionUri")
TEMPLATES = ("template.yaml", "infra/data.yaml", "infra/queries.yaml", "infra/watch.yaml")


def transformed(path: Path = ROOT / "template.yaml", **parameters: str) -> dict[str, Any]:
    """Return a template of ours after the transform; its files lie in a bucket, as after packaging."""
    return processed(yaml_parse(path.read_text("utf-8")), parameters)


def processed(template: dict[str, Any], parameters: dict[str, str] | None = None) -> dict[str, Any]:
    """Return a template after the transform, if it asks for one; it puts parameters into a few places itself."""
    if "Transform" not in template:
        return template
    template.get("Globals", {}).get("Function", {})["CodeUri"] = "s3://bucket/key"
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        properties.update({name: "s3://bucket/key" for name in LOCAL if name in properties})
    policies = Mock()  # what SAM would ask IAM for: the addresses of AWS's own policies
    policies.load.return_value = {}
    with _region():
        done: dict[str, Any] = transform(template, parameters or {}, policies)
    return done


@contextmanager
def _region() -> Iterator[None]:
    with patch.dict(os.environ, {"AWS_DEFAULT_REGION": "us-east-1"}):
        yield
