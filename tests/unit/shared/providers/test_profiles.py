"""A compatible provider is a file: the one that the guide shows is bought from as its profile says."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from infra.local.provider.behaviours import AZURE, BARE
from shared import catalogue
from shared.catalogue import Catalogue, Provider
from shared.errors import InvalidField, ModelShutdown
from shared.providers import ChatRequest, JobRequest, Message, ModelNotReady
from shared.providers.openai_compat import OpenAICompatible
from shared.purchases.rules import phase
from tests.unit.infra.local.provider.counter import LATER, Counter
from tests.unit.infra.local.provider.support import BASE, chat_lines
from tests.unit.shared.providers.conftest import Wire
from tests.unit.shared.providers.test_openai_compat import job, ok, page
from tests.unit.shared.run.porch import SHOW, resolved

GUIDE = Path(__file__).parents[4] / "docs" / "adding-a-provider.md"
FILE, AZURE_FILE = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)
REQUEST = JobRequest("purchase", 2, "harbour/small-8b", "file-1", n_epochs=3, suffix="host", seed=7)


@pytest.fixture
def known() -> Catalogue:
    return catalogue.extended(FILE, GUIDE.name)


@pytest.fixture
def harbour(known: Catalogue, connect: Callable[[Provider], OpenAICompatible]) -> OpenAICompatible:
    return connect(known.provider("harbour"))


def test_the_guides_model_has_a_price_and_stands_beside_the_packaged_ones(known: Catalogue) -> None:
    assert known.model("harbour-small").price("training").of_tokens(3_000_000) == Decimal("1.50")
    packaged = {"openai", "nebius", "bedrock", "own"}
    assert {one.provider for one in known.providers} == packaged | {"harbour"}


def test_a_job_carries_what_the_profile_allows_and_what_it_demands(
    wire: Wire, harbour: OpenAICompatible
) -> None:
    wire.replies = [ok(job())]
    harbour.create(REQUEST)
    assert wire.asked == ["POST /v1/fine_tuning/jobs"]
    assert wire.sent == {
        "model": "harbour/small-8b",
        "training_file": "file-1",
        "suffix": "host",
        "hyperparameters": {"n_epochs": 3, "lora": True, "lora_r": 16},
        "tier": "batch",
    }


def test_its_training_file_begins_with_the_mark_that_it_wants(
    wire: Wire, harbour: OpenAICompatible
) -> None:
    wire.replies = [ok({"id": "file-1"})]
    harbour.upload("train.jsonl", BytesIO(b'{"messages": []}'))
    assert b'\xef\xbb\xbf{"messages": []}' in wire.requests[0].content


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("waiting_for_gpu", "active"),
        ("training", "active"),
        ("done", "succeeded"),
        ("expired", "failed"),
        ("cancelled", "cancelled"),
        ("paused", "active"),
        ("defragmenting", "unknown"),
    ],
)
def test_its_own_words_for_a_jobs_states_are_understood_and_another_is_unknown(
    wire: Wire, harbour: OpenAICompatible, word: str, state: str
) -> None:
    wire.replies = [ok(job(status=word)), ok(job(status=word)), page(job(status=word))]
    created, found, (listed,) = harbour.create(REQUEST), harbour.get("job-1"), harbour.jobs()
    assert found is not None
    assert {phase(one.status) for one in (created, found, listed)} == {state}


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("lora_r: 16", "n_epochs: 16", "n_epochs belongs to the run"),
        ("done: succeeded", "done: finished", "statuses"),
        ("    fields: [suffix]", "    fields: [colour]", "fields"),
    ],
)
def test_a_profile_that_says_what_nobody_understands_is_refused(
    right: str, wrong: str, said: str
) -> None:
    with pytest.raises(InvalidField, match=said):
        catalogue.parse(FILE.replace(right, wrong), GUIDE.name)


def test_a_profile_survives_being_written_and_read(known: Catalogue) -> None:
    assert catalogue.parse(catalogue.dump(known), "a copy") == known


OWN_WORDS = {
    "queued": "waiting_for_gpu",
    "running": "training",
    "succeeded": "done",
    "failed": "expired",
}
SERVICES = {
    "harbour": (FILE, replace(BARE, name="harbour", words=OWN_WORDS, needs_byte_order_mark=True)),
    "azure": (AZURE_FILE, AZURE),
}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_of_the_guide_is_bought_from_as_its_file_says(tmp_path: Path, name: str) -> None:
    text, behaviour = SERVICES[name]
    counter = Counter(tmp_path, behaviour)
    adapter = OpenAICompatible(counter.client, catalogue.parse(text, GUIDE.name).provider(name))
    file = adapter.upload("train.jsonl", BytesIO(chat_lines()))
    counter.clock += LATER
    bought = adapter.create(replace(REQUEST, base_model=BASE, file_id=file.file_id))
    seen = [bought.status]
    for _ in range(40):
        counter.clock += 10
        found = adapter.get(bought.job_id)
        assert found is not None
        seen.append(found.status)
    assert {phase(status) for status in seen} == {"active", "succeeded"}
    assert found
    assert found.trained_tokens
    assert found.training_file == file.file_id


def test_a_model_that_nobody_deployed_yet_is_not_ready_and_not_refused(tmp_path: Path) -> None:
    profile = catalogue.parse(AZURE_FILE, GUIDE.name).provider("azure")
    adapter = OpenAICompatible(Counter(tmp_path, AZURE).client, profile)
    with pytest.raises(ModelNotReady):
        adapter.complete(ChatRequest("econchatr-x", (Message("user", "Why?"),), 10, 0.0))


def test_every_key_of_a_provider_is_explained_in_the_guide() -> None:
    told = re.findall(r"^\| `(\w+)` \|", GUIDE.read_text("utf-8"), re.MULTILINE)
    assert set(told) == set(Provider.model_fields)


def test_a_service_that_creates_no_jobs_any_more_is_refused_by_its_date() -> None:
    patient = {**SHOW, "horizon_days": 0}
    assert resolved(when="2027-01-05", show=patient, models=["gpt-4.1-mini"]).models
    with pytest.raises(ModelShutdown, match="openai creates no fine-tuning jobs after 2027-01-05"):
        resolved(when="2027-01-06", show=patient, models=["gpt-4.1-mini"])
    assert resolved(when="2027-01-06", show=patient).models
