"""Buying from the provider stand-in, over HTTP, judged by its own bill."""

import io
import json
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from infra.encodings import cache_dir
from infra.local.provider.process import RunningProvider, start
from shared import catalogue, money, tokens
from shared.catalogue.models import PACKAGED
from shared.ledger import Ledger
from shared.providers import ChatRequest, Message
from shared.providers.openai_compat import OpenAICompatible
from shared.purchases import (
    JobStatus,
    PurchaseContext,
    Question,
    TrainingOrder,
    ask,
    cancel_jobs,
    ensure_job,
    poll_job,
    settle_job,
)
from tests.unit.shared.memory_dynamodb import MemoryDynamoDB

MODEL = catalogue.packaged().model("gpt-4.1-mini")
CHAT = [("user", "Who makes a prairie?"), ("assistant", "Nobody; that is the point of it.")]
MAX_AGE = timedelta(hours=1)


class Counter:
    """Where tests buy: a context, the stand-in behind it, and its bill."""

    def __init__(self, running: RunningProvider) -> None:
        profile = catalogue.packaged().provider("openai")
        provider = OpenAICompatible.connect(profile, lambda _: "key", running.base_url)
        self.url = running.root_url
        self.ledger = Ledger(MemoryDynamoDB(), "ledger")
        self.ledger.open_run("run", Decimal(5), "2026-11", Decimal(5))
        self.context = PurchaseContext(self.ledger, lambda name: provider)

    def order(self) -> TrainingOrder:
        per_example = 3 + sum(3 + tokens.count(role) + tokens.count(text) for role, text in CHAT)
        estimate = MODEL.price("training").of_tokens(2 * 20 * per_example)
        reserved = money.with_margin(estimate, MODEL.margin_percent)
        return TrainingOrder("prairie", "run", MODEL, 2, estimate, reserved)

    def finished(self) -> JobStatus:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            status = poll_job(self.context, self.order(), training_file, MAX_AGE)
            if status.done:
                return status
            time.sleep(0.1)
        raise AssertionError("the job did not end")

    def wait_until(self, status: str) -> None:
        """Wait for the provider's own word."""
        deadline = time.monotonic() + 60
        while (
            poll_job(self.context, self.order(), training_file, MAX_AGE).provider_status != status
        ):
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def misbehave(self, action: str, **options: Any) -> None:
        self._send("POST", "/_faults", {"rules": [{"action": action, **options}]})

    def billed(self) -> Decimal:
        return Decimal(self._send("GET", "/_meter")["exact_usd"])

    def jobs(self) -> list[dict[str, Any]]:
        jobs: list[dict[str, Any]] = self._send("GET", "/_meter")["jobs"]
        return jobs

    def _send(self, method: str, path: str, body: object = None) -> Any:
        request = urllib.request.Request(  # noqa: S310 (the stand-in's own address)
            self.url + path, method=method, data=json.dumps(body).encode() if body else None
        )
        with urllib.request.urlopen(request, timeout=10) as reply:  # noqa: S310
            return json.loads(reply.read() or b"null")


def training_file() -> io.BytesIO:
    messages = [{"role": role, "content": text} for role, text in CHAT]
    return io.BytesIO(b"\n".join([json.dumps({"messages": messages}).encode()] * 20))


@pytest.fixture
def open_counter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[float], Counter]]:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(cache_dir()))
    with ExitStack() as running:

        def opened(job_seconds: float) -> Counter:
            provider = start(PACKAGED, tmp_path, job_seconds=job_seconds)
            return Counter(running.enter_context(provider))

        yield opened


CREATION = {"method": "POST", "path": "^/v1/fine_tuning/jobs$"}
ANSWER = {"method": "POST", "path": "chat/completions"}


@pytest.mark.parametrize("action", [None, "reply_lost", "error_after"])
def test_one_job_is_bought_and_settled_as_billed_whatever_became_of_the_reply(
    open_counter: Callable[[float], Counter], action: str | None
) -> None:
    counter = open_counter(0.5)
    if action is not None:
        counter.misbehave(action, match=CREATION, times=1)
    ensure_job(counter.context, counter.order(), training_file)
    status = counter.finished()
    assert (status.status, len(counter.jobs())) == ("succeeded", 1)
    settled = settle_job(counter.context, counter.order()).settled
    assert settled == counter.billed() == counter.order().estimate


def test_a_creation_that_never_happened_is_repeated_after_the_window(
    open_counter: Callable[[float], Counter],
) -> None:
    counter = open_counter(0.5)
    counter.misbehave("error_before", match=CREATION, times=1)
    counter.context = replace(counter.context, submission_window=timedelta(seconds=0.3))
    assert ensure_job(counter.context, counter.order(), training_file).status == "submitting"
    assert counter.finished().status == "succeeded"
    (made,) = counter.jobs()
    assert made["metadata"]["econchatr_key"].startswith("prairie-2-")
    assert settle_job(counter.context, counter.order()).settled == counter.billed()


def test_a_cancelled_job_is_settled_by_the_share_it_was_billed(
    open_counter: Callable[[float], Counter],
) -> None:
    counter = open_counter(20)
    ensure_job(counter.context, counter.order(), training_file)
    counter.wait_until("running")
    assert cancel_jobs(counter.context, "run").still_open == ()
    assert [job["status"] for job in counter.jobs()] == ["cancelled"]
    assert counter.ledger.totals("run").settled == counter.billed() < counter.order().estimate
    assert counter.ledger.totals("run").reserved == 0


def test_an_answer_is_settled_as_billed_and_bought_once(
    open_counter: Callable[[float], Counter],
) -> None:
    counter = open_counter(0.5)
    question = Question(
        run_id="run",
        model="gpt-4.1-mini",
        provider="openai",
        request=ChatRequest(MODEL.base_model, (Message("user", CHAT[0][1]),), 60, 0.0, 1),
        prompt_tokens=50,
        input_price=MODEL.price("base_input"),
        output_price=MODEL.price("base_output"),
    )
    answer = ask(counter.context, question)
    assert answer.text
    assert ask(counter.context, question).text == answer.text
    assert counter.ledger.totals("run").committed == answer.cost == counter.billed()
