"""A tiny model of random weights, and the provider that tunes it; skipped where `make tuner` was not run."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import ROOT
from tests.tuner.support import Tuned, tuning
from tests.unit.infra.local.provider.support import chat_lines

PYTHON = ROOT / ".tools" / "tuner" / "bin" / "python"
PACKAGED = ROOT / ".tools" / "tuner" / "smollm2-135m"
TINY = ROOT / "tests" / "export" / "tiny.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = [item for item in items if item.path.is_relative_to(Path(__file__).parent)]
    for item in here:
        item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))
        if not PYTHON.exists():
            item.add_marker(pytest.mark.skip(reason="no torch here; `make tuner` installs it"))


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Llama of two layers that has learnt nothing, in a folder."""
    folder = tmp_path_factory.mktemp("tiny")
    data = folder / "lines.jsonl"
    data.write_bytes(chat_lines())
    offline = os.environ | {"HF_HUB_OFFLINE": "1"}
    subprocess.run([PYTHON, TINY, "build", folder / "base", data], check=True, env=offline)
    return folder / "base"


@pytest.fixture(scope="module")
def provider(tiny: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tuned]:
    with tuning(tiny, tmp_path_factory.mktemp("provider") / "state") as running:
        yield running
