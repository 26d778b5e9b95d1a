"""The models that can be asked: untuned, tuned, deployed; each learns when it is first asked."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from random import Random
from typing import Protocol

from infra.local.provider import jobs as clock
from infra.local.provider.catalogue import Model
from infra.local.provider.examples import read_training_data
from infra.local.provider.learning.language import Example, LanguageModel
from infra.local.provider.learning.untuned import untuned_model
from infra.local.provider.manners import Manner
from infra.local.provider.store import Deployment, Job, Store

_KEPT = 4


@dataclass(frozen=True, slots=True)
class Answering:
    """A model that can be asked: its base for the prices, its job unless it is untuned."""

    name: str
    base: Model
    job: Job | None


class Voice(Protocol):
    """Whatever answers a prompt; equal arguments give equal answers."""

    def answer(self, prompt: str, rng: Random, temperature: float) -> str: ...


def find_model(
    name: str, store: Store, catalogue: dict[str, Model], now: float, manner: Manner
) -> Answering | None:
    """The model that answers under `name` at the moment, if any."""
    if name in catalogue:
        return Answering(name, catalogue[name], None)
    deployment = store.get(Deployment, name)
    if deployment is not None and now >= deployment.ready_at:
        job = store.get(Job, deployment.job_id)
        return Answering(name, catalogue[job.model], job) if job else None
    for job in store.all(Job):
        if name in tuned_names(job, catalogue[job.model], now, manner):
            return Answering(name, catalogue[job.model], job)
    return None


def tuned_names(job: Job, base: Model, now: float, manner: Manner) -> list[str]:
    """The names a job's result answers under without being deployed: the model, its checkpoints."""
    ready = now - manner.model_wait * job.seconds
    if base.must_be_deployed or job.model_deleted or clock.status(job, ready) != "succeeded":
        return []
    name = clock.tuned_model(job)
    return [name, *(checkpoint_model(job, s) for s in clock.checkpoint_steps(job, now).values())]


def checkpoint_model(job: Job, step: int) -> str:
    return f"{clock.tuned_model(job)}:ckpt-step-{step}"


class Library:
    """Language models by what they were trained on; the last few stay in memory."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._models: OrderedDict[tuple[str, int], LanguageModel] = OrderedDict()

    def voice(self, model: Answering, shown: tuple[Example, ...] = (), told: str = "") -> Voice:
        """What answers for `model`; the untuned one learns from what the request shows and tells it."""
        if model.job is None:
            return untuned_model(shown, told)
        learned = model.job.training_sha256, model.base.memory
        with self._lock:
            if learned not in self._models:
                data = read_training_data(self._store.content(model.job.training_sha256))
                self._models[learned] = LanguageModel(data.examples(), model.base.memory)
            self._models.move_to_end(learned)
            while len(self._models) > _KEPT:
                self._models.popitem(last=False)
            return self._models[learned]
