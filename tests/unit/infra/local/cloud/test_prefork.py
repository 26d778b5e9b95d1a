"""Environments are forked with their libraries imported, and live and end as processes of their own."""

import os
import signal
import subprocess
import sys
import time

import pytest

from infra.local.cloud import prefork

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
# In the place of the worker: what it is, and what it does as its one argument says.
WORKER = """
import os, sys, time
print(sorted(os.environ), os.getcwd(), sys.argv[1], "boto3" in sys.modules, "shared" in sys.modules)
exec(sys.argv[1])
"""


@pytest.fixture
def ask(tmp_path):
    """Starts a bootstrap against a prefork whose worker is ours."""
    worker = tmp_path / "worker.py"
    worker.write_text(WORKER)
    start = "import runpy, sys; from pathlib import Path; sys.argv = ['prefork']; sys.path.insert(0, '');"
    script = f"{start} names = runpy.run_path({prefork.__file__!r}); serve = names['serve'];"
    script += f" serve.__globals__['WORKER'] = Path({str(worker)!r});"
    script += f" serve(Path({str(tmp_path)!r}), names['Preload'](('boto3',)))"
    server = subprocess.Popen([sys.executable, "-c", script])
    folder = tmp_path / "task"
    folder.mkdir()

    def started(code):
        command = [sys.executable, "-I", "-S", prefork.__file__, "worker.py", code]
        return subprocess.Popen(
            command,
            env={prefork.FOLDER: str(tmp_path), "LC_ALL": "C.UTF-8"},
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    yield started
    server.kill()
    server.wait()


def test_an_environment_has_its_own_variables_folder_arguments_and_output(ask, tmp_path):
    told, _ = ask("pass").communicate(timeout=60)
    variables = sorted(["LC_ALL", prefork.FOLDER])
    assert told.startswith(f"{variables} {tmp_path / 'task'} pass ")
    assert told.strip().endswith(" False")  # the repository's own `shared`


@pytest.mark.parametrize(
    ("code", "status"), [("pass", 0), ("sys.exit(3)", 3), ("1 / 0", 1), ("os._exit(7)", 7)]
)
def test_whoever_asked_ends_as_the_environment_ends(ask, code, status):
    asked = ask(code)
    told, _ = asked.communicate(timeout=60)
    assert asked.returncode == status
    assert ("ZeroDivisionError" in told) == (code == "1 / 0")


def test_an_environment_ends_with_whoever_asked(ask, tmp_path):
    asked = ask("print(os.getpid(), flush=True); time.sleep(600)")
    asked.stdout.readline()
    pid = int(asked.stdout.readline())
    asked.send_signal(signal.SIGKILL)
    asked.wait()
    deadline = time.monotonic() + 30
    while os.path.exists(f"/proc/{pid}") and time.monotonic() < deadline:  # noqa: PTH110
        time.sleep(0.05)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
