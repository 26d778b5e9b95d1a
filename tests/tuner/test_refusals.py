"""What cannot be trained here is refused with a sentence, before anything starts."""

import json
import shutil
import subprocess

import pytest

from infra.local.provider.process import ProviderDidNotStart
from infra.local.provider.training import recipe
from infra.local.provider.training.jobs import OUT_OF_MEMORY
from tests.tuner.conftest import PYTHON
from tests.tuner.support import tuning
from tests.unit.infra.local.provider.support import chat_lines


def refused(base, tmp_path):
    with pytest.raises(ProviderDidNotStart) as found, tuning(base, tmp_path / "state"):
        pass
    return str(found.value)


@pytest.fixture
def copy(tiny, tmp_path):
    return shutil.copytree(tiny, tmp_path / "base")


def test_a_folder_without_a_chat_template(copy, tmp_path):
    (copy / "chat_template.jinja").unlink()
    assert "has no chat template" in refused(copy, tmp_path)


def test_a_folder_that_is_no_model(tmp_path):
    (tmp_path / "base").mkdir()
    assert "cannot be read as a model" in refused(tmp_path / "base", tmp_path)


def test_a_model_that_writes_no_text(copy, tmp_path):
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps({**config, "model_type": "vit"}))
    assert "a vit model, which writes no text" in refused(copy, tmp_path)


def test_a_model_that_does_not_fit_in_memory(copy, tmp_path):
    with (copy / "model.safetensors").open("ab") as weights:
        weights.truncate(4_000_000_000_000)
    assert "GB of memory to train and" in refused(copy, tmp_path)


def test_a_training_that_takes_more_memory_than_it_may_ends_by_itself_and_says_so(tiny, tmp_path):
    (tmp_path / "train.chat.jsonl").write_bytes(chat_lines())
    (tmp_path / "held_out.chat.jsonl").write_bytes(b"")
    words = ["--model", tiny, "--data", tmp_path, "--into", tmp_path / "adapter", "--cpu"]
    ended = subprocess.run(
        [PYTHON, recipe.FOLDER / "train.py", *words, "--memory-gb", "0.1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == OUT_OF_MEMORY
    assert "it takes more than 0.1 GB of memory" in ended.stderr
