import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import httpx2
import openai
import pytest

from shared import catalogue
from shared.catalogue import Provider, TimeBilling
from shared.errors import EconChatRError
from shared.providers.contract import (
    ChatRequest,
    CredentialsRefused,
    Deployment,
    FileState,
    Job,
    JobRequest,
    Message,
    OutcomeUnknown,
    ProviderOutOfMoney,
    ProviderRejected,
    ProviderUnavailable,
    RateLimited,
    TrainingNotAvailable,
    TrainingStep,
    UploadedFile,
    chat_request,
)
from shared.providers.openai_compat import OpenAICompatible
from tests.unit.shared.providers.conftest import NEBIUS, OPENAI, Reply, Wire

REQUEST = JobRequest("purchase", 2, "base", "file-1", n_epochs=3, suffix="host", seed=7)
QUESTION = ChatRequest(
    "ft:model", (Message("user", "Why?"),), max_tokens=9, temperature=0.5, seed=1
)
CSV = "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n1,2.5,0.25,,\n"


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client's own retries of what costs nothing wait in real time."""
    monkeypatch.setattr("openai._base_client.INITIAL_RETRY_DELAY", 0.0)
    monkeypatch.setattr("openai._base_client.MAX_RETRY_DELAY", 0.0)


def job(job_id: str = "job-1", **fields: Any) -> dict[str, Any]:
    return {
        "id": job_id,
        "object": "fine_tuning.job",
        "created_at": 1,
        "status": "running",
        "result_files": [],
        "metadata": {"econchatr_key": REQUEST.run_key, "econchatr_purchase": "purchase"},
        **fields,
    }


def ok(body: object) -> httpx2.Response:
    return httpx2.Response(200, json=body)


def page(*items: dict[str, Any], more: bool = False) -> httpx2.Response:
    return ok({"object": "list", "data": list(items), "has_more": more})


def no(status: int, code: str = "", kind: str = "", **headers: str) -> httpx2.Response:
    error = {"message": "it said no to sk-secret", "type": kind, "code": code, "param": None}
    return httpx2.Response(status, json={"error": error}, headers=headers)


@pytest.mark.parametrize("kind", ["insufficient_quota", ""], ids=["typed", "untyped"])
@pytest.mark.parametrize(
    "code",
    [
        "credit_balance_exhausted",
        "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
    ],
)
@pytest.mark.parametrize("buy", ["create", "complete"])
def test_every_code_for_being_out_of_money_is_final_even_where_it_asks_to_be_tried_again(
    wire: Wire, provider: OpenAICompatible, buy: str, code: str, kind: str
) -> None:
    wire.replies = [no(429, code, kind, **{"retry-after": "1"})]
    request: Any = REQUEST if buy == "create" else QUESTION
    with pytest.raises(ProviderOutOfMoney):
        getattr(provider, buy)(request)
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    "reply",
    [
        no(400),
        no(401, code="sk-secret"),
        no(402),
        no(429),
        no(500),
        httpx2.Response(307, headers={"location": "https://else.example/?key=sk-secret"}),
        httpx2.Response(400, json={"error": {"message": "x" * 475 + "sk-secret"}}),
        httpx2.ReadTimeout("sent Bearer sk-secret"),
        httpx2.LocalProtocolError("Illegal header value b'Bearer sk-\\x73ecret\\n'"),
        httpx2.Response(400, json={"error": {"message": "no: Bearer%20sk%2Dsecret%0A"}}),
    ],
    ids=["400", "401", "402", "429", "500", "redirect", "cut", "timeout", "header", "escaped"],
)
def test_a_service_that_quotes_the_request_does_not_bring_the_key_into_our_words(
    wire: Wire, provider: OpenAICompatible, reply: Reply
) -> None:
    wire.replies = [reply]
    with pytest.raises(EconChatRError) as raised:
        provider.create(REQUEST)
    assert wire.requests[0].headers["authorization"] == "Bearer sk-secret"
    assert "sk-" not in str(raised.value)


