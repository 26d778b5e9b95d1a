"""What `make build` leaves starts on Lambda's own Python with nothing else beside it, and answers."""

import importlib.util
import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from samtranslator.yaml_helper import yaml_parse

from infra import encodings
from infra.layers.bytecode import lambda_python
from infra.layers.checking import BUILT, check
from infra.layers.lock import MACHINES
from infra.local.cloud import worker
from tests.cfn import load_template
from tests.places import ROOT
from tests.unit.infra.local.cloud.test_worker import runtime_api

TEMPLATE = ROOT / BUILT
PYTHON = lambda_python()
VARIABLES = load_template(ROOT / "template.yaml")["Globals"]["Function"]["Environment"]["Variables"]
HERE = next(name for name, machine in MACHINES.items() if machine == os.uname().machine)
pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not TEMPLATE.is_file(), reason="nothing is built; `make build` does"),
    pytest.mark.skipif(PYTHON is None, reason="Lambda's Python is not there"),
]


def functions():
    """Each built function with its handler, its code and the folders of its layers."""
    if not TEMPLATE.is_file():
        return
    resources = yaml_parse(TEMPLATE.read_text("utf-8"))["Resources"]
    for name, resource in resources.items():
        if resource["Type"] == "AWS::Serverless::Function":
            properties = resource["Properties"]
            layers = [
                TEMPLATE.parent / resources[layer["Ref"]]["Properties"]["ContentUri"]
                for layer in properties["Layers"]
            ]
            code = TEMPLATE.parent / properties["CodeUri"]
            yield pytest.param(properties["Handler"], code, layers, id=name)


@pytest.fixture(scope="module")
def runtime_client(tmp_path_factory):
    """AWS's runtime client in a folder of its own, the parts in Python alone."""
    folder = tmp_path_factory.mktemp("client")
    for name in ("awslambdaric", "simplejson", "snapshot_restore_py"):
        origin = Path(str(importlib.util.find_spec(name).origin))
        if origin.name == "__init__.py":
            own = shutil.ignore_patterns("__pycache__", "*.so")
            shutil.copytree(origin.parent, folder / name, ignore=own)
        else:
            shutil.copy(origin, folder)
    return folder


def start(handler, code, layers, client, api):
    """The function in a process that sees its own code, its layers and Lambda's Python."""
    path = [str(code), *(str(layer / "python") for layer in layers), str(client)]
    script = (
        f"import runpy, sys; sys.path[:0] = ['', *{path!r}]; sys.argv = ['worker', {handler!r}]; "
        f"runpy.run_path({worker.__file__!r}, run_name='__main__')"
    )
    environment = {
        "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.server_address[1]}",
        "LAMBDA_TASK_ROOT": str(code),
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "none",
        "AWS_SECRET_ACCESS_KEY": "none",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",  # where nobody listens
        "AWS_MAX_ATTEMPTS": "1",
        **{name: "1" if isinstance(value, dict) else value for name, value in VARIABLES.items()},
        "PROVIDER_BASE_URL": "",
        "TIKTOKEN_CACHE_DIR": str(encodings.cache_dir()),
    }
    command = [PYTHON, "-s", "-S", "-E", "-B", "-c", script]
    return subprocess.run(
        command, env=environment, cwd=code, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.parametrize(("handler", "code", "layers"), list(functions()))
def test_a_built_function_starts_with_its_layers_alone_and_answers(
    handler, code, layers, runtime_client
):
    event = {"run_id": "r1", "input": {}, "started_at": "2026-11-27T00:00:00Z", "state": {}}
    event |= {"model": "m", "arm": "base", "judge": "j", "batch": "b"}
    with runtime_api([event]) as api:
        ended = start(handler, code, layers, runtime_client, api)
    assert api.answers, ended.stderr
    ((kind, answer),) = api.answers
    assert kind in ("response", "error")
    assert not str(answer.get("errorType", "")).startswith("Runtime."), json.dumps(answer)[:2000]
    assert "EndpointConnectionError" in json.dumps(answer)  # it came as far as asking AWS


def test_without_its_layer_a_function_says_what_is_missing(runtime_client):
    handler, code, _ = next(functions()).values
    with runtime_api([{}]) as api:
        start(handler, code, [], runtime_client, api)
    ((_, answer),) = api.answers
    assert answer["errorType"] == "Runtime.ImportModuleError"


def test_what_was_built_may_be_deployed():
    assert check(TEMPLATE, HERE)


def test_bytecode_that_is_taken_away_is_missed(tmp_path):
    built = tmp_path / "build"
    code = Path(next(functions()).values[1])
    for folder in TEMPLATE.parent.iterdir():
        if folder.is_dir() and folder != code:
            (built / folder.name).mkdir(parents=True)
    shutil.copytree(code, built / code.name)
    shutil.copy(TEMPLATE, built)
    next((built / code.name).rglob("*.pyc")).unlink()
    with pytest.raises(Exception, match="has no bytecode for"):
        check(built / TEMPLATE.name, HERE)
