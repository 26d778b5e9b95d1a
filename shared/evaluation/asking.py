"""Asking a provider several questions at the same time, the answers in their order."""

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")


def answers_of(
    ask: Callable[[Question], Answer], questions: Iterable[Question], at_once: int
) -> Generator[Callable[[], Answer], None, None]:
    """Yield for each question what returns its answer, or raises as `ask` does; up to `at_once` are asked together.

    A question is asked when the answer that many before it was taken. Whoever stops early waits for those that were
    asked.
    """
    if at_once == 1:
        yield from (partial(ask, question) for question in questions)
        return
    left = iter(questions)
    with ThreadPoolExecutor(at_once) as threads:
        asked: deque[Future[Answer]] = deque()
        asked.extend(threads.submit(ask, question) for question in islice(left, at_once))
        while asked:
            yield asked.popleft().result
            asked.extend(threads.submit(ask, question) for question in islice(left, 1))