def test_a_job_is_created_with_its_keys_and_explicit_epochs(
    wire: Wire, provider: OpenAICompatible
) -> None:
    wire.replies = [ok(job())]
    created = provider.create(REQUEST)
    assert (created.job_id, created.run_key, created.status) == (
        "job-1",
        REQUEST.run_key,
        "running",
    )
    assert wire.sent == {
        "model": "base",
        "training_file": "file-1",
        "suffix": "host",
        "seed": 7,
        "metadata": {"econchatr_key": REQUEST.run_key, "econchatr_purchase": "purchase"},
        "method": {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}},
    }


@pytest.mark.parametrize(
    ("said", "billed"), [(90, 90), (90.2, 91), ("90", None), (None, None), (float("nan"), None)]
)
def test_a_service_by_time_is_told_its_limit_and_asked_for_its_seconds(
    wire: Wire, connect: Callable[[Provider], OpenAICompatible], said: object, billed: int | None
) -> None:
    billing = TimeBilling(limit="max_seconds", billed="billed_seconds")
    wire.replies = [httpx2.Response(200, content=json.dumps(job(billed_seconds=said)).encode())]
    timed = connect(OPENAI.model_copy(update={"time_billing": billing}))
    assert timed.create(replace(REQUEST, time_limit=3_600)).billed_seconds == billed
    assert wire.sent["max_seconds"] == 3_600


def test_a_profile_may_want_its_hyperparameters_on_top_and_more_of_them(
    wire: Wire, connect: Callable[[Provider], OpenAICompatible]
) -> None:
    wire.replies = [ok(job())]
    connect(NEBIUS).create(replace(REQUEST, suffix=None, hyperparameters={"learning_rate": 2e-5}))
    assert wire.sent["hyperparameters"] == {"n_epochs": 3, "learning_rate": 2e-5, "lora": True}
    assert not {"method", "suffix"} & set(wire.sent)


@pytest.mark.parametrize(
    "reply",
    [no(500), no(503), no(408), httpx2.ReadTimeout("slow"), httpx2.RemoteProtocolError("cut"),
     httpx2.Response(200, text="<html>proxy</html>"), httpx2.Response(200, content=b"{"), ok({})],
    ids=["500", "503", "408", "timeout", "cut", "html", "half", "empty"],
)  # fmt: skip
@pytest.mark.parametrize("buy", ["create", "complete"])
def test_what_may_have_been_bought_is_sent_once_and_left_unknown(
    wire: Wire, provider: OpenAICompatible, buy: str, reply: Reply
) -> None:
    wire.replies = [reply]
    request: Any = REQUEST if buy == "create" else QUESTION
    with pytest.raises(OutcomeUnknown):
        getattr(provider, buy)(request)
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (no(429, "rate_limit_exceeded"), RateLimited),
        (no(403, "training_not_available"), TrainingNotAvailable),
        (no(403, "permission_denied"), CredentialsRefused),
        (no(401, "invalid_api_key"), CredentialsRefused),
        (no(400, "invalid_request"), ProviderRejected),
        (no(404, "model_not_found"), ProviderRejected),
        (no(404), ProviderRejected),
        (no(402), ProviderOutOfMoney),
        (no(307, location="https://elsewhere.example/"), ProviderRejected),
        (httpx2.ConnectError("nobody there"), ProviderUnavailable),
        (httpx2.ConnectTimeout("nobody there"), ProviderUnavailable),
    ],
)
def test_what_surely_was_not_bought_is_told_apart(
    wire: Wire, provider: OpenAICompatible, reply: Reply, error: type[EconChatRError]
) -> None:
    wire.replies = [reply]
    with pytest.raises(error) as raised:
        provider.create(REQUEST)
    assert type(raised.value) is error
    assert isinstance(raised.value.__cause__, openai.APIError)
    assert len(wire.requests) == 1


