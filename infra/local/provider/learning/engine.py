"""The stand-in's engine: n-gram models that learn in a moment, when they are first asked."""

import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Sequence
from random import Random
from secrets import randbits
from typing import Protocol

from infra.local.provider.behaviours import Behaviour
from infra.local.provider.catalogue import Model
from infra.local.provider.engine import (
    Completion,
    CompletionRequest,
    JobEvent,
    JobState,
    ServedModel,
)
from infra.local.provider.examples import (
    Example,
    TrainingData,
    count_tokens,
    first_tokens,
    message_text,
    message_tokens,
    read_training_data,
    shown_exchanges,
)
from infra.local.provider.learning import timeline
from infra.local.provider.learning.corpus import ORDER
from infra.local.provider.learning.curve import learning_curve
from infra.local.provider.learning.judging import comparison, verdict
from infra.local.provider.learning.language import LanguageModel
from infra.local.provider.learning.untuned import untuned_model
from infra.local.provider.store import Job, Store

SMALL = 20  # billions of weights
SMALL_ORDER = 4  # tokens that a model of fewer keeps in mind
_BILLIONS = re.compile(r"(?<![\d.])(\d+)B\b", re.IGNORECASE)
_INSTRUCTING = ("system", "developer")
_IN_MEMORY = 4  # models


class TextGenerator(Protocol):
    """Whatever answers a prompt; equal arguments give equal answers."""

    def answer(self, prompt: str, rng: Random, temperature: float) -> str: ...


class ModelRegistry:
    """Language models by what they were trained on; the last few stay in memory."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._models: OrderedDict[tuple[str, int], LanguageModel] = OrderedDict()

    def generator(
        self, model: ServedModel, shown: tuple[Example, ...] = (), instructions: str = ""
    ) -> TextGenerator:
        """Return what answers for a model; an untuned one learns from what the request shows and instructs."""
        if model.job is None:
            return untuned_model(shown, instructions)
        learned = model.job.training_sha256, order(model.base.wire_name)
        with self._lock:
            if learned not in self._models:
                data = read_training_data(self._store.content(model.job.training_sha256))
                self._models[learned] = LanguageModel(data.examples(), learned[1])
            self._models.move_to_end(learned)
            while len(self._models) > _IN_MEMORY:
                self._models.popitem(last=False)
            return self._models[learned]


class NGramEngine:
    """The `Engine` of the stand-in; it counts tokens as the service does whose behaviour it is given."""

    def __init__(
        self, store: Store, behaviour: Behaviour, registry: ModelRegistry | None = None
    ) -> None:
        self._store = store
        self._behaviour = behaviour
        self._registry = registry or ModelRegistry(store)

    def count_tokens(self, base: Model, data: TrainingData) -> tuple[int, ...]:
        """Return the tokens of each example, as a job of the base model is billed for them."""
        return data.tokens(self._behaviour.counts(base.wire_name))

    def state(self, job: Job, now: float) -> JobState:
        """Return how far a job is at a Unix time."""
        return timeline.state(job, now)

    def events(self, job: Job, now: float) -> Sequence[JobEvent]:
        """Return what has happened to a job by a Unix time, the oldest first."""
        return timeline.events(job, now)

    def learning_curve(self, job: Job) -> str:
        """Return how well the examples before each step foretold those of the step, as CSV."""
        steps, epochs = timeline.total_steps(job), job.hyperparameters["n_epochs"]
        training, validation = map(self._examples, (job.training_sha256, job.validation_sha256))
        return learning_curve(training, validation, steps, epochs)

    def _examples(self, sha256: str | None) -> list[Example]:
        return read_training_data(self._store.content(sha256)).examples() if sha256 else []

    def complete(self, model: ServedModel, request: CompletionRequest) -> Completion:
        """Return the model's answer: a label where it is shown a comparison, else text in the voice it learnt."""
        counting = self._behaviour.counts(model.base.wire_name)
        text = self._text(model, request)
        for stop in request.stop:
            text = text.partition(stop)[0]
        cut = first_tokens(text, counting.in_text(request.max_tokens))
        asked = (
            message_tokens(request.messages, counting) + counting.per_prompt
            if request.messages
            else counting.of_text(count_tokens(request.prompt))
        )
        ended = "stop" if cut == text else "length"
        return Completion(cut, ended, asked, counting.of_text(count_tokens(cut)))

    def _text(self, model: ServedModel, request: CompletionRequest) -> str:
        messages = request.messages
        users = [message_text(one) for one in messages if one["role"] == "user"]
        prompt = request.prompt if not messages else users[-1] if users else ""
        compared = comparison(prompt)
        if compared is not None:
            return verdict(compared, model.base.name, request.faults.get("bias"))
        instructions = [message_text(one) for one in messages if one["role"] in _INSTRUCTING]
        generator = self._registry.generator(
            model, shown_exchanges(messages), "\n".join(instructions)
        )
        return generator.answer(prompt, _rng(model, prompt, request), request.temperature)


def _rng(model: ServedModel, prompt: str, request: CompletionRequest) -> Random:
    """The same numbers for the same question when it is asked with a seed or at temperature 0."""
    seed = 0 if request.temperature == 0 else request.seed
    drawn = randbits(64) if seed is None else seed
    learnt = model.job.training_sha256 if model.job else model.base.name
    return Random(  # noqa: S311
        hashlib.sha256(f"{learnt}\n{drawn}\n{prompt}".encode()).hexdigest()
    )


def order(wire_name: str) -> int:
    """Return how many tokens a model keeps in mind: fewer where its name says that it is small."""
    size = _BILLIONS.search(wire_name)
    return SMALL_ORDER if size and int(size[1]) < SMALL else ORDER
