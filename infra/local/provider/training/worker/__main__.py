"""python -m infra.local.provider.training.worker BASE: answers JSON requests on stdin, each a line, on stdout.

A request is {"id", "do", ...}; its reply {"id", "value"} or {"id", "error"}. What a library prints goes to stderr.
"""

import json
import os
import queue
import sys
import threading
from collections.abc import Mapping
from typing import IO, Any

from infra.local.provider.training.worker.answering import AnsweringModel
from infra.local.provider.training.worker.base import Base, BaseUnusable

_TOGETHER = 16  # answers a batch
_GATHER_SECONDS = 0.05
Json = dict[str, Any]


def main() -> int:
    """Serve until stdin closes; return the exit code."""
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    base = Base(sys.argv[1])
    asked: queue.SimpleQueue[Json] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(asked,), daemon=True).start()
    answering = AnsweringModel(base)
    waiting: list[Json] = []
    while True:
        waiting += _gathered(asked, wait=not waiting)
        first = waiting[0]
        if first["do"] == "answer":
            batch = [one for one in waiting if _answers_like(one, first)][:_TOGETHER]
            _reply_all(replies, batch, answering)
        else:
            batch = [first]
            _reply(replies, first, _described(base, first))
        waiting = [one for one in waiting if one not in batch]


def _read(asked: queue.SimpleQueue[Json]) -> None:
    for line in sys.stdin:
        asked.put(json.loads(line))
    os._exit(0)  # whoever asked is gone, and with them every reader of an answer in the making


def _gathered(asked: queue.SimpleQueue[Json], *, wait: bool) -> list[Json]:
    """What was asked by now; when nothing was, waits for the first and a moment for its companions."""
    found = [asked.get()] if wait else []
    try:
        while True:
            found.append(asked.get(timeout=_GATHER_SECONDS if wait else 0.001))
    except queue.Empty:
        return found


def _answers_like(one: Json, first: Json) -> bool:
    return (one["do"], one.get("adapter")) == (first["do"], first.get("adapter"))


def _described(base: Base, request: Mapping[str, Any]) -> Json:
    try:
        if request["do"] == "describe":
            return {"value": base.describe()}
        return {"value": [base.count(chat) for chat in request["chats"]]}
    except BaseUnusable as error:
        return {"error": str(error)}


def _reply_all(replies: IO[str], batch: list[Json], answering: AnsweringModel) -> None:
    try:
        answers = answering.answers(batch)
    except BaseUnusable as error:
        answers = [{"error": str(error)}] * len(batch)
    for request, answer in zip(batch, answers, strict=True):
        _reply(replies, request, answer)


def _reply(replies: IO[str], request: Json, reply: Json) -> None:
    replies.write(json.dumps({"id": request["id"], **reply}) + "\n")
    replies.flush()


if __name__ == "__main__":
    sys.exit(main())
