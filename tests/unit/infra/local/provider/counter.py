"""A stand-in in this process, in any behaviour, whose clock the test turns."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest
from openai.types.fine_tuning import FineTuningJob

from infra.local.provider.behaviours import BEHAVIOURS, Behaviour
from infra.local.provider.catalogue import read_catalogue
from infra.local.provider.context import AppState
from infra.local.provider.examples import BYTE_ORDER_MARK
from infra.local.provider.learning.engine import NGramEngine
from infra.local.provider.server import Application
from infra.local.provider.store import Job, Store
from tests.unit.infra.local.provider.support import BASE, CATALOGUE, chat_lines

JOB_SECONDS = 100.0
METHOD: Any = {"type": "supervised", "supervised": {"hyperparameters": {"n_epochs": 2}}}
LATER = 1_000.0
every_behaviour = pytest.mark.parametrize("behaviour", BEHAVIOURS.values(), ids=BEHAVIOURS)


class Counter:
    """A stand-in in this process, whose clock the test turns."""

    def __init__(self, folder: Path, behaviour: Behaviour) -> None:
        prices = folder / "catalogue.yaml"
        prices.write_text(CATALOGUE)
        store = Store(folder / "state")
        self.clock, self.behaviour = 1_000_000.0, behaviour
        self.provider = AppState(
            catalogue=read_catalogue(prices),
            store=store,
            engine=NGramEngine(store, behaviour),
            job_seconds=JOB_SECONDS,
            api_key=None,
            behaviour=behaviour,
            now=lambda: self.clock,
        )
        way = httpx2.WSGITransport(Application(self.provider))
        self.client = openai.OpenAI(
            api_key="k",
            base_url="http://stand-in.invalid/v1/",
            max_retries=0,
            http_client=httpx2.Client(transport=way, trust_env=False),
        )

    def upload(self, content: bytes | None = None, name: str = "train.jsonl") -> str:
        mark = BYTE_ORDER_MARK if self.behaviour.needs_byte_order_mark else b""
        sent = mark + chat_lines() if content is None else content
        file = self.client.files.create(file=(name, io.BytesIO(sent)), purpose="fine-tune")
        return file.id

    def create(self, content: bytes | None = None, **wishes: Any) -> FineTuningJob:
        """A job whose file has been processed."""
        file_id = self.upload(content)
        self.clock += JOB_SECONDS
        wishes = {"model": BASE, "method": METHOD, **wishes}
        return self.client.fine_tuning.jobs.create(training_file=file_id, **wishes)

    def finished(self, job: FineTuningJob) -> FineTuningJob:
        self.clock += LATER
        return self.client.fine_tuning.jobs.retrieve(job.id)

    def ask(self, model: str, **wishes: Any) -> Any:
        return self.client.chat.completions.create(
            model=model, messages=[{"role": "user", "content": "Why?"}], **wishes
        )

    def stored(self, job: FineTuningJob) -> Job:
        found = self.provider.store.get(Job, job.id)
        assert found is not None
        return found


Counters = Callable[[Behaviour], Counter]
