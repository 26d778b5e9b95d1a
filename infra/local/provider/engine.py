"""What stands behind the protocol: an engine trains the models of jobs, and answers for them.

Routes, names and the bill know engines by this module alone. An engine learns of jobs, and of their cancellation, from
the store: a job is there once it has been created, and has a `cancelled_at` once it has been cancelled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from infra.local.provider.catalogue import Model
from infra.local.provider.examples import TrainingData
from infra.local.provider.store import Job

TERMINAL = frozenset({"succeeded", "failed", "cancelled"})
CURVE_COLUMNS = ("step", "train_loss", "train_accuracy", "valid_loss", "valid_mean_token_accuracy")
"""The columns of a learning curve, as OpenAI names them; losses are mean negative log-likelihoods in nats."""


@dataclass(frozen=True, slots=True)
class JobState:
    """A job at a moment.

    `status` is validating_files, queued, running, or one of TERMINAL. `progress` is the share of the training that is
    done, from 0 to 1. `trained_tokens` and `billed_seconds` are those that are billed, None while they are not known;
    an engine that bills no time never knows the latter. `finished_at` and `expected_at`, when the training will be
    done, are Unix times. `checkpoints` has the step of each by its id, the newest first. `failure` is the error of a
    job that failed, in the protocol's fields.
    """

    status: str
    progress: Decimal
    trained_tokens: int | None
    finished_at: float | None
    expected_at: float
    total_steps: int
    checkpoints: Mapping[str, int]
    failure: Mapping[str, Any] | None = None
    billed_seconds: int | None = None

    @property
    def is_running(self) -> bool:
        """Return whether the job has not ended."""
        return self.status not in TERMINAL


@dataclass(frozen=True, slots=True)
class JobEvent:
    """Something that happened to a job at a Unix time; `level` is info or error."""

    at: float
    level: str
    message: str


@dataclass(frozen=True, slots=True)
class ServedModel:
    """A model that can be asked under `name`: its base, and the job that tuned it unless it is untuned."""

    name: str
    base: Model
    job: Job | None


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """What a model is asked: a chat's `messages`, or where there are none a text `prompt` to complete.

    `seed` None draws anew each time; at temperature 0 equal requests get equal texts. `faults` is what rules of
    misbehaviour ask of the text (see faults/rules.py).
    """

    messages: Sequence[Mapping[str, Any]] = ()
    prompt: str = ""
    max_tokens: int = 1024
    temperature: float = 1.0
    seed: int | None = None
    stop: Sequence[str] = ()
    faults: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Completion:
    """What was generated, the tokens that are billed for it, and how it ended: "stop", or "length" when cut."""

    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int


class Engine(Protocol):
    """Trains the models of jobs, and answers for them; safe to use from several threads."""

    def count_tokens(self, base: Model, data: TrainingData) -> tuple[int, ...]:
        """Return the tokens of each example, as a job of the base model is billed for them."""

    def state(self, job: Job, now: float) -> JobState:
        """Return how far a job is at a Unix time."""

    def events(self, job: Job, now: float) -> Sequence[JobEvent]:
        """Return what has happened to a job by a Unix time, the oldest first."""

    def learning_curve(self, job: Job) -> str:
        """Return the losses of a job that succeeded as CSV with CURVE_COLUMNS."""

    def complete(self, model: ServedModel, request: CompletionRequest) -> Completion:
        """Return the model's answer."""
