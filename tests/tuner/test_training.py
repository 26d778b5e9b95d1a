"""A model of real weights is tuned behind the protocol, and whatever breaks, the job ends as a service's would."""

import csv
import io
import os
import signal
from concurrent.futures import ThreadPoolExecutor

import openai
import pytest

from infra.local.provider.engine import CURVE_COLUMNS
from tests.tuner.support import BASE, tuning
from tests.unit.infra.local.provider.support import chat_lines


@pytest.fixture(scope="module")
def trained(provider):
    """A job that succeeded, with held-out losses."""
    held_out = provider.upload(chat_lines()[:600].rpartition(b"\n")[0])
    job = provider.ended(provider.train(epochs=6, validation_file=held_out).id)
    assert job.status == "succeeded", job.error
    return job


def test_its_losses_fall_and_are_told_at_each_step(provider, trained):
    results = provider.client.files.content(trained.result_files[0]).text
    rows = list(csv.DictReader(io.StringIO(results)))
    assert tuple(rows[0]) == CURVE_COLUMNS
    losses = [float(row["train_loss"]) for row in rows if row["train_loss"]]
    held_out = [float(row["valid_loss"]) for row in rows if row["valid_loss"]]
    assert len(losses) == 18
    assert len(held_out) == 7
    assert losses[-1] < losses[0]
    assert held_out[-1] < held_out[0]
    assert len(provider.events(trained.id, "training loss=")) == 18


def test_what_it_learnt_answers_and_its_base_answers_as_before(provider, trained):
    before = provider.says(BASE)
    tuned = provider.says(trained.fine_tuned_model)
    assert tuned != before
    assert provider.says(BASE) == before


def test_questions_that_come_together_get_the_answers_they_get_alone(provider, trained):
    asked = [
        (model, f"What is {n}?") for n in range(4) for model in (BASE, trained.fine_tuned_model)
    ]
    alone = [provider.says(model, question) for model, question in asked]
    with ThreadPoolExecutor(len(asked)) as together:
        answers = list(together.map(lambda one: provider.says(*one), asked))
    assert answers == alone


def test_equal_seeds_get_equal_answers_and_others_do_not(provider, trained):
    drawn = [
        provider.says(trained.fine_tuned_model, temperature=1.0, seed=seed) for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]


def test_an_answer_ends_where_it_is_told_to(provider):
    whole = provider.says(BASE, max_tokens=30)
    middle = whole[len(whole) // 2 : len(whole) // 2 + 3]
    assert provider.says(BASE, max_tokens=30, stop=[middle]) == whole.partition(middle)[0]


def test_its_seconds_are_billed_and_its_tokens_told(provider, trained):
    billed = trained.model_extra["billed_seconds"]
    assert billed > 0
    assert float(provider.charged(trained.id)["charged_usd"]) == pytest.approx(billed * 0.001)
    assert trained.trained_tokens > 0


def test_a_prompt_longer_than_the_model_takes_is_refused(provider):
    with pytest.raises(openai.BadRequestError, match="the prompt has"):
        provider.says(BASE, "bread " * 3000)


def test_a_bad_line_fails_the_job_and_names_the_line(provider):
    job = provider.ended(provider.train(chat_lines() + b"\nno JSON").id)
    assert job.status == "failed"
    assert "Line 13" in job.error.message
    assert provider.charged(job.id)["charged_usd"] == "0"


def test_a_cancelled_job_stops_at_once_and_what_it_learnt_answers(provider):
    job, waiting = provider.long_job(), provider.long_job()
    provider.at_step(job.id)
    assert provider.job(waiting.id).status == "queued"
    assert provider.client.fine_tuning.jobs.cancel(waiting.id).status == "cancelled"
    cancelled = provider.client.fine_tuning.jobs.cancel(job.id)
    assert cancelled.status == "cancelled"
    following = provider.ended(provider.train().id)
    assert following.status == "succeeded"
    kept = provider.client.fine_tuning.jobs.checkpoints.list(job.id).data
    assert provider.says(kept[0].fine_tuned_model_checkpoint) != provider.says(BASE)
    assert (
        provider.job(job.id).model_extra["billed_seconds"]
        == cancelled.model_extra["billed_seconds"]
    )
    assert provider.job(waiting.id).trained_tokens == 0


def test_a_job_stops_at_its_limit_bills_no_more_and_keeps_what_it_learnt(provider):
    job = provider.ended(provider.long_job(max_seconds=40).id)
    assert job.status == "failed"
    assert job.error.code == "time_limit"
    assert job.model_extra["billed_seconds"] <= 40
    if provider.events(job.id, "training loss"):  # on a busy machine 40 seconds may pass before
        kept = provider.client.fine_tuning.jobs.checkpoints.list(job.id).data
        assert provider.says(kept[0].fine_tuned_model_checkpoint)


def test_a_killed_training_fails_its_job_alone(provider):
    job, following = provider.long_job(), provider.train()
    provider.at_step(job.id)
    provider.kill_trainer()
    assert "killed" in provider.ended(job.id).error.message
    assert provider.ended(following.id).status == "succeeded"


def test_a_killed_server_goes_on_with_its_job_when_it_is_started_again(tiny, tmp_path):
    with tuning(tiny, tmp_path / "state") as provider:
        job = provider.train(epochs=10)
        provider.at_step(job.id)
        os.kill(provider.running.pid, signal.SIGKILL)
    with tuning(tiny, tmp_path / "state") as provider:
        assert provider.ended(job.id).status == "succeeded"
        begun = provider.events(job.id, "Fine-tuning job started")
        assert 1 <= len(begun) <= 2
        assert provider.says(provider.job(job.id).fine_tuned_model)
