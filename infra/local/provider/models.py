"""The models that can be asked: untuned, tuned, deployed; each learns when it is first asked."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from random import Random
from typing import Protocol

from infra.local.provider import jobs as clock
from infra.local.provider.behaviours import Behaviour
from infra.local.provider.catalogue import Model
from infra.local.provider.examples import Example, read_training_data
from infra.local.provider.learning.language import LanguageModel
from infra.local.provider.learning.untuned import untuned_model
from infra.local.provider.store import Deployment, Job, Store

_KEPT = 4


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model that can be asked: its base for the prices, its job unless it is untuned."""

    name: str
    base: Model
    job: Job | None


class TextGenerator(Protocol):
    """Whatever answers a prompt; equal arguments give equal answers."""

    def answer(self, prompt: str, rng: Random, temperature: float) -> str: ...


def find_model(
    name: str, store: Store, catalogue: dict[str, Model], now: float, behaviour: Behaviour
) -> ServedModel | None:
    """The model that answers under `name` at the moment, if any."""
    if name in catalogue:
        return ServedModel(name, catalogue[name], None)
    deployment = store.get(Deployment, name)
    if deployment is not None and now >= deployment.ready_at:
        job = store.get(Job, deployment.job_id)
        return ServedModel(name, catalogue[job.model], job) if job else None
    for job in store.all(Job):
        if name in tuned_names(job, catalogue[job.model], now, behaviour):
            return ServedModel(name, catalogue[job.model], job)
    return None


def tuned_names(job: Job, base: Model, now: float, behaviour: Behaviour) -> list[str]:
    """The names a job's result answers under without being deployed: the model, its checkpoints."""
    ready = now - behaviour.model_wait * job.seconds
    if base.must_be_deployed or job.model_deleted or clock.status(job, ready) != "succeeded":
        return []
    name = clock.tuned_model(job)
    return [name, *(checkpoint_model(job, s) for s in clock.checkpoint_steps(job, now).values())]


def checkpoint_model(job: Job, step: int) -> str:
    return f"{clock.tuned_model(job)}:ckpt-step-{step}"


class ModelRegistry:
    """Language models by what they were trained on; the last few stay in memory."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._models: OrderedDict[tuple[str, int], LanguageModel] = OrderedDict()

    def generator(
        self, model: ServedModel, shown: tuple[Example, ...] = (), told: str = ""
    ) -> TextGenerator:
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
