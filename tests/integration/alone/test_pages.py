"""The pages on using the stand-in and the laptop's cloud by themselves, done where nothing else of this is."""

import json
import os
import re
import shutil
import subprocess
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.places import ROOT

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Parameters: {Stage: {Type: String}}
Resources:
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      Definition: {StartAt: Act, States: {Act: {Type: Task, Resource: !GetAtt Act.Arn, End: true}}}
      Policies: [{LambdaInvokePolicy: {FunctionName: !Ref Act}}]
  Act:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, Handler: src.act.handler, CodeUri: .}
Outputs: {Machine: {Value: !Ref Machine}}
"""


def blocks(page, language):
    """The code blocks of a page of docs in a language."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def library(folder, *packages):
    """A folder with these packages of infra/local and nothing else of this repository, for PYTHONPATH."""
    library = folder / "library"
    for name in ("infra", "infra/local", "shared", "functions"):
        (library / name).mkdir(parents=True)
        absent = name in ("shared", "functions")
        (library / name / "__init__.py").write_text("raise ImportError" if absent else "")
    for package in packages:
        shutil.copytree(ROOT / "infra" / "local" / package, library / "infra" / "local" / package)
    return library


def environment(library):
    vocabularies = {"TIKTOKEN_CACHE_DIR": os.environ["TIKTOKEN_CACHE_DIR"]}
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(library), **vocabularies}


def python(code, folder, library):
    """What a program prints that runs in the folder with this library."""
    command = [sys.executable, "-c", code]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment(library),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_laptops_cloud_deploys_and_runs_a_strangers_template(tmp_path):
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "act.py").write_text("def handler(event, context): return 'done'")
    cloud, _ = blocks("laptop-cloud.md", "python")
    alone = library(tmp_path, "cloud", "athena")
    assert python(cloud, tmp_path, alone).split() == ["SUCCEEDED", '"done"']


def test_athenas_sql_is_answered_over_a_strangers_files(tmp_path):
    folder = tmp_path / "lake" / "turns" / "year=2026"
    folder.mkdir(parents=True)
    table = pa.table({"speaker": ["Ida"], "n_words": pa.array([7], pa.int32())})
    pq.write_table(table, folder / "a.parquet")
    _, athena = blocks("laptop-cloud.md", "python")
    assert python(athena, tmp_path, library(tmp_path, "athena")).strip() == "[['Ida', '7']]"


@pytest.fixture
def served(tmp_path):
    """The stand-in as the page starts it, but on a free port; its address."""
    (tmp_path / "models.yaml").write_text(blocks("provider-stand-in.md", "yaml")[0])
    line = blocks("provider-stand-in.md", "sh")[0].strip().replace("8080", "0")
    command = line.replace("python ", f"{sys.executable} ", 1).split()
    alone = environment(library(tmp_path, "provider"))
    with subprocess.Popen(
        command, cwd=tmp_path, env=alone, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield json.loads(process.stdout.readline())["base_url"]
        finally:
            process.terminate()


def test_a_strangers_client_tunes_at_the_stand_in(served, tmp_path):
    turn = {"role": "user", "content": "Why?"}, {"role": "assistant", "content": "Who knows?"}
    (tmp_path / "train.jsonl").write_text(f"{json.dumps({'messages': turn})}\n" * 10)
    (client,) = blocks("provider-stand-in.md", "python")
    code = client.replace("http://127.0.0.1:8080/v1/", served)
    printed = python(f"{code}\nprint(job.model)", tmp_path, tmp_path / "library")
    assert printed.strip() == "mine/small-8b"
    line = blocks("provider-stand-in.md", "sh")[1].strip()
    fault = line.replace("http://127.0.0.1:8080", served.removesuffix("/v1/"))
    done = subprocess.run(["/bin/sh", "-c", fault], capture_output=True, text=True, timeout=30)
    assert json.loads(done.stdout) == {"rules": [{"action": "reply_lost", "times": 1}]}
