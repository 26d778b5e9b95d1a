"""What buying code may ask of any model provider, and how a provider can say no.

The errors sort a failure by what it means for money: refused (nothing was bought), unknown (perhaps
it was), or a passing fault of a call that buys nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import BinaryIO, Literal, Protocol

from shared.catalogue import Model
from shared.errors import EconChatRError, Transient
from shared.ids import digest

# The longest a creation or an answer may take before the client hangs up.
CALL_TIMEOUT_SECONDS = 60
FileState = Literal["ready", "pending", "broken", "unsaid"]
# How an answer ended that was given, and perhaps billed, but says nothing that can be read.
UNUSABLE = "unusable"
KEY_FIELD = "econchatr_key"
PURCHASE_FIELD = "econchatr_purchase"


class ProviderRefusal(EconChatRError):
    """A definite no: nothing was bought, and asking again changes nothing."""


class ProviderOutOfMoney(ProviderRefusal):
    """The account at the provider has no credit left or met its own spend limit."""


class TrainingNotAvailable(ProviderRefusal):
    """The provider lets this organisation create no fine-tuning jobs."""


class CredentialsRefused(ProviderRefusal):
    """The API key is missing, wrong, or not allowed to do this."""


class ProviderRejected(ProviderRefusal):
    """The provider found the request itself wrong."""


class RateLimited(Transient):
    """Too many requests; nothing was bought. `retry_after` is the provider's wish in seconds."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ModelNotReady(Transient):
    """The provider does not know the model (yet); nothing was bought."""


class ProviderUnavailable(Transient):
    """The provider could not be reached, or failed a call that buys nothing."""


class FileNotReady(ProviderUnavailable):
    """The provider is still processing an uploaded file; nothing was bought."""


class OutcomeUnknown(Transient):
    """The provider may or may not have done, and billed, what was asked."""


REFUSALS: Mapping[str, type[ProviderRefusal]] = {
    refusal.__name__: refusal
    for refusal in (ProviderOutOfMoney, TrainingNotAvailable, CredentialsRefused, ProviderRejected)
}


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file in the provider's storage, under a name that the provider may have changed.

    `state` is "ready", "broken", "pending", or "unsaid" where the service has no word that we know.
    """

    file_id: str
    name: str
    state: FileState = "ready"


@dataclass(frozen=True, slots=True)
class JobRequest:
    """One fine-tuning job to create; `attempt` counts the tries at the same purchase from 1.

    `validation_id` is the file that the model is validated on as it learns, if any. `time_limit` is after
    how many seconds the service is to stop the job, where it charges by time.
    """

    purchase_id: str
    attempt: int
    base_model: str
    file_id: str
    n_epochs: int
    suffix: str | None = None
    seed: int | None = None
    hyperparameters: Mapping[str, object] = field(default_factory=dict)
    validation_id: str | None = None
    time_limit: int | None = None
    run_id: str = ""

    @property
    def run_key(self) -> str:
        return job_key(self.run_id, run_key(self.purchase_id, self.attempt))


@dataclass(frozen=True, slots=True)
class Job:
    """A fine-tuning job as the provider describes it; `status` is its own word where the profile has no other.

    `trained_tokens` and `billed_seconds` are what is billed, None while the provider does not say. Services echo
    `training_file`, `base_model` and `created_at`; `run_key`, which is metadata, `suffix` and `seed` not
    all of them.
    `never_began`: it ended, or stands, before its first step, so that it cannot have billed.
    `tells_bill`: whether the service ever says what a job billed; `names_model`: whether it names the model
    of a job that succeeded.
    """

    job_id: str
    run_key: str | None
    status: str
    fine_tuned_model: str | None = None
    trained_tokens: int | None = None
    result_files: tuple[str, ...] = ()
    error: str = ""
    training_file: str | None = None
    base_model: str | None = None
    created_at: datetime | None = None
    never_began: bool = False
    tells_bill: bool = True
    names_model: bool = True
    billed_seconds: int | None = None
    suffix: str | None = None
    seed: int | None = None


@dataclass(frozen=True, slots=True)
class JobEvent:
    """One line of a job's log."""

    at: datetime
    level: str
    message: str


