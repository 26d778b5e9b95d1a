"""The answering process of a base model, from the side of who asks it."""

import itertools
import json
import math
import os
import subprocess
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from infra.local.provider.wire import ApiError, bad_request

_LOOK_SECONDS = 1.0
REPOSITORY = Path(__file__).resolve().parents[4]
# Threads that wait for each other in turns would keep a processor busy that another program needs.
QUIET = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0", "TOKENIZERS_PARALLELISM": "false"}


class WorkerGone(ApiError):
    """The answering process ended before it answered; the next request starts another."""

    def __init__(self, log: Path) -> None:
        last = log.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
        message = f"The process that answers ended ({last or 'killed'}); ask again"
        super().__init__(500, message, kind="server_error")


class Worker:
    """A base model's answering process; started when first asked, and again after it ended."""

    def __init__(self, python: Path, base: str, log: Path) -> None:
        self._command = [str(python), "-m", "infra.local.provider.training.worker", base]
        self._log = log
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._numbers = itertools.count()
        self._waiting: dict[int, Future[Any]] = {}

    def ask(self, what: str, **values: Any) -> Any:
        """Return what the process replies. Raises ApiError for what it refuses, WorkerGone where it ended."""
        return self.begin(what, **values).result()

    def begin(self, what: str, **values: Any) -> "Pending":
        """Ask the process, and return what waits for its reply. Raises WorkerGone."""
        answer: Future[Any] = Future()
        with self._lock:
            number = next(self._numbers)
            process = self._running()
            self._waiting[number] = answer
            try:
                asked = self._pipe(process.stdin)
                asked.write(json.dumps({"id": number, "do": what, **values}) + "\n")
                asked.flush()
            except OSError as error:
                self._waiting.pop(number, None)
                raise WorkerGone(self._log) from error
        return Pending(answer, process, self._log)

    def stop(self) -> None:
        """End the process, and with it the memory that its model takes; the next request starts another."""
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process.wait()
                self._process = None

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None or self._process.poll() is not None:
            with self._log.open("w", encoding="utf-8") as log:
                self._process = subprocess.Popen(
                    self._command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=log,
                    text=True,
                    cwd=REPOSITORY,
                    env={**os.environ, **QUIET},
                )
            self._waiting = {}  # a thread of the process before gives those of its own their end
            reading = (self._pipe(self._process.stdout), self._waiting)
            threading.Thread(target=_read, args=reading, daemon=True).start()
        return self._process

    def _pipe(self, stream: IO[str] | None) -> IO[str]:
        if stream is None:
            raise WorkerGone(self._log)
        return stream


@dataclass(frozen=True, slots=True)
class Pending:
    """A reply that the process still owes."""

    answer: Future[Any]
    process: subprocess.Popen[str]
    log: Path

    def result(self, seconds: float = math.inf) -> Any:
        """Return the reply. Raises TimeoutError while there is none, and WorkerGone once there will be none."""
        until = time.monotonic() + seconds
        while True:
            try:
                return self.answer.result(timeout=_LOOK_SECONDS)
            except TimeoutError:
                if self.process.poll() is not None and not self.answer.done():
                    raise WorkerGone(self.log) from None
                if time.monotonic() >= until:
                    raise


def _read(replies: IO[str], waiting: dict[int, Future[Any]]) -> None:
    """Give each reply to who waits for it, until the process ends."""
    for line in replies:
        _give(waiting, json.loads(line))


def _give(waiting: dict[int, Future[Any]], reply: Mapping[str, Any]) -> None:
    answer = waiting.pop(reply["id"], None)
    if answer is None:
        return
    if "error" in reply:
        answer.set_exception(bad_request(reply["error"], "messages"))
    else:
        answer.set_result(reply["value"])
