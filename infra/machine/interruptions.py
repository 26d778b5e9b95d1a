"""Signals that end a command: while a run goes on the first asks, the second leaves."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self

SIGNALS = (signal.SIGINT, signal.SIGTERM)
HANGUP: tuple[signal.Signals, ...] = (signal.SIGHUP,) if hasattr(signal, "SIGHUP") else ()
ENDINGS = (signal.SIGTERM, *HANGUP)


class Interruptions:
    """Counts the signals while its block lasts; the second raises KeyboardInterrupt, later ones do nothing.

    A first one is only noted, so that no call under way is torn. Signals reach the main thread alone;
    elsewhere the block changes nothing.
    """

    def __init__(self) -> None:
        self._count = 0
        self._taken = False
        self._before: dict[signal.Signals, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._note) for number in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def taken(self) -> bool:
        """Return whether there was a signal; true once."""
        asked = self._count > 0 and not self._taken
        self._taken = self._taken or asked
        return asked

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self._count += 1
        if self._count == 2:
            raise KeyboardInterrupt


@contextmanager
def terminated_like_interrupted() -> Iterator[None]:
    """SIGTERM and SIGHUP end the block as Ctrl-C does, so that what was started is ended in good order.

    What is ignored, as `nohup` has it, stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: signal.signal(number, signal.default_int_handler)
        for number in ENDINGS
        if signal.getsignal(number) is not signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
