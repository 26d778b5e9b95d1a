"""No reply of any shape escapes as a Python error, and none is taken for more than it says."""

import json
import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from typing import Any

import httpx2
import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.errors import EconChatRError
from shared.providers import (
    UNUSABLE,
    FileNotReady,
    Job,
    ModelNotReady,
    OutcomeUnknown,
    ProviderOutOfMoney,
    ProviderRejected,
    RateLimited,
    response_parsing,
)
from shared.providers.openai_compat import OpenAICompatible
from shared.text import encodable
from tests.unit.shared.providers.conftest import BASE_URL, NEBIUS, Wire
from tests.unit.shared.providers.test_openai_compat import QUESTION, REQUEST, job, no, ok, page

FINISHED = Job("job-1", None, "succeeded", result_files=("file-9",))
VERBS: dict[str, Callable[[OpenAICompatible], Any]] = {
    "find_files": lambda service: service.find_files("p.jsonl"),
    "file": lambda service: service.file("file-1"),
    "delete_file": lambda service: service.delete_file("file-1"),
    "create": lambda service: service.create(REQUEST),
    "jobs": lambda service: service.jobs(),
    "get": lambda service: service.get("job-1"),
    "cancel": lambda service: service.cancel("job-1"),
    "events": lambda service: service.events("job-1"),
    "checkpoints": lambda service: service.checkpoints("job-1"),
    "result_metrics": lambda service: service.result_metrics(FINISHED),
    "shutdown_dates": lambda service: service.shutdown_dates(),
    "deploy": lambda service: service.deploy("n", "base", "job-1", "c2"),
    "deployment": lambda service: service.deployment("n"),
    "complete": lambda service: service.complete(QUESTION),
}
NAMES = ["id", "object", "data", "has_more", "choices", "message", "content", "text", "usage"]
NAMES += ["prompt_tokens", "completion_tokens", "finish_reason", "refusal", "status", "name"]
NAMES += ["filename", "created_at", "training_file", "model", "metadata", "error", "code", "param"]
NAMES += ["trained_tokens", "trained_steps", "result_files", "fine_tuned_model", "step_number"]
NAMES += ["shutdown_date", "level"]


class OneReply(httpx2.BaseTransport):
    """A service that answers everything with one reply."""

    reply: httpx2.Response | Exception

    def handle_request(self, _: httpx2.Request) -> httpx2.Response:
        if isinstance(self.reply, Exception):
            raise self.reply
        return httpx2.Response(
            self.reply.status_code, headers=self.reply.headers, content=self.reply.content
        )


LINE = OneReply()
CLIENT = openai.OpenAI(
    api_key="sk-secret",
    base_url=BASE_URL,
    max_retries=0,
    http_client=httpx2.Client(transport=LINE),
)


def service(reply: httpx2.Response | Exception) -> OpenAICompatible:
    """Asked by a client that does not repeat, which is made once because that takes long."""
    LINE.reply = reply
    return OpenAICompatible(CLIENT, NEBIUS)


def texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    if is_dataclass(value):
        return [text for field in fields(value) for text in texts(getattr(value, field.name))]
    if isinstance(value, list | tuple):
        return [text for item in value for text in texts(item)]
    return []


def asked(verb: str, reply: httpx2.Response | Exception) -> None:
    with suppress(EconChatRError):
        for text in texts(VERBS[verb](service(reply))):
            text.encode()


numbers = st.one_of(
    st.integers(), st.floats(), st.sampled_from([10**30, -1, 1e300, math.nan, math.inf, 10**400])
)
scalars = st.one_of(st.none(), st.booleans(), numbers, st.text(), st.just("\ud83d"))
shapes = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(NAMES) | st.text(), inner, max_size=8),
    ),
    max_leaves=12,
)
bodies = st.one_of(
    shapes.map(lambda shape: json.dumps(shape).encode()),
    st.binary(max_size=60),
    st.sampled_from([b"[" * 100_000, b'{"id": ', b"<html>proxy</html>", b"data: {}\n\n", b"",
                     b"step,train_loss\nnan,inf\n", b"step\n\x00,\"\n", b"\xff\xfe{}"]),
)  # fmt: skip
statuses = st.sampled_from([200, 201, 204, 301, 307, 400, 401, 403, 404, 409, 422, 429, 500, 503])


@settings(max_examples=40, deadline=None)
@given(body=bodies, status=statuses)
@pytest.mark.parametrize("verb", VERBS)
def test_no_reply_of_any_shape_escapes_as_a_python_error(
    verb: str, body: bytes, status: int
) -> None:
    asked(verb, httpx2.Response(status, content=body, headers={"content-type": "application/json"}))


