"""Misbehaviour on order, as a client meets it."""

import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import openai
import pytest

from tests.unit.infra.local.provider.support import BASE, Bench, bench, chat_lines

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(tmp_path_factory.mktemp("faults") / "state") as running:
        yield running


@pytest.fixture
def at(server: Bench) -> Iterator[Bench]:
    yield server
    server.http.delete("/_faults")


def bought(at: Bench, key: str) -> list[str]:
    """The jobs with this key, told by the bill."""
    return [job["job_id"] for job in at.meter()["jobs"] if job["metadata"].get("key") == key]


def test_a_job_whose_reply_was_lost_exists(at: Bench) -> None:
    at.misbehave("reply_lost")
    with pytest.raises(openai.APIConnectionError):
        at.create(metadata={"key": "lost"})
    found = at.client.fine_tuning.jobs.list(metadata={"key": "lost"}).data
    assert [job.id for job in found] == bought(at, "lost")
    assert len(found) == 1


def test_a_client_that_retries_a_lost_reply_buys_twice(at: Bench) -> None:
    file_id = at.upload(chat_lines())
    at.misbehave("reply_lost")
    at.client_with("k", max_retries=2).fine_tuning.jobs.create(
        model=BASE, training_file=file_id, metadata={"key": "twice"}
    )
    assert len(bought(at, "twice")) == 2


def test_an_error_after_acting_leaves_a_job_and_one_before_does_not(at: Bench) -> None:
    at.misbehave("error_after", status=502)
    with pytest.raises(openai.InternalServerError) as after:
        at.create(metadata={"key": "after"})
    at.misbehave("error_before", status=503)
    with pytest.raises(openai.InternalServerError) as before:
        at.create(metadata={"key": "before"})
    assert (after.value.status_code, before.value.status_code) == (502, 503)
    assert len(bought(at, "after")) == 1
    assert not bought(at, "before")


def test_a_stalled_reply_runs_into_the_clients_time_limit(at: Bench) -> None:
    file_id = at.upload(chat_lines())
    at.misbehave("stall", seconds=3)
    with pytest.raises(openai.APITimeoutError):
        at.client.fine_tuning.jobs.create(
            model=BASE, training_file=file_id, metadata={"key": "stalled"}, timeout=1.5
        )
    assert len(bought(at, "stalled")) == 1


def test_an_odd_status_is_shown_as_often_as_ordered(at: Bench) -> None:
    job = at.finished(at.create().id)
    at.misbehave("status", value="paused", times=2)
    shown = [at.client.fine_tuning.jobs.retrieve(job.id).status for _ in range(3)]
    assert shown == ["paused", "paused", "succeeded"]


def test_tokens_can_be_missing_although_they_are_billed(at: Bench) -> None:
    job = at.finished(at.create().id)
    at.misbehave("trained_tokens")
    assert at.client.fine_tuning.jobs.retrieve(job.id).trained_tokens is None
    assert at.charged(job.id)["trained_tokens"] == job.trained_tokens


def test_a_job_can_tell_what_it_has_billed_so_far_and_is_charged_at_its_end(at: Bench) -> None:
    at.misbehave("slow_job")
    at.misbehave("progress")
    job = at.create()
    time.sleep(0.2)
    shown = at.client.fine_tuning.jobs.retrieve(job.id)
    assert shown.status == "running"
    assert shown.trained_tokens
    assert at.charged(job.id)["charged_usd"] == "0"


def test_an_error_can_carry_a_code(at: Bench) -> None:
    at.misbehave("error_before", status=404, code="model_not_found")
    with pytest.raises(openai.NotFoundError) as missing:
        at.create()
    assert missing.value.code == "model_not_found"


def test_more_tokens_than_estimated_are_told_and_billed(at: Bench) -> None:
    usual = at.finished(at.create().id).trained_tokens
    at.misbehave("trained_tokens", factor=1.3)
    more = at.finished(at.create().id)
    assert usual is not None
    assert more.trained_tokens == int(usual * Decimal("1.3"))
    charged = Decimal(at.charged(more.id)["charged_usd"])
    assert charged == more.trained_tokens * Decimal("0.000005")


def test_a_surprising_price_shows_on_the_bill_alone(at: Bench) -> None:
    at.misbehave("price_surprise", factor=2)
    job = at.finished(at.create().id)
    assert job.trained_tokens is not None
    charged = Decimal(at.charged(job.id)["charged_usd"])
    assert charged == 2 * job.trained_tokens * Decimal("0.000005")


def test_a_cancellation_can_be_refused_and_tried_again(at: Bench) -> None:
    at.misbehave("slow_job")
    job = at.create()
    at.misbehave("cancel_refused")
    with pytest.raises(openai.ConflictError):
        at.client.fine_tuning.jobs.cancel(job.id)
    assert at.client.fine_tuning.jobs.cancel(job.id).status == "cancelled"


def test_a_stale_list_leaves_out_young_jobs(at: Bench) -> None:
    job = at.create(metadata={"key": "stale"})
    at.misbehave("stale_list", times=2)
    listed = [at.client.fine_tuning.jobs.list(metadata={"key": "stale"}).data for _ in range(3)]
    assert [len(jobs) for jobs in listed] == [0, 0, 1]
    assert at.client.fine_tuning.jobs.retrieve(job.id).id == job.id


