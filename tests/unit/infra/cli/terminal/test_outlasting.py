"""A run is not ended by whoever stops reading it: its output goes on to a file."""

import os
import pty
import signal
import subprocess
import sys
import time

import pytest

from tests.places import ROOT

TOLD = """
import sys, time
from pathlib import Path
from infra.cli.terminal.outlasting import outlasting
from infra.machine.interruptions import terminated_like_interrupted
with terminated_like_interrupted(), outlasting(Path(sys.argv[1])):
    print("begun", flush=True)
    sys.stdin.readline()
    for number in range(3):
        print(f"line {number}")
        print(f"error {number}", file=sys.stderr)
print("after")
Path(sys.argv[2]).write_text("came to its end")
"""


@pytest.fixture
def told(tmp_path):
    """Start a process that tells something, waits for a line, and tells the rest."""
    started = []

    def start(**streams):
        command = [sys.executable, "-c", TOLD, tmp_path / "log", tmp_path / "end"]
        started.append(
            subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, text=True, **streams)
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def go_on(process):
    process.stdin.write("\n")
    process.stdin.flush()
    return process.wait(timeout=60)


def test_a_pipe_that_closes_sends_the_rest_to_a_file_and_says_so(told, tmp_path):
    process = told(stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout.readline() == "begun\n"
    process.stdout.close()
    assert go_on(process) == 0
    assert (tmp_path / "log").read_text().splitlines() == ["line 0", "line 1", "line 2", "after"]
    said = process.stderr.read()
    assert (
        f"nobody reads the output any more; the run goes on, and tells {tmp_path / 'log'}" in said
    )
    assert "error 2" in said


def test_a_full_disk_is_a_reader_that_went(told, tmp_path):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        assert go_on(told(stdout=full, stderr=full)) == 0
    assert (tmp_path / "end").exists()
    assert {"begun", "line 2", "error 2"} <= set((tmp_path / "log").read_text().splitlines())


@pytest.mark.parametrize("hang_up", [signal.SIGHUP, None], ids=["hang-up", "terminal closed"])
def test_a_terminal_that_goes_sends_the_rest_to_a_file(told, tmp_path, hang_up):
    ours, its = pty.openpty()
    process = told(stdout=its, stderr=its, start_new_session=True)
    os.close(its)
    assert os.read(ours, 100).startswith(b"begun")
    if hang_up:
        process.send_signal(hang_up)
        time.sleep(0.2)
    else:
        os.close(ours)
    assert go_on(process) == 0
    assert "line 2" in (tmp_path / "log").read_text()
    assert "error 2" in (tmp_path / "log").read_text()
    if hang_up:
        os.close(ours)


def test_without_a_place_for_the_rest_it_still_comes_to_its_end(told, tmp_path):
    (tmp_path / "log").mkdir()
    process = told(stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    process.stderr.close()
    assert go_on(process) == 0
    assert (tmp_path / "end").read_text() == "came to its end"


def test_nohup_stays_what_it_is(tmp_path):
    ignoring = f"""
import os, signal
signal.signal(signal.SIGHUP, signal.SIG_IGN)
from pathlib import Path
from infra.cli.terminal.outlasting import outlasting
from infra.machine.interruptions import terminated_like_interrupted
with terminated_like_interrupted(), outlasting(Path({str(tmp_path / "log")!r})):
    os.kill(os.getpid(), signal.SIGHUP)
    print("went on")
"""
    ended = subprocess.run(
        [sys.executable, "-c", ignoring], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ended.stdout == "went on\n"
    assert not (tmp_path / "log").exists()
