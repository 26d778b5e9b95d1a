"""An answer that takes longer than a client waits is written once, and is there for who asks again."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from infra.local.provider.training.client import Pending, WorkerGone
from infra.local.provider.training.slow_answers import SlowAnswers, StillWriting

ASKED = {"messages": ["Why mud?"], "seed": 7}


class Asked:
    """A process that lives, and the answers that were begun with it."""

    def __init__(self, process: subprocess.Popen[str], log: Path) -> None:
        self.process, self.log = process, log
        self.begun: list[Future[Any]] = []

    def begin(self) -> Pending:
        self.begun.append(Future())
        return Pending(self.begun[-1], self.process, self.log)


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    log = tmp_path / "log"
    log.write_text("no space left")
    waits = [sys.executable, "-c", "input()"]
    with subprocess.Popen(waits, stdin=subprocess.PIPE, text=True) as process:
        yield Asked(process, log)
        process.kill()


def test_who_comes_back_gets_the_answer_that_was_begun(asked: Asked) -> None:
    answers = SlowAnswers(patience_seconds=0)
    for _ in range(2):
        with pytest.raises(StillWriting):
            answers.answer(asked.begin, ASKED)
    asked.begun[0].set_result("It floats.")
    assert answers.answer(asked.begin, ASKED) == "It floats."
    assert len(asked.begun) == 1


def test_who_asks_again_after_the_answer_was_given_gets_another(asked: Asked) -> None:
    answers = SlowAnswers(patience_seconds=0)
    for number in range(2):
        with pytest.raises(StillWriting):
            answers.answer(asked.begin, ASKED)
        asked.begun[number].set_result(number)
        assert answers.answer(asked.begin, ASKED) == number


def test_other_requests_have_answers_of_their_own(asked: Asked) -> None:
    answers = SlowAnswers(patience_seconds=0)
    for seed in (7, 8):
        with pytest.raises(StillWriting):
            answers.answer(asked.begin, {**ASKED, "seed": seed})
    assert len(asked.begun) == 2


def test_a_process_that_ended_says_its_last_words_and_the_next_request_begins_anew(
    asked: Asked,
) -> None:
    answers = SlowAnswers(patience_seconds=60)
    asked.process.kill()
    asked.process.wait()
    for _ in range(2):
        with pytest.raises(WorkerGone, match="no space left"):
            answers.answer(asked.begin, ASKED)
    assert len(asked.begun) == 2