def test_a_job_can_fail_at_the_provider_and_costs_nothing(at: Bench) -> None:
    at.misbehave("fail_job", message="The cluster burnt down.")
    job = at.finished(at.create().id)
    assert job.error is not None
    assert (job.status, job.error.message) == ("failed", "The cluster burnt down.")
    assert at.charged(job.id)["charged_usd"] == "0"


def test_a_failed_job_can_tell_that_it_billed_nothing(at: Bench) -> None:
    told = []
    for tells in (False, True):
        at.misbehave("fail_job", tells_tokens=tells)
        told.append(at.finished(at.create().id).trained_tokens)
    assert told == [None, 0]


def test_a_slow_job_runs_until_it_is_cancelled(at: Bench) -> None:
    at.misbehave("slow_job")
    job = at.create()
    time.sleep(0.6)
    assert at.client.fine_tuning.jobs.retrieve(job.id).status == "running"
    assert at.client.fine_tuning.jobs.cancel(job.id).status == "cancelled"


def test_the_money_can_be_out_and_the_organisation_not_eligible(at: Bench) -> None:
    at.misbehave("quota", code="organization_spend_limit_exceeded")
    with pytest.raises(openai.RateLimitError) as out:
        at.create(metadata={"key": "refused"})
    assert (out.value.type, out.value.code) == (
        "insufficient_quota",
        "organization_spend_limit_exceeded",
    )
    at.misbehave("not_eligible")
    with pytest.raises(openai.PermissionDeniedError) as closed:
        at.create(metadata={"key": "refused"})
    assert closed.value.code == "training_not_available"
    assert not bought(at, "refused")


def test_an_answer_can_come_without_a_choice_in_parts_or_with_half_a_character(at: Bench) -> None:
    calls = len(at.meter()["calls"])
    said = at.ask(BASE, "Hello?", temperature=0)
    for action in ("no_choices", "parts", "surrogate"):
        at.misbehave(action)
        asked = {"model": BASE, "messages": [{"role": "user", "content": "Hello?"}]}
        reply = at.http.post("/v1/chat/completions", json={**asked, "temperature": 0}).json()
        texts = [choice["message"]["content"] for choice in reply["choices"]]
        expected = {
            "no_choices": [],
            "parts": [[{"type": "text", "text": half} for half in halves(said)]],
            "surrogate": [said + "\ud83d"],
        }
        assert texts == expected[action]
    assert len(at.meter()["calls"]) == calls + 4


def halves(text: str) -> tuple[str, str]:
    return text[: len(text) // 2], text[len(text) // 2 :]


def test_losses_can_be_no_numbers(at: Bench) -> None:
    job = at.finished(at.create().id)
    at.misbehave("bad_losses")
    spoilt = at.client.files.content(job.result_files[0]).text.splitlines()
    whole = at.client.files.content(job.result_files[0]).text.splitlines()
    assert [row.split(",")[1] for row in spoilt[1:4]] == ["nan", "inf", "-Infinity"]
    assert [row.split(",")[0::2] for row in spoilt] == [row.split(",")[0::2] for row in whole]


def test_a_key_can_be_replaced_while_it_runs(tmp_path: Path) -> None:
    with bench(tmp_path / "state", api_key="old") as keyed:
        assert keyed.client_with("old").models.list().data
        keyed.http.put("/_key", json={"key": "new"})
        assert keyed.client_with("new").models.list().data
        with pytest.raises(openai.AuthenticationError):
            keyed.client_with("old").models.list()


def test_any_request_can_be_struck_by_naming_its_path(at: Bench) -> None:
    at.misbehave("reply_lost", match={"path": "/chat/completions$"}, times=1)
    known = len(at.meter()["calls"])
    with pytest.raises(openai.APIConnectionError):
        at.ask(BASE, "Hello?")
    assert len(at.meter()["calls"]) == known + 1
    assert at.ask(BASE, "Hello?")


def test_rules_are_counted_and_cleared(at: Bench) -> None:
    at.misbehave("error_before", times=3)
    with pytest.raises(openai.InternalServerError):
        at.create()
    assert at.http.get("/_faults").json() == {"rules": [{"action": "error_before", "times": 2}]}
    at.http.delete("/_faults")
    assert at.create().status == "validating_files"


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"rules": [{}]},
        {"rules": [{"action": "explode"}]},
        {"rules": [{"action": "quota", "match": {"path": "("}}]},
        {"rules": [{"action": "quota", "times": "often"}]},
        {"rules": ["quota"]},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_whole(at: Bench, document: object) -> None:
    assert at.http.post("/_faults", json=document).status_code == 400
    assert at.http.get("/_faults").json() == {"rules": []}


def test_a_judge_at_work_answers_a_letter_and_one_told_to_answer_prose_is_cut_and_billed(
    at: Bench,
) -> None:
    comparing = (
        "The host has said:\n- Would you, though? For love?\n\nSomebody says to the host: The survey.\n\n"
        "Reply A: The survey of drains.\n\nReply B: Would you, though?\n\nWhich reply, A or B?"
    )

    def asked() -> Any:
        return at.client.chat.completions.create(
            model=BASE,
            messages=[{"role": "user", "content": comparing}],
            max_tokens=5,
            temperature=0,
        )

    fair = asked()
    assert (fair.choices[0].message.content, fair.usage.completion_tokens) == ("B", 1)
    at.misbehave("bias", way="prose")
    prose = asked()
    assert prose.choices[0].message.content.startswith("Both replies")
    assert (prose.choices[0].finish_reason, prose.usage.completion_tokens) == ("length", 5)
    assert asked().choices[0].message.content == "B"
