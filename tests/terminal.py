"""A terminal to run a command in, which remembers what a person saw."""

import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path

import pyte

COLUMNS, LINES = 100, 40
HISTORY = 2_000


@dataclass(frozen=True, slots=True)
class Session:
    """How a command ended, and the lines that stood in the terminal then, from the first."""

    code: int
    lines: list[str]

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip("\n") + "\n"


def typed_in_a_terminal(
    arguments: Sequence[str], *, cwd: Path | None = None, typed: str = "", timeout: float = 300
) -> Session:
    """Run `econchatr` with the arguments in a terminal of COLUMNS; `typed` is what the person answers."""
    screen = pyte.HistoryScreen(COLUMNS, LINES, history=HISTORY, ratio=0.5)
    stream = pyte.ByteStream(screen)
    ours, its = pty.openpty()
    ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color"}
    for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"):
        environment.pop(name, None)
    command: list[str | Path] = [Path(sys.executable).with_name("econchatr"), *arguments]
    process = subprocess.Popen(
        command, stdin=its, stdout=its, stderr=its, cwd=cwd, env=environment, start_new_session=True
    )
    os.close(its)
    os.write(ours, typed.encode())
    try:
        for data in _read(ours, time.monotonic() + timeout):
            stream.feed(data)
        return Session(process.wait(timeout=30), _lines(screen))
    finally:
        process.kill()
        os.close(ours)


def _read(descriptor: int, deadline: float) -> Iterator[bytes]:
    while time.monotonic() < deadline:
        ready, _, _ = select.select([descriptor], [], [], 1.0)
        if not ready:
            continue
        try:
            data = os.read(descriptor, 65536)
        except OSError:  # how Linux says that nobody has the other end any more
            return
        if not data:
            return
        yield data
    raise TimeoutError("the command did not end in time")


def _lines(screen: pyte.HistoryScreen) -> list[str]:
    gone = [
        "".join(line[column].data for column in range(COLUMNS)).rstrip()
        for line in screen.history.top
    ]
    return gone + [line.rstrip() for line in screen.display]
