"""The engine that trains real weights: LoRA by the exported recipe, answers from the base with its adapters."""

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from infra.local.provider.catalogue import Model
from infra.local.provider.engine import (
    Completion,
    CompletionRequest,
    JobEvent,
    JobState,
    ServedModel,
)
from infra.local.provider.examples import TrainingData, learnt_chats, message_text
from infra.local.provider.jobs import checkpoint_model
from infra.local.provider.store import Job, Store
from infra.local.provider.training import progress
from infra.local.provider.training.client import Worker
from infra.local.provider.training.jobs import Limits, Trainings
from infra.local.provider.training.slow_answers import SlowAnswers
from infra.local.provider.wire import ApiError

_LONGEST_EXAMPLE = 1024  # tokens; a longer one is cut


class EngineUnusable(OSError):
    """Real weights cannot be trained here; the message says why, and what to do."""


class TuningEngine:
    """The `Engine` that trains real weights; `bases` has a folder or a name on the hub by each model's wire name.

    Its trainings and their adapters lie in `folder`. `stop` ends its processes.
    """

    def __init__(
        self, store: Store, folder: Path, python: Path, bases: Mapping[str, str], limits: Limits
    ) -> None:
        if not python.exists():
            raise EngineUnusable(
                f"{python} is not there, and with it what real training needs; run `make tuner`"
            )
        folder.mkdir(parents=True, exist_ok=True)
        self._workers = {
            name: Worker(python, base, folder / f"{number}.answering.log")
            for number, (name, base) in enumerate(bases.items())
        }
        self._bases, self._limits = bases, limits
        self._answers = SlowAnswers()
        self._trainings = Trainings(store, folder, python, limits)

    def start(self) -> None:
        """Go on with the jobs that wait. Raises EngineUnusable for a base that cannot be trained here."""
        try:
            told = [worker.ask("describe") for worker in self._workers.values()]
        except ApiError as error:
            self.stop()
            raise EngineUnusable(str(error)) from error
        options = ["--max-length", str(min(_LONGEST_EXAMPLE, *(one["longest"] for one in told)))]
        if told and told[0]["device"] == "cpu":
            options += ["--cpu", *(["--bf16"] if told[0]["bf16"] else [])]
        self._trainings.start(self._bases, options)

    def stop(self) -> None:
        """End training and answering; the next start goes on."""
        self._trainings.stop()
        for worker in self._workers.values():
            worker.stop()

    def count_tokens(self, base: Model, data: TrainingData) -> tuple[int, ...]:
        """Return the tokens of each example by the model's own tokenizer and chat template."""
        chats = [learnt_chats(TrainingData((line,))) for line in data.lines]
        flat = [chat for of_line in chats for chat in of_line]
        counts = iter(self._workers[base.wire_name].ask("count", chats=flat))
        return tuple(sum(next(counts) for _ in of_line) for of_line in chats)

    def state(self, job: Job, now: float) -> JobState:
        """Return how far a job is at a Unix time."""
        return progress.state(job, self._trainings.of(job), now, self._limits.seconds)

    def events(self, job: Job, now: float) -> Sequence[JobEvent]:
        """Return what has happened to a job by a Unix time, the oldest first."""
        told = progress.events(job, self._trainings.of(job))
        return [event for event in told if event.at <= now]

    def learning_curve(self, job: Job) -> str:
        """Return the losses of a job that succeeded as CSV."""
        return progress.curve(self._trainings.of(job))

    def complete(self, model: ServedModel, request: CompletionRequest) -> Completion:
        """Return the model's answer, written together with those that are asked at the same time."""
        messages = [{"role": m["role"], "content": message_text(m)} for m in request.messages]
        asked = {
            "adapter": self._adapter(model),
            "messages": messages,
            "prompt": request.prompt,
            "max_tokens": request.max_tokens,
            "temperature": request.temperature,
            "seed": request.seed,
            "stop": list(request.stop),
        }
        worker = self._workers[model.base.wire_name]
        begin = partial(worker.begin, "answer", **asked)
        return Completion(**self._answers.answer(begin, {"base": model.base.wire_name, **asked}))

    def _adapter(self, model: ServedModel) -> str | None:
        if model.job is None:
            return None
        job, checkpoints = model.job, self._trainings.of(model.job).checkpoints
        step = next((at for at in checkpoints if checkpoint_model(job, at) == model.name), None)
        return str(self._trainings.adapter(job, step))
