"""Answers that take longer than a client waits: who asks the same again gets what was written meanwhile."""

import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from infra.local.provider.training.client import Pending
from infra.local.provider.wire import ApiError

_PATIENCE_SECONDS = 45.0  # clients wait for a minute and longer
_KEPT = 256  # answers that nobody has come back for


class StillWriting(ApiError):
    """The answer is not finished; the same request later gets it."""

    def __init__(self) -> None:
        message = "The answer is still being written; ask the same again"
        super().__init__(429, message, code="rate_limit_exceeded", kind="requests")


class SlowAnswers:
    """Answers in the making, by what was asked."""

    def __init__(self, patience_seconds: float = _PATIENCE_SECONDS) -> None:
        self._patience = patience_seconds
        self._lock = threading.Lock()
        self._pending: OrderedDict[str, Pending] = OrderedDict()

    def answer(self, begin: Callable[[], Pending], asked: Mapping[str, Any]) -> Any:
        """Return the answer to what is asked, which `begin` begins unless it was before. Raises StillWriting.

        A request without a seed wants a new answer each time, and waits as long as it takes.
        """
        if asked["seed"] is None:
            return begin().result()
        key = json.dumps(asked, sort_keys=True)
        with self._lock:
            pending = self._pending.get(key) or begin()
            self._pending[key] = pending
            while len(self._pending) > _KEPT:
                self._pending.popitem(last=False)
        try:
            answer = pending.result(self._patience)
        except TimeoutError:
            raise StillWriting from None
        except ApiError:
            self._forget(key, pending)
            raise
        self._forget(key, pending)
        return answer

    def _forget(self, key: str, pending: Pending) -> None:
        with self._lock:
            if self._pending.get(key) is pending:
                del self._pending[key]