@settings(max_examples=40, deadline=None)
@given(job=st.dictionaries(st.sampled_from(NAMES), shapes), choice=shapes, usage=shapes)
def test_nearly_right_replies_do_not_either(job: dict[str, Any], choice: Any, usage: Any) -> None:
    asked("create", careless({"id": "job-1", **job}))
    asked("get", careless({**job, "id": "job-1"}))
    asked("jobs", careless({"data": [{**job, "id": "job-1"}], "has_more": True}))
    asked("complete", careless({"choices": [choice], "usage": usage}))
    asked(
        "complete", careless({"choices": [{"message": choice}], "usage": {"prompt_tokens": usage}})
    )


def careless(body: object) -> httpx2.Response:
    """JSON as careless services write it: with NaN, Infinity and half a surrogate pair."""
    return httpx2.Response(200, content=json.dumps(body).encode())


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    "failure",
    [httpx2.ReadError("cut"), httpx2.DecodingError("bad gzip"), httpx2.TooManyRedirects("round")],
    ids=lambda failure: type(failure).__name__,
)
def test_no_failure_of_the_line_escapes_either(verb: str, failure: Exception) -> None:
    with pytest.raises(EconChatRError):
        VERBS[verb](service(failure))


def answered(**reply: Any) -> httpx2.Response:
    return careless({"id": "c", "object": "chat.completion", **reply})


def told(content: object, **message: Any) -> httpx2.Response:
    choice = {"index": 0, "finish_reason": "stop", "message": {"content": content, **message}}
    return answered(choices=[choice], usage={"prompt_tokens": 5, "completion_tokens": 2})


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("So.", "So."),
        ([{"type": "text", "text": "It has "}, {"type": "text", "text": "read."}], "It has read."),
        (["plain ", "parts"], "plain parts"),
        ("half a \ud83d sign", "half a \ufffd sign"),
        ("a pair \ud83d\ude00", "a pair 😀"),
        (None, ""),
    ],
)
def test_text_is_taken_from_where_it_stands_and_made_encodable(content: object, text: str) -> None:
    answer = service(told(content)).complete(QUESTION)
    assert (answer.text, answer.finish_reason) == (text, "stop")


def test_a_refusal_in_words_is_an_answer() -> None:
    assert service(told(None, refusal="I cannot.")).complete(QUESTION).text == "I cannot."


@pytest.mark.parametrize(
    "reply",
    [
        answered(choices=[], usage={"prompt_tokens": 5, "completion_tokens": 0}),
        answered(choices=None, usage={"prompt_tokens": 5, "completion_tokens": 0}),
        answered(choices=[None], usage={"prompt_tokens": 5, "completion_tokens": 0}),
        answered(choices=[{"message": None}], usage={"prompt_tokens": 5, "completion_tokens": 0}),
        answered(
            choices=[{"message": {"content": [{"type": "image"}]}}],
            usage={"prompt_tokens": 5, "completion_tokens": 0},
        ),
    ],
)
def test_a_reply_that_says_nothing_is_unusable_and_counted_as_billed(
    reply: httpx2.Response,
) -> None:
    answer = service(reply).complete(QUESTION)
    assert (answer.finish_reason, answer.text) == (UNUSABLE, "")
    assert (answer.prompt_tokens, answer.completion_tokens) == (5, 0)


@pytest.mark.parametrize("usage", [None, {}, [], {"prompt_tokens": True}, {"prompt_tokens": 1e40}])
def test_a_usage_that_counts_nothing_is_unknown(usage: object) -> None:
    choice = {"message": {"content": "So."}}
    answer = service(answered(choices=[choice], usage=usage)).complete(QUESTION)
    assert (answer.prompt_tokens, answer.completion_tokens) == (None, None)


def test_an_error_in_a_reply_that_says_ok_leaves_the_answer_unknown() -> None:
    with pytest.raises(OutcomeUnknown):
        service(ok({"error": {"message": "overloaded", "code": 529}})).complete(QUESTION)


VLLM = {"object": "error", "message": "The model `m` does not exist.", "code": 404, "type": "x"}
AZURE = {"error": {"code": "DeploymentNotFound", "message": "The API deployment does not exist."}}


@pytest.mark.parametrize("body", [VLLM, AZURE, {"detail": "Not Found"}, "nothing here", None])
def test_a_model_that_is_not_found_is_not_ready_yet_whatever_the_code(body: object) -> None:
    with pytest.raises(ModelNotReady):
        service(httpx2.Response(404, json=body)).complete(QUESTION)


