"""A job's state as the clock tells it, its tokens and its bill."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st
from werkzeug import Request

from infra.local.provider import jobs, meter
from infra.local.provider.behaviours import COOKBOOK, NEBIUS
from infra.local.provider.catalogue import Model
from infra.local.provider.context import AppState, RequestContext
from infra.local.provider.examples import BadTrainingFile, read_training_data
from infra.local.provider.learning.engine import NGramEngine
from infra.local.provider.learning.timeline import events, state
from infra.local.provider.models import find
from infra.local.provider.store import Deployment, Job, Store
from infra.local.provider.wire import ApiError
from tests.unit.infra.local.provider.support import EXAMPLES, chat_lines, classic_lines

START = 1_000.0
ORDER = ["validating_files", "queued", "running", "succeeded"]
MODEL = Model("mini", ("mini-1",), None, 10, None, False, {"training": Decimal("0.000005")})


def a_job(**changes: Any) -> Job:
    job = Job(
        id="ftjob-0123456789abcdef",
        model="mini-1",
        training_file="file-1",
        training_sha256="",
        validation_file=None,
        validation_sha256=None,
        hyperparameters={"n_epochs": 4, "batch_size": 2},
        uses_method=True,
        suffix="show",
        seed=0,
        metadata={},
        created_at=START,
        seconds=10.0,
        n_examples=21,
        tokens_per_epoch=1_000,
    )
    return replace(job, **changes)


def charge(job: Job, now: float) -> Decimal:
    return meter.job_charge(job, state(job, now), MODEL)


moments = st.floats(min_value=0, max_value=40).map(lambda seconds: START + seconds)


@given(moments, moments)
def test_a_job_only_goes_forward(one: float, other: float) -> None:
    earlier, later = sorted((one, other))
    assert ORDER.index(state(a_job(), earlier).status) <= ORDER.index(state(a_job(), later).status)
    assert state(a_job(), earlier).progress <= state(a_job(), later).progress


@given(moments)
def test_tokens_are_told_only_at_the_end(now: float) -> None:
    expected = 4_000 if now >= START + 10 else None
    assert state(a_job(), now).trained_tokens == expected


@given(st.floats(min_value=0, max_value=10))
def test_a_cancelled_job_bills_the_share_it_reached(seconds: float) -> None:
    job = a_job(cancelled_at=START + seconds)
    tokens = state(job, START + 1_000).trained_tokens
    trained = max(seconds - 3, 0) / 7
    assert tokens is not None
    assert abs(tokens - 4_000 * trained) <= 1
    assert charge(job, START + 1_000) == tokens * Decimal("0.000005")


def test_a_job_cancelled_before_it_ran_bills_nothing() -> None:
    assert state(a_job(cancelled_at=START + 2.9), START + 50).trained_tokens == 0


def test_a_failed_job_bills_nothing_and_says_why() -> None:
    job = a_job(traits={"fails_with": "out of disks"})
    told = jobs.job_json(job, state(job, START + 11), must_be_deployed=False, behaviour=NEBIUS)
    assert (told["status"], told["trained_tokens"]) == ("failed", 0)
    assert told["error"]["message"] == "out of disks"
    assert charge(job, START + 11) == 0


def test_a_job_that_never_ends_can_be_cancelled() -> None:
    job = a_job(traits={"never_ends": True})
    assert state(job, START + 1_000).status == "running"
    assert state(replace(job, cancelled_at=START + 1_000), START + 1_001).status == "cancelled"


def test_a_surprise_in_tokens_or_price_is_on_the_bill() -> None:
    more = a_job(traits={"token_factor": "1.3"})
    dearer = a_job(traits={"bill_factor": "1.5"})
    assert state(more, START + 10).trained_tokens == 5_200
    assert charge(more, START + 10) == Decimal("0.026")
    assert state(dearer, START + 10).trained_tokens == 4_000
    assert charge(dearer, START + 10) == Decimal("0.03")


def test_checkpoints_are_those_of_the_last_three_epochs() -> None:
    assert list(state(a_job(), START + 10).checkpoints.values()) == [44, 33, 22]
    assert state(a_job(), START + 9).checkpoints == {}
    assert state(a_job(), START).total_steps == 44


def test_events_tell_the_story_from_the_beginning() -> None:
    messages = [event.message for event in events(a_job(), START + 10)]
    assert messages[0] == "Created fine-tuning job: ftjob-0123456789abcdef"
    assert messages[-1] == "The job has successfully completed"
    assert len(events(a_job(), START + 1)) == 2


def test_a_model_without_a_price_is_refused_and_not_free() -> None:
    with pytest.raises(ApiError, match="mini has no price for input"):
        meter.call_charge(MODEL, True, 1, 1)


def test_a_deployed_model_answers_from_the_moment_it_is_ready(tmp_path: Path) -> None:
    store, base = Store(tmp_path), replace(MODEL, must_be_deployed=True)
    store.put(a_job())
    store.put(Deployment("mini-LoRA:x", "ftjob-0123456789abcdef", "ftckpt", START + 20, START + 22))
    app = AppState({"mini-1": base}, store, NGramEngine(store, NEBIUS), 1, None, NEBIUS)
    request = Request({})
    with pytest.raises(ApiError, match="mini-LoRA:x"):
        find(RequestContext(app, request, START + 21), "mini-LoRA:x")
    assert find(RequestContext(app, request, START + 22), "mini-LoRA:x").job == a_job()


def test_charges_are_written_in_plain_digits() -> None:
    assert meter.plain(Decimal("1E-7")) == "0.0000001"
    assert meter.plain(Decimal("100.00")) == "100"
    assert meter.plain(Decimal()) == "0"


def test_chat_examples_bill_three_tokens_each_and_three_a_message() -> None:
    count = tiktoken.get_encoding("o200k_base").encode_ordinary
    expected = sum(
        3 + 3 + len(count("user")) + len(count(e.prompt))
        + 3 + len(count("assistant")) + len(count(e.completion))
        for e in EXAMPLES
    )  # fmt: skip
    assert sum(read_training_data(chat_lines()).tokens(COOKBOOK)) == expected


def test_classic_examples_bill_their_two_texts() -> None:
    count = tiktoken.get_encoding("o200k_base").encode_ordinary
    expected = sum(len(count(e.prompt)) + len(count(e.completion)) for e in EXAMPLES)
    assert sum(read_training_data(classic_lines()).tokens(COOKBOOK)) == expected


def test_every_form_teaches_the_same_examples() -> None:
    assert read_training_data(chat_lines()).examples() == EXAMPLES
    assert read_training_data(b"\xef\xbb\xbf" + classic_lines() + b"\n\n").examples() == EXAMPLES


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "Line 2"),
        (b"[]", "Line 2: must be a JSON object"),
        (b'{"prompt": "a"}', "Line 2: must have 'messages'"),
        (b'{"messages": []}', "Line 2: messages must be a list"),
        (b'{"messages": [{"role": "user", "content": "a"}]}', "no message of the assistant"),
        (b'{"messages": [{"role": "bot", "content": "a"}]}', "needs one of the roles"),
        (b'{"messages": [{"role": "assistant", "content": 3}]}', "content must be text, found 3"),
        (b'{"messages": [{"role": "assistant", "content": "a", "weight": 0}]}', "no message of"),
        (b"\xff", "Not UTF-8"),
    ],
)
def test_a_line_that_cannot_be_learnt_is_named(line: bytes, said: str) -> None:
    with pytest.raises(BadTrainingFile, match=said):
        read_training_data(b'{"prompt": "a", "completion": "b"}\n' + line)