def test_a_refused_key_is_not_quoted(wire: Wire, provider: OpenAICompatible) -> None:
    wire.replies = [no(401, "invalid_api_key")]
    with pytest.raises(CredentialsRefused) as raised:
        provider.create(REQUEST)
    assert "sk-secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "-3"}, None),
        ({"retry-after": "tomorrow"}, None),
        ({"retry-after": "Wed, 25 Nov 2020 12:00:00 GMT"}, 0.0),
        ({"retry-after-ms": "20000"}, 20.0),
        ({"retry-after-ms": "20000", "retry-after": "5"}, 20.0),
        ({}, None),
    ],
)
def test_the_wait_that_a_busy_provider_asks_for_is_passed_on(
    wire: Wire, provider: OpenAICompatible, headers: dict[str, str], seconds: float | None
) -> None:
    wire.replies = [no(429, "rate_limit_exceeded", **headers)]
    with pytest.raises(RateLimited) as raised:
        provider.complete(QUESTION)
    assert raised.value.retry_after == seconds


def test_every_job_is_listed_newest_first_and_the_server_is_not_trusted_to_filter(
    wire: Wire, provider: OpenAICompatible
) -> None:
    wire.replies = [
        page(job("job-2"), job("no-metadata", metadata=None), more=True),
        page(job("job-3", created_at=9)),
    ]
    found = provider.jobs()
    assert [job.job_id for job in found] == ["job-3", "job-2", "no-metadata"]
    assert [job.run_key for job in found] == [REQUEST.run_key, REQUEST.run_key, None]
    assert wire.asked[0] == "GET /v1/fine_tuning/jobs?limit=100"
    assert "after=no-metadata" in wire.asked[1]


def test_a_job_says_what_it_was_made_from(wire: Wire, provider: OpenAICompatible) -> None:
    wire.replies = [ok(job(training_file="file-7", model="base", created_at=1_795_000_000))]
    made = provider.get("job-1")
    assert made
    assert (made.training_file, made.base_model) == ("file-7", "base")
    assert made.created_at == datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC)


