"""Ctrl-C and SIGTERM while a run goes on: the first asks, the second leaves."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Self

SIGNALS = (signal.SIGINT, signal.SIGTERM)


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
    """SIGTERM ends the block as Ctrl-C does, so that what was started is ended in good order."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
