"""The provider with real weights, and what its clients do."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openai.types.fine_tuning import FineTuningJob

from infra.local.provider.process import start
from tests.unit.infra.local.provider.support import Bench, chat_lines, until

BASE = "tests/tiny"
CATALOGUE = """
providers: [{provider: own}]
models:
  - model: tiny
    provider: own
    base_model: tests/tiny
    limits: {min_examples: 10, max_tokens_per_example: 1024}
    prices:
      - {purpose: training, amount: "3.60", unit: hour}
      - {purpose: input, amount: "0"}
      - {purpose: output, amount: "0"}
      - {purpose: base_input, amount: "0"}
      - {purpose: base_output, amount: "0"}
"""
ENDED = ("succeeded", "failed", "cancelled")
PATIENCE = 300  # seconds; a loaded machine takes one to import torch


class Tuned(Bench):
    """A provider with real weights, and its clients."""

    def train(self, content: bytes | None = None, epochs: int = 2, **wishes: Any) -> FineTuningJob:
        hyperparameters = {"n_epochs": epochs, "batch_size": 4, "learning_rate": 0.01}
        return self.create(
            content, model=BASE, hyperparameters=hyperparameters, extra_body=wishes or None
        )

    def long_job(self, **wishes: Any) -> FineTuningJob:
        """A job of some minutes."""
        return self.train(chat_lines() + (b"\n" + chat_lines()) * 40, epochs=50, **wishes)

    def at_step(self, job_id: str) -> FineTuningJob:
        """The job once it has taken some steps."""
        return until(
            lambda: self.job(job_id),
            lambda _: len(self.events(job_id, "training loss")) > 3,
            PATIENCE,
        )

    def ended(self, job_id: str) -> FineTuningJob:
        return until(lambda: self.job(job_id), lambda job: job.status in ENDED, PATIENCE)

    def job(self, job_id: str) -> FineTuningJob:
        return self.client.fine_tuning.jobs.retrieve(job_id)

    def events(self, job_id: str, containing: str = "") -> list[str]:
        listed = self.client.fine_tuning.jobs.list_events(job_id, limit=100)
        told = [event.message for event in listed]
        return [message for message in reversed(told) if containing in message]

    def says(self, model: str, question: str = "What is bread?", **wishes: Any) -> str:
        asked = {"max_tokens": 12, "temperature": 0, **wishes}
        return self.ask(model, question, timeout=PATIENCE, **asked)

    def kill_trainer(self) -> None:
        """Kill the process that trains at the moment."""
        asked = ["pgrep", "-P", str(self.running.pid), "-f", "train.py"]
        found = until(lambda: subprocess.run(asked, capture_output=True, check=False).stdout, bool)
        os.kill(int(found), signal.SIGKILL)


@contextmanager
def tuning(base: Path, state: Path, **settings: Any) -> Iterator[Tuned]:
    """A provider that tunes the model in `base` and keeps its state in `state`."""
    catalogue = state.parent / "catalogue.yaml"
    catalogue.write_text(CATALOGUE)
    with start(catalogue, state, bases={BASE: str(base)}, **settings) as running:
        yield Tuned(running)
