"""The exported recipe, run by itself: TRL trains a tiny Llama on the exported pairs, and the result answers."""

import json
import math
import os
import subprocess
from pathlib import Path

import pytest

from infra.cli.main import main
from tests.places import ROOT

PYTHON = ROOT / ".tools" / "tuner" / "bin" / "python"
TINY = Path(__file__).with_name("tiny.py")
STEPS = 20
pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """The demo show's export, into a folder that is new."""
    out = tmp_path_factory.mktemp("export") / "show"
    assert main(["export", "demo", "--out", str(out)]) == 0
    return out / "export"


def run(*words):
    """The recipe's own Python, without a hub to ask."""
    offline = {
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
    }
    ended = subprocess.run(
        [PYTHON, *map(str, words)],
        env=os.environ | offline,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_the_recipe_trains_an_adapter_on_the_hosts_words_alone(export, tmp_path):
    data, base, adapter = export / "train.chat.jsonl", tmp_path / "base", tmp_path / "adapter"
    run(TINY, "build", base, data)
    said = run(
        export / "recipe" / "train.py",
        *("--model", base, "--into", adapter, "--max-steps", STEPS, "--cpu"),
        *("--accumulate", 1, "--rank", 4, "--learning-rate", "0.01"),
    )
    ended = json.loads(said.strip().splitlines()[-1])
    assert ended["step"] == STEPS
    assert math.isfinite(ended["train_loss"])
    losses = [
        json.loads(line.replace("'", '"'))["loss"]
        for line in said.splitlines()
        if line.startswith("{'loss'")
    ]
    assert len(losses) == STEPS
    assert sum(map(float, losses[-5:])) < sum(map(float, losses[:5]))
    merged = tmp_path / "merged"
    run(export / "recipe" / "merge.py", "--adapter", adapter, "--into", merged)
    found = json.loads(run(TINY, "check", base, adapter, merged, data).strip().splitlines()[-1])
    print(json.dumps({"first_losses": losses[:3], "last_losses": losses[-3:], **found}))
    assert found["learnt"] == found["completion"]
    assert 0 < found["n_learnt"] < found["n_tokens"]
    assert found["moved"] == found["adapters"] > 0
    assert found["answered"] > 0
    assert found["merged_differs_by"] < 1e-3 < found["base_differs_by"]


def test_a_small_show_that_holds_nothing_out_trains_too(export, tmp_path):
    base, data = tmp_path / "base", tmp_path / "small"
    run(TINY, "build", base, export / "train.chat.jsonl")
    data.mkdir()
    lines = (export / "train.chat.jsonl").read_bytes().splitlines(keepends=True)
    (data / "train.chat.jsonl").write_bytes(b"".join(lines[:4]))
    (data / "held_out.chat.jsonl").write_bytes(b"")
    words = ("--model", base, "--into", tmp_path / "adapter", "--data", data, "--epochs", 1)
    said = run(export / "recipe" / "train.py", *words, "--cpu", "--accumulate", 1)
    assert json.loads(said.strip().splitlines()[-1])["step"] == 4
