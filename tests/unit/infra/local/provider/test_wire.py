"""What the stand-in shows, held against the openai client's own types, strictly."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from openai.types import FileObject
from openai.types import Model as ModelObject
from openai.types.chat import ChatCompletion
from openai.types.fine_tuning import FineTuningJob, FineTuningJobEvent
from openai.types.fine_tuning.jobs import FineTuningJobCheckpoint
from pydantic import BaseModel

from infra.local.provider.behaviours import OPENAI, Behaviour
from tests.unit.infra.local.provider.counter import LATER, Counters, every_behaviour

Call = Callable[[], Any]


def shown(call: Call) -> list[dict[str, Any]]:
    """The documents of a raw reply: the one, or those of a page."""
    told = json.loads(call().content)
    return list(told["data"]) if told.get("object") == "list" else [told]


def hold(kind: type[BaseModel], document: dict[str, Any]) -> None:
    """Raise unless the document is one of the client's, nothing converted."""
    kind.model_validate_json(json.dumps(document), strict=True)


@every_behaviour
def test_every_document_is_valid_for_the_clients_types(at: Counters, behaviour: Behaviour) -> None:
    counter = at(behaviour)
    raw = counter.client.fine_tuning.jobs.with_raw_response
    job = counter.finished(counter.create())
    model = job.fine_tuned_model
    counter.clock += LATER
    files, checkpoints = counter.client.files, counter.client.fine_tuning.jobs.checkpoints
    calls: list[tuple[type[BaseModel], Call]] = [
        (FineTuningJob, lambda: raw.retrieve(job.id)),
        (FineTuningJob, raw.list),
        (FineTuningJobEvent, lambda: raw.list_events(job.id)),
        (FineTuningJobCheckpoint, lambda: checkpoints.with_raw_response.list(job.id)),
        (FileObject, files.with_raw_response.list),
        (FileObject, lambda: files.with_raw_response.retrieve(job.training_file)),
        (ModelObject, counter.client.models.with_raw_response.list),
    ]
    for kind, call in calls:
        documents = shown(call)
        assert documents, kind
        for document in documents:
            hold(kind, document)
    if model:
        asked: Any = {"model": model, "messages": [{"role": "user", "content": "Why?"}]}
        (answer,) = shown(lambda: counter.client.chat.completions.with_raw_response.create(**asked))
        hold(ChatCompletion, answer)


def test_a_document_with_a_number_for_a_text_would_be_noticed(at: Counters) -> None:
    counter = at(OPENAI)
    job = counter.create()
    (document,) = shown(lambda: counter.client.fine_tuning.jobs.with_raw_response.retrieve(job.id))
    with pytest.raises(ValueError, match="model"):
        hold(FineTuningJob, {**document, "model": 7})
