"""A run whose stages leave what a report reads."""

from collections.abc import Iterator

import pytest

from tests.sample_run import SampleRun, sample_run


@pytest.fixture
def run() -> Iterator[SampleRun]:
    with sample_run() as run:
        yield run