@pytest.mark.parametrize(
    "sentence",
    [
        "File 'file-1' is still being processed and is not ready to be used for fine-tuning.",
        "The training file is not in a processed state.",
        "file file-1 has status pending; try again later",
        "The specified file reference must point to a completed file import.",
    ],
)
@pytest.mark.parametrize("wrapped", [True, False], ids=["error", "detail"])
@pytest.mark.parametrize("status", [400, 404, 409, 422])
def test_a_file_that_is_still_being_processed_is_a_passing_fault(
    sentence: str, status: int, wrapped: bool
) -> None:
    error = {"message": sentence, "type": "invalid_request_error", "code": None}
    body = {"error": error} if wrapped else {"detail": sentence}
    with pytest.raises(FileNotReady) as passing:
        service(httpx2.Response(status, json=body)).create(REQUEST)
    assert sentence[:30] in str(passing.value)


def test_a_file_that_is_not_ready_is_known_by_its_code_too() -> None:
    with pytest.raises(FileNotReady):
        service(no(400, "file_not_ready")).create(REQUEST)


IN_PREPARATION = [
    (503, "model_warming_up", ""),
    (503, "", "Model bees-7b is currently loading"),
    (400, "model_loading", ""),
    (400, "", "LoRA adapter is not loaded yet"),
    (500, "", "The endpoint is warming up"),
    (409, "", "Conflict"),
    (424, "", "Failed dependency"),
    (425, "", "Too early"),
]


@pytest.mark.parametrize(("status", "code", "sentence"), IN_PREPARATION)
def test_a_model_in_preparation_is_not_ready_in_any_spelling(
    status: int, code: str, sentence: str
) -> None:
    for body in (
        {"error": {"code": code or None, "message": sentence}},
        {"detail": code + sentence},
    ):
        with pytest.raises(ModelNotReady):
            service(httpx2.Response(status, json=body)).complete(QUESTION)


@pytest.mark.parametrize("sentence", ["The model is overloaded", "Internal error", "Bad gateway"])
def test_a_fault_of_the_service_says_nothing_of_the_model(sentence: str) -> None:
    with pytest.raises(OutcomeUnknown):
        service(httpx2.Response(503, json={"error": {"message": sentence}})).complete(QUESTION)


BROKE = [
    (429, "billing_not_active"),
    (429, "You exceeded your current quota, please check your plan and billing details."),
    (412, "Account harbour-1 is suspended, possibly due to reaching the monthly spending limit"),
    (403, "Insufficient balance"),
    (403, "Your credit balance is too low to run this"),
    (400, "billing_hard_limit_reached"),
    (402, "No."),
    (403, "You are out of credits"),
]


@pytest.mark.parametrize("verb", ["create", "complete"])
@pytest.mark.parametrize(("status", "words"), BROKE)
def test_out_of_money_is_final_in_every_services_words_and_says_what_to_do(
    status: int, words: str, verb: str
) -> None:
    coded = {"error": {"code": words, "message": "no"}}
    for body in ({"error": {"code": None, "message": words}}, {"detail": words}, coded):
        with pytest.raises(ProviderOutOfMoney, match="Add credit or raise the limit"):
            VERBS[verb](service(httpx2.Response(status, json=body)))


RATES = [
    "Rate limit reached on tokens per min (TPM): Limit 90000. Add a payment method to raise it.",
    "Quota exceeded for quota metric 'Generate requests per minute'",
    "daily_rate_limit_exceeded",
]


@pytest.mark.parametrize("sentence", RATES)
def test_a_limit_by_time_is_not_taken_for_an_empty_account(sentence: str) -> None:
    with pytest.raises(RateLimited):
        service(httpx2.Response(429, json={"error": {"message": sentence}})).complete(QUESTION)


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (429, "rate_limit_exceeded"),
        (400, "You have reached the maximum number of active fine-tuning jobs"),
        (403, "Too many concurrent training jobs"),
        (409, "A fine-tuning job is already running; wait until it ends"),
    ],
)
def test_a_service_without_a_free_slot_is_busy(status: int, sentence: str) -> None:
    with pytest.raises(RateLimited):
        service(httpx2.Response(status, json={"error": {"message": sentence}})).create(REQUEST)


@pytest.mark.parametrize("odd", [None, {}, {"id": 12}, "job-9", [], {"object": "job"}])
def test_an_odd_entry_of_a_listing_is_passed_over(odd: object) -> None:
    listed = {"data": [job("job-1"), odd, job("job-2")], "has_more": False}
    assert {one.job_id for one in service(ok(listed)).jobs()} == {"job-1", "job-2"}


