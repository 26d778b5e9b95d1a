"""What holds for every test: where it may connect to, how tokens are counted, how hypothesis draws examples."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import settings

from infra import encodings

TESTS = Path(__file__).parent

settings.register_profile("laptop", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "laptop")

os.environ["TIKTOKEN_CACHE_DIR"] = str(encodings.cache_dir())

# Under nohup it would be ignored by every process that a test starts.
signal.signal(signal.SIGHUP, signal.SIG_DFL)


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are processors: what runs the machine waits for it half of the time."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test by its folder; only those of the embedded cloud reach loopback unasked.

    A unit test that serves itself a page asks with `@pytest.mark.allow_hosts(["127.0.0.1"])`.
    """
    for item in items:
        kind = item.path.relative_to(TESTS).parts[0]
        item.add_marker(kind)
        if kind == "integration":
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))
        elif kind == "e2e":
            item.add_marker("enable_socket")
