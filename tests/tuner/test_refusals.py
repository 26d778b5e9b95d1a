"""What cannot be trained here is refused with a sentence, before anything starts."""

import json
import shutil

import pytest

from infra.local.provider.process import ProviderDidNotStart
from tests.tuner.support import tuning


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
