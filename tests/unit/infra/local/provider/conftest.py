"""A stand-in of any behaviour for each test."""

from collections.abc import Callable
from pathlib import Path

import pytest

from infra.local.provider.behaviours import Behaviour
from tests.unit.infra.local.provider.counter import Counter


@pytest.fixture
def at(tmp_path: Path) -> Callable[[Behaviour], Counter]:
    return lambda behaviour: Counter(tmp_path, behaviour)
