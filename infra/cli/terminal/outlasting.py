"""Output that outlasts its reader: where a terminal or a pipe goes, what is printed goes on to a file."""

import io
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TextIO, cast

from infra.cli.terminal.harmless import filtered
from infra.machine.interruptions import HANGUP

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

STDERR = 2


@contextmanager
def outlasting(log: Path) -> Iterator[None]:
    """While the block lasts, no terminal, reader or disk that goes ends it: output goes on to the file `log`.

    A stream that is none of the system's, such as one that a test captures, stays as it is.
    """
    with ExitStack() as stack:
        outputs = [
            stack.enter_context(_lasting(name, log))
            for name in ("stdout", "stderr")
            if _descriptor(getattr(sys, name)) is not None
        ]
        stack.enter_context(_hangups_survived(outputs))
        yield


class _Output(io.FileIO):
    """A descriptor that is turned to another file when what it was for takes nothing any more."""

    def __init__(self, descriptor: int, log: Path) -> None:
        super().__init__(descriptor, "w", closefd=False)
        self._others = [os.devnull, str(log)]

    def write(self, data: "ReadableBuffer", /) -> int:
        try:
            return super().write(data)
        except OSError:
            if not self.turn():
                raise
            return self.write(data)

    def turn(self) -> bool:
        """Turn to the log, and from there to nowhere; false when it was nowhere already."""
        while self._others:
            place = self._others.pop()
            with suppress(OSError):
                other = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
                os.dup2(other, self.fileno())
                os.close(other)
                self._tell(place)
                return True
        return False

    def _tell(self, place: str) -> None:
        """Say where output goes on; not by a stream, which a signal may have found in the middle of a line."""
        if place != os.devnull and self.fileno() != STDERR:
            said = (
                f"econchatr: nobody reads the output any more; the run goes on, and tells {place}\n"
            )
            with suppress(OSError):
                os.write(STDERR, said.encode())


@contextmanager
def _lasting(name: str, log: Path) -> Iterator[_Output]:
    before: TextIO = getattr(sys, name)
    before.flush()
    output = _Output(before.fileno(), log)
    stream = filtered(
        io.TextIOWrapper(
            io.BufferedWriter(output),
            encoding=before.encoding,
            errors=before.errors,
            line_buffering=True,
        )
    )
    setattr(sys, name, stream)
    try:
        yield output
    finally:
        stream.flush()
        setattr(sys, name, before)


@contextmanager
def _hangups_survived(outputs: list[_Output]) -> Iterator[None]:
    """Turn what goes to a terminal elsewhere when that hangs up; `nohup` stays what it is."""

    def turn(_number: int, _frame: FrameType | None) -> None:
        for output in outputs:
            if output.isatty():
                output.turn()

    main = threading.current_thread() is threading.main_thread()
    wanted = [number for number in HANGUP if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, turn) for number in wanted if main}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _descriptor(stream: object) -> int | None:
    try:
        return cast(TextIO, stream).fileno()
    except (AttributeError, OSError, ValueError):  # none, captured, or closed
        return None