def test_a_listing_may_be_the_list_alone() -> None:
    assert service(ok([{"id": "m"}, {"id": "n"}])).model_names() == {"m", "n"}


def test_a_redirect_is_a_definite_no_that_names_where_it_points() -> None:
    moved = httpx2.Response(301, headers={"location": "https://elsewhere.example/v1"})
    with pytest.raises(ProviderRejected, match=r"elsewhere\.example.*check the provider's address"):
        service(moved).create(REQUEST)


def test_a_listing_that_makes_no_progress_ends() -> None:
    stuck = page(job("job-1"), job("job-2"), more=True)
    assert [found.job_id for found in service(stuck).jobs()] == ["job-1", "job-2"]


def test_a_listing_that_does_not_say_whether_there_is_more_is_read_to_its_end(
    wire: Wire, provider: OpenAICompatible
) -> None:
    first, second = (ok({"data": [job(name)]}) for name in ("job-1", "job-2"))
    wire.replies = [first, second, ok({"data": []})]
    assert len(provider.jobs()) == 2
    assert "after=job-2" in wire.asked[2]


def test_a_loss_that_ran_away_is_no_measure() -> None:
    content = b"step,train_loss,train_accuracy\n1,nan,inf\n2.0,1e999,0.5\n"
    steps = list(response_parsing.curve(content))
    assert [(step.step, step.train_loss, step.train_accuracy) for step in steps] == [
        (1, None, None),
        (2, None, 0.5),
    ]


@pytest.mark.parametrize(
    ("error", "fields", "began"),
    [
        ({"code": "invalid_training_file", "message": "line 3"}, {}, False),
        ({"code": "x", "param": "training_file"}, {}, False),
        ({"code": "x"}, {"trained_steps": 0}, False),
        (
            {"code": "invalid_loss", "message": "loss is NaN at step 120"},
            {"trained_steps": 120},
            True,
        ),
        ({"code": "invalid_state", "message": "lost"}, {}, True),
        ({"code": "x", "param": "validation_file"}, {"trained_steps": 7}, True),
        ({"code": "x", "param": "validation_file", "message": "after epoch 2"}, {}, True),
        ({"code": "invalid_training_file"}, {"trained_tokens": 900}, True),
        ({}, {}, True),
    ],
)
def test_a_job_never_began_only_where_nothing_contradicts(
    error: dict[str, str], fields: dict[str, int], began: bool
) -> None:
    assert response_parsing.job({"id": "j", "error": error, **fields}).never_began is not began


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        (1_795_000_000, datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC)),
        (1_795_000_000_000, datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC)),
        ("2026-11-18T11:06:40Z", datetime(2026, 11, 18, 11, 6, 40, tzinfo=UTC)),
        (0, None),
        (-5, None),
        (1e300, None),
        ("soon", None),
        (True, None),
    ],
)
def test_a_time_is_read_in_seconds_milliseconds_or_words(
    value: object, moment: datetime | None
) -> None:
    assert response_parsing.job({"id": "j", "created_at": value}).created_at == moment


@pytest.mark.parametrize(
    ("fields", "never"),
    [
        ({"trained_steps": 0}, True),
        ({"error": {"code": "invalid_training_file"}}, True),
        ({"error": {"param": "training_file"}}, True),
        ({"trained_steps": 3}, False),
        ({"error": {"code": "server_error"}}, False),
        ({}, False),
    ],
)
def test_only_a_service_that_says_so_lets_a_job_never_have_begun(
    fields: dict[str, Any], never: bool
) -> None:
    assert response_parsing.job({"id": "j", **fields}).never_began is never


@given(st.text(st.characters(codec=None, categories=None)))
def test_text_is_made_encodable_once_and_left_alone_otherwise(text: str) -> None:
    clean = encodable(text)
    clean.encode()
    assert encodable(clean) == clean
    if not any("\ud800" <= letter <= "\udfff" for letter in text):
        assert clean == text


def test_a_refused_call_says_what_the_service_said_even_if_that_cannot_be_written() -> None:
    with pytest.raises(ProviderRejected, match="bad \ufffd") as refusal:
        service(no_with("bad \ud83d")).create(REQUEST)
    str(refusal.value).encode()


def no_with(message: str) -> httpx2.Response:
    return httpx2.Response(400, content=json.dumps({"error": {"message": message}}).encode())


def test_an_error_of_odd_types_is_read_all_the_same() -> None:
    error = {"message": ["a"], "type": {"b": 1}, "code": {"c": 2}, "param": None}
    with pytest.raises(ProviderRejected):
        service(httpx2.Response(400, json={"error": error})).create(REQUEST)
    assert no(400).status_code == 400