@dataclass(frozen=True, slots=True)
class TrainingStep:
    """One row of a job's result file; a measure the provider did not take is None."""

    step: int
    train_loss: float | None
    train_accuracy: float | None
    valid_loss: float | None
    valid_mean_token_accuracy: float | None


@dataclass(frozen=True, slots=True)
class Deployment:
    """A tuned model being made ready to answer; ask it by `name` once `status` is "active"."""

    name: str
    status: str


@dataclass(frozen=True, slots=True)
class Message:
    """One chat message; with `weight` 0, in an example, it is read and not learnt."""

    role: Literal["system", "user", "assistant"]
    content: str
    weight: int | None = None


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One question to a model, by its name on the wire.

    `answer_limit` is the word for `max_tokens` there; a `temperature` of None is the model's own.
    """

    model: str
    messages: tuple[Message, ...]
    max_tokens: int
    temperature: float | None
    seed: int | None = None
    answer_limit: str = "max_tokens"


def chat_request(
    model: Model,
    name: str,
    messages: tuple[Message, ...],
    max_tokens: int,
    temperature: float,
    seed: int | None = None,
) -> ChatRequest:
    """Return a question as `model` wants it, with room for what it thinks before an answer of `max_tokens`."""
    return ChatRequest(
        name,
        messages,
        max_tokens + model.reasoning_tokens,
        temperature if model.temperature else None,
        seed,
        model.answer_limit,
    )


@dataclass(frozen=True, slots=True)
class Completion:
    """One answer with its billed tokens, None where the provider did not say.

    `finish_reason` is the provider's word, or UNUSABLE where its reply holds no text to be found.
    """

    text: str
    finish_reason: str
    prompt_tokens: int | None
    completion_tokens: int | None


class FineTuningProvider(Protocol):
    """The verbs that buy, and those that find out what was bought.

    `create` and `complete` raise OutcomeUnknown when it is not certain that nothing was bought;
    every other verb may simply be tried again.
    """

    def find_files(self, name: str) -> list[UploadedFile]:
        """Files that still bear the name of their upload: whoever renames shows none."""

    def upload(self, name: str, content: BinaryIO) -> UploadedFile: ...

    def file(self, file_id: str) -> UploadedFile | None:
        """Return the file, or None while the provider does not show it."""

    def delete_file(self, file_id: str) -> None: ...

    def create(self, request: JobRequest) -> Job: ...

    def jobs(self) -> list[Job]:
        """Return every visible job of the account, newest first."""

    def get(self, job_id: str) -> Job | None:
        """Return the job, or None while the provider does not show it."""

    def cancel(self, job_id: str) -> None:
        """Ask for the end of a job; raises ProviderRefusal when the provider will not."""

    def complete(self, request: ChatRequest) -> Completion: ...


class ModelProvider(FineTuningProvider, Protocol):
    """All that is asked of a provider: besides buying, what is free of money."""

    @property
    def base_url(self) -> str:
        """Where it is asked."""

    def model_names(self) -> frozenset[str]:
        """Return the names of the models that it lists for us; free."""

    def shutdown_dates(self) -> dict[str, date]:
        """Return the announced last day of each model that has one."""

    def result_metrics(self, job: Job) -> list[TrainingStep]:
        """Return the training curve of a finished job."""

    def events(self, job_id: str) -> list[JobEvent]:
        """Return the lines of a job's log, oldest first."""

    def checkpoints(self, job_id: str) -> list[str]:
        """Return what can be deployed of a job, the last first; nothing while there is nothing yet."""

    def deploy(self, name: str, base_model: str, job_id: str, checkpoint_id: str) -> Deployment:
        """Ask for a checkpoint to be served as `name`, unless it already is."""

    def deployment(self, name: str) -> Deployment | None:
        """Return the deployment, or None while the provider does not show it."""

    def undeploy(self, name: str) -> None:
        """Retire a deployment; one that is gone already will do."""


def run_key(purchase_id: str, attempt: int) -> str:
    """Return the name of one attempt at a purchase, at the provider and in the ledger."""
    return purchase_id if attempt == 1 else f"{purchase_id}-{attempt}"


def job_key(run_id: str, entry_id: str) -> str:
    """Return what an attempt is called in a job's metadata and in its upload's name; no other run's is the same."""
    return f"{entry_id}-{digest(run_id, length=8)}"
