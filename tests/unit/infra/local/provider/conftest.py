"""A stand-in of any manner for each test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from infra.encodings import cache_dir
from infra.local.provider.manners import Manner
from tests.unit.infra.local.provider.counter import Counter


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Manner], Counter]:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(cache_dir()))
    return lambda manner: Counter(tmp_path, manner)
