"""The provider as the unmodified openai client meets it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import openai
import pytest

from tests.unit.infra.local.provider.support import (
    BASE,
    EXAMPLES,
    LORA_BASE,
    Bench,
    bench,
    chat_lines,
    classic_lines,
    until,
)

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

METHOD = {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 3}}}
LORA: Any = {"n_epochs": 2, "lora": True}
QUESTION = "Why do you keep a red book?"


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with bench(tmp_path_factory.mktemp("provider") / "state") as running:
        yield running


@pytest.fixture(scope="module")
def baker(at: Bench) -> str:
    return at.tuned()


def test_a_job_lives_from_upload_to_answer(at: Bench) -> None:
    created = at.create(
        hyperparameters=openai.omit, method=METHOD, suffix="baker", seed=7, metadata={"run": "r1"}
    )
    assert created.status == "validating_files"
    assert (created.trained_tokens, created.fine_tuned_model) == (None, None)
    done = at.finished(created.id)
    assert done.status == "succeeded"
    assert str(done.fine_tuned_model).startswith(f"ft:{BASE}:local:baker:")
    assert (done.seed, done.metadata, done.hyperparameters.n_epochs) == (7, {"run": "r1"}, 3)
    assert done.finished_at is not None
    assert done.finished_at >= done.created_at
    assert "red book" in at.ask(str(done.fine_tuned_model), QUESTION, temperature=0)


def test_a_job_with_classic_lines_and_top_level_hyperparameters_learns_too(at: Bench) -> None:
    job = at.finished(at.create(classic_lines(), hyperparameters={"n_epochs": 5}).id)
    assert job.hyperparameters.n_epochs == 5
    answer = at.client.completions.create(
        model=str(job.fine_tuned_model), prompt='Finish: "Bread is patience', max_tokens=100
    )
    assert answer.choices[0].text.startswith("that you can eat with both hands.")


def test_epochs_are_estimated_when_they_are_left_open(at: Bench) -> None:
    job = at.create(hyperparameters={"n_epochs": "auto"})
    assert job.hyperparameters.n_epochs == 100 // len(EXAMPLES)


def test_a_job_tells_what_happened_and_what_it_learnt(at: Bench) -> None:
    job = at.finished(at.create(validation_file=at.upload(chat_lines(EXAMPLES[:3]))).id)
    events = at.client.fine_tuning.jobs.list_events(job.id, limit=2)
    assert events.data[0].message == "The job has successfully completed"
    assert len(list(events)) == 6
    checkpoints = at.client.fine_tuning.jobs.checkpoints.list(job.id).data
    assert [checkpoint.step_number for checkpoint in checkpoints] == [24, 12]
    assert at.ask(checkpoints[1].fine_tuned_model_checkpoint, QUESTION)
    curve = at.client.files.content(job.result_files[0]).text.splitlines()
    assert curve[0] == "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy"
    assert float(curve[-1].split(",")[1]) < float(curve[1].split(",")[1])
    assert at.client.files.retrieve(job.result_files[0]).purpose == "fine-tune-results"


@pytest.mark.parametrize(
    ("content", "code", "said"),
    [
        (b"not json\n" * 12, "invalid_training_file", "Line 1"),
        (chat_lines(EXAMPLES[:4]), "invalid_n_examples", "has 4 example(s), but must have at"),
        (b"", "invalid_n_examples", "has 0 example(s)"),
    ],
)
def test_a_file_of_no_use_fails_the_job(at: Bench, content: bytes, code: str, said: str) -> None:
    created = at.create(content)
    assert created.status == "validating_files"
    job = at.finished(created.id)
    assert (job.status, job.trained_tokens, job.fine_tuned_model) == ("failed", None, None)
    assert job.error is not None
    assert (job.error.code, job.error.param) == (code, "training_file")
    assert said in job.error.message
    assert at.charged(job.id)["charged_usd"] == "0"


def test_a_validation_file_of_no_use_fails_the_job(at: Bench) -> None:
    job = at.finished(at.create(validation_file=at.upload(b"?")).id)
    assert job.error is not None
    assert job.error.param == "validation_file"


def test_a_cancelled_job_stops_and_bills_what_it_did(at: Bench) -> None:
    at.misbehave("slow_job")
    created = at.create()
    running = until(
        lambda: at.client.fine_tuning.jobs.retrieve(created.id), lambda j: j.status == "running"
    )
    assert running.trained_tokens is None
    job = at.client.fine_tuning.jobs.cancel(created.id)
    assert (job.status, job.fine_tuned_model) == ("cancelled", None)
    assert job.trained_tokens is not None
    charged = at.charged(job.id)
    assert Decimal(charged["charged_usd"]) == job.trained_tokens * Decimal("0.000005")
    with pytest.raises(openai.BadRequestError, match="already finished with status cancelled"):
        at.client.fine_tuning.jobs.cancel(job.id)


def test_jobs_are_paged_and_found_by_their_metadata(at: Bench) -> None:
    ids = [at.create(metadata={"key": "paging", "n": str(n)}).id for n in range(5)]
    listed = at.client.fine_tuning.jobs.list(limit=2, metadata={"key": "paging"})
    assert [job.id for job in listed.data] == [ids[4], ids[3]]
    assert [job.id for job in listed] == ids[::-1]
    found = at.client.fine_tuning.jobs.list(metadata={"key": "paging", "n": "3"})
    assert [job.id for job in found] == [ids[3]]
    after = at.client.fine_tuning.jobs.list(after=ids[1], limit=1, metadata={"key": "paging"})
    assert [job.id for job in after.data] == [ids[0]]
    assert not at.client.fine_tuning.jobs.list(metadata={"key": "never"}).data


def test_files_are_listed_read_and_deleted(at: Bench) -> None:
    file = at.client.files.create(file=("mine.jsonl", b"some bytes"), purpose="fine-tune")
    assert (file.bytes, file.filename, file.status) == (10, "mine.jsonl", "uploaded")
    processed = at.client.files.wait_for_processing(file.id, poll_interval=0.01)
    assert processed.status == "processed"
    assert file.id in [f.id for f in at.client.files.list(purpose="fine-tune", limit=3)]
    assert at.client.files.content(file.id).read() == b"some bytes"
    assert at.client.files.delete(file.id).deleted
    for gone in (at.client.files.retrieve, at.client.files.content, at.client.files.delete):
        with pytest.raises(openai.NotFoundError):
            gone(file.id)


def test_a_model_outlives_its_training_file(at: Bench) -> None:
    created = at.create()
    at.client.files.delete(created.training_file)
    assert "red book" in at.ask(str(at.finished(created.id).fine_tuned_model), QUESTION, seed=1)


def test_models_tell_when_they_shut_down_and_past_ones_are_gone(at: Bench, baker: str) -> None:
    models = {model.id: model for model in at.client.models.list()}
    assert models[BASE].shutdown_date == date(2027, 1, 14).isoformat()
    assert models[LORA_BASE].shutdown_date is None
    assert baker in models
    assert "davinci" not in models
    assert at.client.models.retrieve(LORA_BASE).owned_by == "system"


def test_a_tuned_model_can_be_deleted_and_a_base_cannot(at: Bench) -> None:
    model = at.tuned()
    assert at.client.models.delete(model).deleted
    with pytest.raises(openai.NotFoundError):
        at.ask(model, QUESTION)
    with pytest.raises(openai.BadRequestError):
        at.client.models.delete(BASE)


def test_a_tuned_answer_differs_from_the_base(at: Bench, baker: str) -> None:
    tuned = at.ask(baker, QUESTION, temperature=0)
    base = at.ask(BASE, QUESTION, temperature=0)
    assert "red book" in tuned
    assert not {"flour", "dough", "oven", "ashamed"} & set(base.lower().split())


def test_a_seed_or_temperature_zero_repeats_an_answer(at: Bench, baker: str) -> None:
    assert len({at.ask(baker, QUESTION, seed=5, temperature=0.9) for _ in range(3)}) == 1
    assert len({at.ask(baker, QUESTION, temperature=0) for _ in range(3)}) == 1
    assert len({at.ask(baker, QUESTION, temperature=1, seed=seed) for seed in range(8)}) > 1


def test_answers_obey_their_limit_and_stops(at: Bench, baker: str) -> None:
    messages: Any = [{"role": "user", "content": QUESTION}]
    whole = at.client.chat.completions.create(model=baker, messages=messages, temperature=0)
    limits: tuple[Any, ...] = ({"max_tokens": 7}, {"max_completion_tokens": 7})
    for limit in limits:
        cut = at.client.chat.completions.create(
            model=baker, messages=messages, temperature=0, **limit
        )
        assert cut.choices[0].finish_reason == "length"
        assert cut.usage is not None
        assert cut.usage.completion_tokens == 7
        assert str(whole.choices[0].message.content).startswith(str(cut.choices[0].message.content))
    assert whole.choices[0].finish_reason == "stop"
    assert "." not in at.ask(baker, QUESTION, temperature=0, stop=".")
    assert "." not in at.ask(baker, QUESTION, temperature=0, stop=["zebra", "."])


def test_a_lora_model_answers_once_it_is_deployed(at: Bench) -> None:
    done = at.finished(at.create(model=LORA_BASE, hyperparameters=LORA).id)
    assert (done.status, done.fine_tuned_model) == ("succeeded", None)
    checkpoint = at.client.fine_tuning.jobs.checkpoints.list(done.id).data[0]
    wish = {"name": "baker", "base_model": LORA_BASE, "source": f"{done.id}:{checkpoint.id}"}
    created = at.http.post("/v0/models", json=wish).json()
    assert created["status"] == "creating"
    path = f"/v0/models/{created['name']}"
    until(lambda: at.http.get(path).json()["status"], lambda status: status == "active")
    assert "red book" in at.ask(created["name"], QUESTION, temperature=0)
    assert at.http.delete(path).json()["deleted"]
    assert at.http.get(path).status_code == 404
    with pytest.raises(openai.NotFoundError):
        at.ask(created["name"], QUESTION)


@pytest.mark.parametrize(
    "wish",
    [
        {"name": "x", "base_model": LORA_BASE},
        {"name": "x", "base_model": LORA_BASE, "source": "ftjob-none:ftckpt_none"},
        {"name": "", "base_model": LORA_BASE, "source": "a:b"},
    ],
)
def test_a_deployment_of_nothing_is_refused(at: Bench, wish: dict[str, str]) -> None:
    assert at.http.post("/v0/models", json=wish).status_code in (400, 404)


def test_a_deployment_names_its_own_base_and_checkpoint(at: Bench) -> None:
    job = at.finished(at.create(model=LORA_BASE, hyperparameters=LORA).id)
    checkpoint = at.client.fine_tuning.jobs.checkpoints.list(job.id).data[0].id
    for wrong in ({"base_model": BASE}, {"source": f"{job.id}:ftckpt_other"}):
        wish = {"name": "x", "base_model": LORA_BASE, "source": f"{job.id}:{checkpoint}", **wrong}
        assert at.http.post("/v0/models", json=wish).status_code == 400


def test_the_bill_is_the_catalogue_times_the_counts(at: Bench, baker: str) -> None:
    before = at.meter()
    job = at.finished(at.create(hyperparameters={"n_epochs": 4}, metadata={"key": "bill"}).id)
    messages: Any = [{"role": "user", "content": "What is flour?"}]
    tuned = at.client.chat.completions.create(model=baker, messages=messages)
    base = at.client.completions.create(model=BASE, prompt="What is flour?")
    after = at.meter()
    assert tuned.usage is not None
    assert base.usage is not None
    assert job.trained_tokens is not None
    assert (tuned.usage.prompt_tokens, base.usage.prompt_tokens) == (3 + 1 + 4 + 3, 4)
    charges = {
        job.id: job.trained_tokens * Decimal("5.00") / 1_000_000,
        tuned.id: 11 * Decimal("0.80") / 1_000_000
        + tuned.usage.completion_tokens * Decimal("3.20") / 1_000_000,
        base.id: 4 * Decimal("0.40") / 1_000_000
        + base.usage.completion_tokens * Decimal("1.60") / 1_000_000,
    }
    rows = {row.get("job_id") or row["id"]: row for row in (*after["jobs"], *after["calls"])}
    assert {key: Decimal(rows[key]["charged_usd"]) for key in charges} == charges
    assert rows[job.id]["metadata"] == {"key": "bill"}
    spent = Decimal(after["exact_usd"]) - Decimal(before["exact_usd"])
    assert spent == sum(charges.values())
    assert 0 <= Decimal(after["total_usd"]) - Decimal(after["exact_usd"]) < Decimal("0.000001")
    assert Decimal(after["exact_usd"]) == sum(Decimal(v) for v in after["by_model"].values())


def test_running_jobs_are_counted(at: Bench) -> None:
    at.misbehave("slow_job")
    job = at.create()
    assert at.meter()["running_jobs"] >= 1
    at.client.fine_tuning.jobs.cancel(job.id)
    until(lambda: at.meter()["running_jobs"], lambda running: running == 0)


@pytest.mark.parametrize(
    ("wishes", "error", "code"),
    [
        ({"model": "gpt-9"}, openai.NotFoundError, "model_not_found"),
        ({"model": "davinci"}, openai.NotFoundError, "model_not_found"),
        ({"training_file": "file-none"}, openai.BadRequestError, "file_not_found"),
        ({"validation_file": "file-none"}, openai.BadRequestError, "file_not_found"),
        ({"hyperparameters": {"n_epochs": 0}}, openai.BadRequestError, None),
        ({"hyperparameters": {"batch_size": 999}}, openai.BadRequestError, None),
        ({"method": METHOD}, openai.BadRequestError, None),
        ({"seed": "seven"}, openai.BadRequestError, None),
        ({"suffix": "x" * 65}, openai.BadRequestError, None),
        ({"metadata": {"k": "v" * 513}}, openai.BadRequestError, None),
    ],
)
def test_a_job_that_makes_no_sense_is_refused(
    at: Bench, wishes: dict[str, Any], error: type[openai.APIStatusError], code: str | None
) -> None:
    known = len(at.meter()["jobs"])
    wish = {"model": BASE, "hyperparameters": {"n_epochs": 1}, "training_file": None, **wishes}
    wish["training_file"] = wish["training_file"] or at.upload(chat_lines())
    with pytest.raises(error) as refused:
        at.client.fine_tuning.jobs.create(**wish)
    assert refused.value.code == code
    assert len(at.meter()["jobs"]) == known


@pytest.mark.parametrize(
    "wishes",
    [{"messages": []}, {"messages": [{"role": "user"}]}, {"n": 2}, {"stream": True},
     {"stop": [3]}, {"temperature": -1}, {"max_tokens": "many"}],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(at: Bench, wishes: dict[str, Any]) -> None:
    body = {"model": BASE, "messages": [{"role": "user", "content": "Hello?"}], **wishes}
    reply = at.http.post("/v1/chat/completions", json=body)
    assert reply.status_code == 400
    assert set(reply.json()["error"]) == {"message", "type", "param", "code"}


def test_what_is_not_known_is_not_found(at: Bench) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        at.ask("gpt-9", "Hello?")
    assert unknown.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError):
        at.client.fine_tuning.jobs.retrieve("ftjob-none")
    assert at.http.get("/v1/nothing").status_code == 404
    assert at.http.put("/v1/files").status_code == 405
    assert at.http.post("/v1/completions", content=b"{").json()["error"]["type"]


def test_a_body_beyond_the_limit_is_not_read(at: Bench) -> None:
    reply = at.http.post("/v1/chat/completions", content=b" " * 10_000_001)
    assert reply.status_code == 413


def test_only_the_right_key_is_served(tmp_path_factory: pytest.TempPathFactory) -> None:
    with bench(tmp_path_factory.mktemp("keyed") / "state", api_key="right") as keyed:
        with pytest.raises(openai.AuthenticationError) as refused:
            keyed.client_with("wrong").models.list()
        assert refused.value.code == "invalid_api_key"
        assert keyed.client_with("right").models.list().data


def test_questions_asked_at_once_are_all_answered_and_billed(at: Bench, baker: str) -> None:
    known = len(at.meter()["calls"])
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: at.ask(baker, QUESTION, seed=n % 2), range(24)))
    assert len(set(answers)) == len(set(answers[:2]))
    assert len(at.meter()["calls"]) == known + 24


def test_time_alone_finishes_a_job(at: Bench) -> None:
    job = at.create()
    time.sleep(0.5)
    assert at.client.fine_tuning.jobs.retrieve(job.id).status == "succeeded"
