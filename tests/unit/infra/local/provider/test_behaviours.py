"""Each service in its own behaviour, as the unmodified openai client meets it, in simulated time."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import openai
import pytest
from openai.types.fine_tuning import FineTuningJob

from infra.local.provider.__main__ import parser
from infra.local.provider.behaviours import AZURE, BARE, LLAMA, NEBIUS, OPENAI, Behaviour
from infra.local.provider.catalogue import Model
from infra.local.provider.examples import count_tokens
from infra.local.provider.store import Job
from tests.unit.infra.local.provider.counter import (
    JOB_SECONDS,
    METHOD,
    Counters,
    every_behaviour,
)
from tests.unit.infra.local.provider.support import (
    BASE,
    EXAMPLES,
    LORA_BASE,
    chat_lines,
)


@every_behaviour
def test_every_manner_shows_all_that_the_clients_own_types_require(
    at: Counters, behaviour: Behaviour
) -> None:
    counter = at(behaviour)
    job = counter.create()
    words = set(behaviour.words.values())
    for shown in (job, counter.finished(job)):
        status = "queued" if shown.status in words else shown.status
        FineTuningJob.model_validate({**shown.model_dump(), "status": status})
    assert (job.training_file, job.model) == (counter.stored(job).training_file, BASE)


@pytest.mark.parametrize(
    ("behaviour", "shown"),
    [
        (OPENAI, {"metadata": {"k": "v"}, "user_provided_suffix": "show", "seed": 7}),
        (NEBIUS, {"suffix": "show", "seed": 7}),
        (AZURE, {"user_provided_suffix": "show", "seed": 7}),
        (BARE, {"seed": 0}),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_job_shows_of_what_was_asked_only_what_its_service_shows(
    at: Counters, behaviour: Behaviour, shown: dict[str, Any]
) -> None:
    job = at(behaviour).create(metadata={"k": "v"}, suffix="show", seed=7)
    asked = {"metadata", "user_provided_suffix", "suffix", "seed"}
    assert {key: value for key, value in job.to_dict().items() if key in asked} == shown
    assert (job.hyperparameters.n_epochs is None) == (behaviour is BARE)


def test_only_openai_filters_its_list_by_metadata(at: Counters) -> None:
    wanted: Any = {"k": "other"}
    for behaviour, found in ((OPENAI, 0), (NEBIUS, 1)):
        counter = at(behaviour)
        counter.provider.store.all(Job) or counter.create(metadata={"k": "v"})
        assert len(counter.client.fine_tuning.jobs.list(metadata=wanted).data) == found


@pytest.mark.parametrize("behaviour", [NEBIUS, BARE], ids=lambda behaviour: behaviour.name)
def test_a_listing_without_a_cursor_shows_the_same_again_and_says_there_is_more(
    at: Counters, behaviour: Behaviour
) -> None:
    counter = at(behaviour)
    ids = [counter.create().id for _ in range(3)][::-1]
    listed = counter.client.fine_tuning.jobs
    for page in (listed.list(limit=1), listed.list(limit=1, after=ids[0])):
        assert [job.id for job in page.data] == ids
        assert page.has_more is True


@every_behaviour
def test_a_file_that_is_not_processed_yet_cannot_be_trained_on(
    at: Counters, behaviour: Behaviour
) -> None:
    counter = at(behaviour)
    file_id = counter.upload()

    def buy() -> FineTuningJob:
        return counter.client.fine_tuning.jobs.create(
            training_file=file_id, model=BASE, method=METHOD
        )

    with pytest.raises(openai.BadRequestError) as refused:
        buy()
    assert refused.value.code == behaviour.file_unready.code
    assert counter.provider.store.all(Job) == []
    counter.clock += behaviour.file_wait * JOB_SECONDS
    assert buy().training_file == file_id
    assert counter.client.files.retrieve(file_id).status == behaviour.file_done


@every_behaviour
def test_a_fresh_model_is_not_found_for_a_while_and_then_answers(
    at: Counters, behaviour: Behaviour
) -> None:
    counter = at(behaviour)
    job = counter.create()
    counter.clock += JOB_SECONDS
    model = counter.client.fine_tuning.jobs.retrieve(job.id).fine_tuned_model
    assert model is not None
    with pytest.raises(openai.NotFoundError) as unready:
        counter.ask(model)
    assert unready.value.code == str(behaviour.model_unready.code)  # the client makes it text
    counter.clock += behaviour.model_wait * JOB_SECONDS
    assert counter.ask(model).choices[0].message.content


@every_behaviour
def test_a_file_keeps_its_name_only_where_the_service_keeps_it(
    at: Counters, behaviour: Behaviour
) -> None:
    counter = at(behaviour)
    counter.upload(name="mine.jsonl")
    names = [file.filename for file in counter.client.files.list().data]
    assert (names == ["mine.jsonl"]) == (behaviour is not BARE)


@every_behaviour
def test_what_a_failed_job_billed_is_told_by_nebius_alone(
    at: Counters, behaviour: Behaviour
) -> None:
    counter = at(behaviour)
    job = counter.finished(counter.create(content=b"not JSON\n" * 12))
    assert job.status == "failed"
    assert job.trained_tokens == (0 if behaviour is NEBIUS else None)


@every_behaviour
def test_a_long_example_is_cut_or_fails_the_job(at: Counters, behaviour: Behaviour) -> None:
    counter = at(behaviour)
    whole = counter.stored(counter.create()).tokens_per_epoch
    model = counter.provider.catalogue[BASE]
    counter.provider.catalogue[BASE] = replace(model, longest_example=20)
    job = counter.create()
    ended = counter.finished(job)
    if behaviour.cuts_long_examples:
        assert ended.status == "succeeded"
        assert ended.trained_tokens == 2 * 20 * len(EXAMPLES) < 2 * whole
    else:
        assert ended.status == "failed"
        assert ended.error is not None
        assert "more than a context of 20" in ended.error.message


def test_llamas_template_counts_marks_a_header_and_the_models_own_tokens(at: Counters) -> None:
    counter = at(NEBIUS)
    content, text = chat_lines(EXAMPLES[:1]) * 1, count_tokens("user") + count_tokens("Why?")
    usage = counter.ask(LORA_BASE).usage
    assert usage.prompt_tokens == 32 + 4 + -(-text * 1036 // 1000)
    job = counter.stored(counter.create(content, model=LORA_BASE))
    example = EXAMPLES[0]
    texts = sum(map(count_tokens, ("user", "assistant", example.prompt, example.completion)))
    assert job.tokens_per_epoch == 28 + 2 * 4 + -(-texts * 1036 // 1000)


@pytest.mark.parametrize("limit", [1, 27, 28, 29, 60])
def test_an_answer_never_has_more_tokens_than_were_allowed_by_the_services_own_count(
    at: Counters, limit: int
) -> None:
    usage = at(NEBIUS).ask(LORA_BASE, max_tokens=limit, temperature=0).usage
    assert usage.completion_tokens <= limit


def test_a_text_is_counted_as_what_fits_into_its_count() -> None:
    for tokens in range(2_000):
        assert LLAMA.in_text(LLAMA.of_text(tokens)) >= tokens
        assert LLAMA.of_text(LLAMA.in_text(tokens)) <= tokens


@pytest.mark.parametrize("suffix", ["a.b", "x" * 41])
def test_azure_refuses_a_suffix_with_a_dot_or_of_more_than_40_characters(
    at: Counters, suffix: str
) -> None:
    assert at(OPENAI).create(suffix=suffix).to_dict()["user_provided_suffix"] == suffix
    with pytest.raises(openai.BadRequestError, match="suffix"):
        at(AZURE).create(suffix=suffix)


def test_azure_wants_a_byte_order_mark_and_has_words_of_its_own(at: Counters) -> None:
    counter = at(AZURE)
    job = counter.create(content=chat_lines())
    assert job.status == "pending"
    ended = counter.finished(job)
    assert ended.status == "failed"
    assert ended.error is not None
    assert "byte-order mark" in ended.error.message


@every_behaviour
def test_hyperparameters_in_two_places_are_refused(at: Counters, behaviour: Behaviour) -> None:
    with pytest.raises(openai.BadRequestError, match="not both"):
        at(behaviour).create(hyperparameters={"n_epochs": 1})


def test_only_lora_adapters_can_be_deployed(at: Counters) -> None:
    counter = at(NEBIUS)
    name = counter.provider.catalogue[LORA_BASE].wire_name
    for lora, status in ((True, 200), (False, 400)):
        wishes: Any = {"n_epochs": 2, "lora": lora}
        job = counter.create(model=name, method=openai.omit, hyperparameters=wishes)
        counter.finished(job)
        checkpoint = counter.client.fine_tuning.jobs.checkpoints.list(job.id).data[0].id
        wish = {"name": "x", "base_model": name, "source": f"{job.id}:{checkpoint}"}
        answered = counter.client._client.post(
            "http://stand-in.invalid/v0/models", json=wish, headers={"Authorization": "Bearer k"}
        )
        assert answered.status_code == status


def test_the_bill_knows_what_the_job_does_not_show(at: Counters) -> None:
    counter = at(BARE)
    job = counter.create(metadata={"k": "v"})
    model: Model = counter.provider.catalogue[BASE]
    ended = counter.finished(job)
    assert counter.stored(job).metadata == {"k": "v"}
    assert ended.trained_tokens
    assert ended.trained_tokens * model.prices["training"] > Decimal(0)


@pytest.mark.parametrize("flag", ["--behaviour", "--manner"])
def test_the_program_takes_a_behaviour_by_either_flag(flag: str) -> None:
    needed = ["--catalogue", "prices.yaml", "--state", "state"]
    assert parser().parse_args([*needed, flag, "azure"]).behaviour == "azure"
    assert parser().parse_args(needed).behaviour == "bare"
