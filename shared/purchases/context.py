"""What every buyer needs at hand, and what is bought."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import BinaryIO

from shared.catalogue import Model
from shared.clock import utc_now
from shared.errors import EconChatRError, Transient
from shared.ledger import Ledger, Reservation, TrainingPurchase
from shared.providers import FineTuningProvider, JobRequest, run_key
from shared.purchases.rules import ANSWER_WINDOW, MODEL_PATIENCE, SUBMISSION_WINDOW


class FineTuneTimedOut(EconChatRError):
    """The job took longer than allowed, and was asked to stop."""


class ReservationReleased(EconChatRError):
    """The money for this purchase was given back, so it can no longer be bought in this run."""


class PurchaseUnfinished(Transient):
    """The job has not ended, so its bill is not known yet."""


class AnswerLost(EconChatRError):
    """The model's reply was lost twice; each may have been billed, so it is not asked again."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a finished job cost the run that asks; nothing when another run pays for it."""

    purchase_id: str
    owner_run_id: str
    job_id: str | None
    fine_tuned_model: str | None
    trained_tokens: int | None
    settled: Decimal
    detail: str


class FineTuneFailed(EconChatRError):
    """The provider ended the job without a model; `settlement` is what that cost all the same."""

    def __init__(self, message: str, settlement: Settlement) -> None:
        super().__init__(message)
        self.settlement = settlement


def _warn_nobody(run_id: str) -> None:
    """Warn nobody: what a buyer does who was given no `warn`."""


@dataclass(frozen=True, slots=True)
class PurchaseContext:
    """The ledger, the provider of each name, the clock, and whom to warn.

    `warn` is called with the run's id after its money has moved. The windows say how long an
    intent may stay unanswered: see `shared.purchases.rules`; `model_patience`, how long a model that
    the provider does not know yet is asked again.
    """

    ledger: Ledger
    provider_of: Callable[[str], FineTuningProvider]
    now: Callable[[], datetime] = utc_now
    sleep: Callable[[float], None] = time.sleep
    submission_window: timedelta = SUBMISSION_WINDOW
    answer_window: timedelta = ANSWER_WINDOW
    model_patience: timedelta = MODEL_PATIENCE
    warn: Callable[[str], None] = _warn_nobody


@dataclass(frozen=True, slots=True)
class TrainingOrder:
    """A fine-tuning job to be bought once, whoever asks: `purchase_id` is the digest of what it is.

    `estimate` is what it should cost and `reserved` what is set aside for it, in dollars, as the run's plan
    says. `open_validation` opens what the model is validated on as it learns, which is no part of what
    is bought.
    """

    purchase_id: str
    run_id: str
    model: Model
    n_epochs: int
    estimate: Decimal
    reserved: Decimal
    suffix: str | None = None
    seed: int | None = None
    hyperparameters: Mapping[str, object] = field(default_factory=dict)
    open_validation: Callable[[], BinaryIO] | None = field(default=None, compare=False)

    def reservation(self, attempt: int) -> Reservation:
        return Reservation(
            run_id=self.run_id,
            entry_id=run_key(self.purchase_id, attempt),
            purchase_id=self.purchase_id,
            purpose="training",
            model=self.model.model,
            provider=self.model.provider,
            amount=self.reserved,
        )

    def request(self, purchase: TrainingPurchase, validation_id: str | None = None) -> JobRequest:
        return JobRequest(
            purchase_id=self.purchase_id,
            attempt=purchase.attempt,
            run_id=purchase.run_id,
            base_model=self.model.base_model,
            file_id=purchase.file_id,
            n_epochs=self.n_epochs,
            suffix=self.suffix,
            seed=self.seed,
            hyperparameters=self.hyperparameters,
            validation_id=validation_id,
            time_limit=self.model.price("training").seconds_for(self.reserved),
        )
