"""A compatible provider is a file: the one that the guide shows is bought from as its profile says."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest

from shared import catalogue
from shared.catalogue import Catalogue, Provider
from shared.errors import InvalidField
from shared.providers.contract import JobRequest
from shared.providers.openai_compat import OpenAICompatible
from shared.purchases.rules import phase
from tests.unit.shared.providers.conftest import Wire
from tests.unit.shared.providers.test_openai_compat import job, ok, page

GUIDE = Path(__file__).parents[4] / "docs" / "adding-a-provider.md"
FILE = GUIDE.read_text("utf-8").split("```yaml\n")[1].split("```")[0]
REQUEST = JobRequest("purchase", 2, "harbour/small-8b", "file-1", n_epochs=3, suffix="host", seed=7)


@pytest.fixture
def known() -> Catalogue:
    return catalogue.overridden(catalogue.packaged(), catalogue.parse(FILE, GUIDE.name))


@pytest.fixture
def harbour(known: Catalogue, connect: Callable[[Provider], OpenAICompatible]) -> OpenAICompatible:
    return connect(known.provider("harbour"))


def test_the_guides_model_has_a_price_and_stands_beside_the_packaged_ones(known: Catalogue) -> None:
    assert known.model("harbour-small").price("training").cost(3_000_000) == Decimal("1.50")
    assert {one.provider for one in known.providers} == {"openai", "nebius", "harbour"}


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
        ("fields: [suffix]", "fields: [colour]", "fields"),
    ],
)
def test_a_profile_that_says_what_nobody_understands_is_refused(
    right: str, wrong: str, said: str
) -> None:
    with pytest.raises(InvalidField, match=said):
        catalogue.parse(FILE.replace(right, wrong), GUIDE.name)


def test_a_profile_survives_being_written_and_read(known: Catalogue) -> None:
    assert catalogue.parse(catalogue.dump(known), "a copy") == known