def test_a_search_that_cannot_see_everything_does_not_say_there_is_nothing(
    wire: Wire, provider: OpenAICompatible, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.providers.openai_compat.MAX_LISTED", 3)
    first, second = ([job(f"job-{n}", metadata={}) for n in ids] for ids in ((1, 2), (3, 4)))
    wire.replies = [page(*first, more=True), page(*second, more=True)]
    with pytest.raises(ProviderUnavailable, match="more than 3"):
        provider.jobs()


def test_a_search_is_retried_for_it_costs_nothing(
    wire: Wire, provider: OpenAICompatible, no_pause: None
) -> None:
    wire.replies = [no(500), httpx2.ReadTimeout("slow"), page(job())]
    assert len(provider.jobs()) == 1


def test_a_search_that_keeps_failing_is_a_passing_fault(
    wire: Wire, provider: OpenAICompatible, no_pause: None
) -> None:
    wire.replies = [no(500), no(500), no(500)]
    with pytest.raises(ProviderUnavailable):
        provider.jobs()


def test_a_job_that_is_not_there_yet_is_none(wire: Wire, provider: OpenAICompatible) -> None:
    wire.replies = [no(404)]
    assert provider.get("job-1") is None


@pytest.mark.parametrize(
    ("told", "kept"), [(12, 12), (0, 0), (None, None), (-1, None), ("many", None)]
)
def test_an_odd_status_passes_as_it_is_and_an_odd_count_as_unknown(
    wire: Wire, provider: OpenAICompatible, told: object, kept: int | None
) -> None:
    error = {"code": "bad", "message": "line 3 is not JSON", "param": None}
    wire.replies = [ok(job(status="reticulating", trained_tokens=told, error=error))]
    found = provider.get("job-1")
    assert found
    assert (found.status, found.trained_tokens) == ("reticulating", kept)
    assert found.error == "line 3 is not JSON"


@pytest.mark.parametrize(
    ("status", "state"),
    [("processed", "ready"), ("uploaded", "unsaid"), ("running", "pending"), (None, "unsaid"),
     ("error", "broken")],
)  # fmt: skip
def test_a_file_is_asked_after_by_its_id(
    wire: Wire, provider: OpenAICompatible, status: str | None, state: FileState
) -> None:
    told = {"id": "file-1", "object": "file", "filename": "renamed.jsonl", "status": status}
    wire.replies = [ok(told), no(404)]
    assert provider.file("file-1") == UploadedFile("file-1", "renamed.jsonl", state)
    assert provider.file("file-1") is None
    assert wire.asked[0] == "GET /v1/files/file-1"


def test_files_are_found_by_name_oldest_first(wire: Wire, provider: OpenAICompatible) -> None:
    files = [("new", 9, "processed"), ("old", 1, "error"), ("other", 0, "processed")]
    wire.replies = [
        page(
            *(
                {"id": name, "created_at": at, "status": status, "object": "file",
                 "filename": "other.jsonl" if name == "other" else "p.jsonl"}
                for name, at, status in files
            )
        )
    ]  # fmt: skip
    found = provider.find_files("p.jsonl")
    assert [(file.file_id, file.state) for file in found] == [("old", "broken"), ("new", "ready")]


def test_an_upload_is_sent_once(wire: Wire, provider: OpenAICompatible) -> None:
    wire.replies = [no(500)]
    with pytest.raises(ProviderUnavailable):
        provider.upload("p.jsonl", BytesIO(b"{}\n"))
    assert len(wire.requests) == 1
    assert b'filename="p.jsonl"' in wire.requests[0].read()


@pytest.mark.parametrize("marked", [False, True])
def test_an_upload_begins_with_a_byte_order_mark_where_a_service_wants_one(
    wire: Wire, connect: Callable[[Provider], OpenAICompatible], marked: bool
) -> None:
    wire.replies = [ok({"id": "file-1", "object": "file", "filename": "p", "status": "uploaded"})]
    profile = OPENAI.model_copy(update={"byte_order_mark": marked})
    connect(profile).upload("p.jsonl", BytesIO(b'{"messages": []}'))
    assert (b'\xef\xbb\xbf{"messages"' in wire.requests[0].read()) == marked


def test_deleting_what_is_gone_is_no_error(wire: Wire, provider: OpenAICompatible) -> None:
    wire.replies = [no(404), no(404)]
    provider.delete_file("file-1")
    provider.undeploy("name")


def test_a_refused_cancellation_says_so(wire: Wire, provider: OpenAICompatible) -> None:
    wire.replies = [no(400, "job_already_finished")]
    with pytest.raises(ProviderRejected, match="it said no"):
        provider.cancel("job-1")


@pytest.mark.parametrize("content", [CSV.encode(), base64.b64encode(CSV.encode())])
def test_the_training_curve_is_read_plain_or_in_base64(
    wire: Wire, provider: OpenAICompatible, content: bytes
) -> None:
    wire.replies = [httpx2.Response(200, content=content)]
    finished = Job("job-1", None, "succeeded", result_files=("file-9",))
    assert provider.result_metrics(finished) == [TrainingStep(1, 2.5, 0.25, None, None)]
    assert wire.asked == ["GET /v1/files/file-9/content"]


@pytest.mark.parametrize("content", [b"\x00\x01", b"step\nnot a number\n"])
def test_a_curve_that_cannot_be_read_is_a_passing_fault(
    wire: Wire, provider: OpenAICompatible, content: bytes
) -> None:
    wire.replies = [httpx2.Response(200, content=content)]
    with pytest.raises(ProviderUnavailable, match="could not be understood"):
        provider.result_metrics(Job("job-1", None, "succeeded", result_files=("file-9",)))


def test_the_log_is_told_in_order(wire: Wire, provider: OpenAICompatible) -> None:
    lines = [{"id": str(n), "object": "e", "created_at": n, "level": "info", "message": str(n)}
             for n in (2, 1)]  # fmt: skip
    wire.replies = [page(*lines)]
    assert [event.message for event in provider.events("job-1")] == ["1", "2"]


def test_the_last_checkpoint_comes_first(wire: Wire, provider: OpenAICompatible) -> None:
    found = [{"id": f"c{n}", "object": "c", "created_at": n, "step_number": n} for n in (1, 2)]
    wire.replies = [page(*found)]
    assert provider.checkpoints("job-1") == ["c2", "c1"]


def test_only_models_with_an_end_are_listed_with_it(wire: Wire, provider: OpenAICompatible) -> None:
    plain = {"id": "a", "object": "model", "created": 1, "owned_by": "x"}
    ending = {**plain, "id": "b", "shutdown_date": "2027-01-14"}
    wire.replies = [page(plain, ending, {**plain, "id": "c", "shutdown_date": None})]
    assert provider.shutdown_dates() == {"b": date(2027, 1, 14)}


def test_a_checkpoint_is_deployed_beside_the_versioned_api(
    wire: Wire, connect: Callable[[Provider], OpenAICompatible]
) -> None:
    wire.replies = [no(404), ok({"name": "host-1", "status": "creating"})]
    deployed = connect(NEBIUS).deploy("host", "base", "job-1", "c2")
    assert deployed == Deployment("host-1", "creating")
    assert wire.asked == ["GET /v0/models/host", "POST /v0/models"]
    assert wire.sent == {"name": "host", "base_model": "base", "source": "job-1:c2"}


def test_what_is_deployed_already_is_not_deployed_again(
    wire: Wire, connect: Callable[[Provider], OpenAICompatible]
) -> None:
    wire.replies = [ok({"name": "host", "status": "active"})]
    assert connect(NEBIUS).deploy("host", "base", "job-1", "c2").status == "active"
    assert len(wire.requests) == 1


def test_a_question_is_put_as_the_model_wants_it(wire: Wire, provider: OpenAICompatible) -> None:
    model = catalogue.packaged().model("gpt-4.1-mini")
    thinks = model.model_copy(
        update={
            "answer_limit": "max_completion_tokens",
            "temperature": False,
            "reasoning_tokens": 256,
        }
    )
    wire.replies = [no(400), no(400)]
    for one in (model, thinks):
        with pytest.raises(ProviderRejected):
            provider.complete(chat_request(one, "m", (Message("user", "Why?"),), 9, 0.5))
    plain, thinking = (json.loads(request.content) for request in wire.requests)
    assert (plain["max_tokens"], plain["temperature"]) == (9, 0.5)
    assert thinking["max_completion_tokens"] == 265
    assert not {"max_tokens", "temperature"} & set(thinking)


def test_an_answer_comes_with_its_counts(wire: Wire, provider: OpenAICompatible) -> None:
    choice = {
        "index": 0,
        "finish_reason": "stop",
        "message": {"role": "assistant", "content": "So."},
    }
    usage = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
    wire.replies = [
        ok({"id": "c", "object": "chat.completion", "choices": [choice], "usage": usage})
    ]
    answer = provider.complete(QUESTION)
    assert (answer.text, answer.finish_reason) == ("So.", "stop")
    assert (answer.prompt_tokens, answer.completion_tokens) == (5, 2)
    assert wire.sent == {
        "model": "ft:model",
        "messages": [{"role": "user", "content": "Why?"}],
        "max_tokens": 9,
        "temperature": 0.5,
        "seed": 1,
    }


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_connection_goes_to_the_address_it_is_given() -> None:
    provider = OpenAICompatible.connect(OPENAI, lambda _: "key", "http://127.0.0.1:9/v1")
    with pytest.raises(ProviderUnavailable):
        provider.create(REQUEST)


def test_what_a_service_writes_of_a_job_is_kept_without_the_key_and_within_bounds(
    wire: Wire, provider: OpenAICompatible
) -> None:
    quoting = "bad request: Authorization: Bearer sk-secret " + "x" * 1000
    failed = job(status="failed", error={"code": "bad", "message": quoting, "param": None})
    line = {"id": "1", "object": "e", "created_at": 1, "level": "error", "message": quoting}
    wire.replies = [ok(failed), page(line)]
    told = provider.get("job-1")
    assert told is not None
    (event,) = provider.events("job-1")
    for text in (told.error, event.message):
        assert "sk-secret" not in text
        assert text.startswith("bad request: Authorization: Bearer (the API key)")
        assert len(text) <= 500
