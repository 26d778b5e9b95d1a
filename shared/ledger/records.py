"""What the ledger keeps, and the errors it raises."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

from shared import money
from shared.errors import EconChatRError, Transient

SpendPurpose = Literal["training", "inference", "judging", "hosting"]
EntryStatus = Literal["reserved", "settled", "released", "unknown"]
TrainingState = Literal[
    "submitting", "created", "succeeded", "failed", "cancelled", "refused", "withdrawn"
]
AnswerState = Literal["submitting", "answered", "lost", "withdrawn"]


class LedgerBusy(Transient):
    """The table stayed contended or throttled for longer than a caller should wait."""


class RunNotOpen(EconChatRError):
    """Money was asked for in the name of a run that `open_run` never saw."""


class SpendOverrun(EconChatRError):
    """A provider billed more than was reserved; it is recorded, and the run buys nothing more."""


class RunClosed(EconChatRError):
    """The run was shut down; it buys nothing more."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A wish to hold `amount` dollars for the purchase `purchase_id`, under the name `entry_id`."""

    run_id: str
    entry_id: str
    purchase_id: str
    purpose: SpendPurpose
    model: str
    provider: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Entry:
    """One reservation and what became of it.

    `intent_at` is set from the moment something may have been bought with it, `file_id` from the
    moment its training file lies at the provider, until `file_deleted`.
    `settled` is the bill, which may exceed `reserved`; None until known. unknown: something was
    bought and the provider never said for how much, so that it stays reserved for good.
    """

    run_id: str
    entry_id: str
    purchase_id: str
    purpose: SpendPurpose
    model: str
    provider: str
    month: str
    reserved: Decimal
    status: EntryStatus
    created_at: datetime
    intent_at: datetime | None = None
    settled: Decimal | None = None
    closed_at: datetime | None = None
    detail: str = ""
    file_id: str | None = None
    file_deleted: bool = False

    @property
    def overrun(self) -> Decimal:
        """What was billed beyond the reservation; zero when it sufficed."""
        if self.settled is None:
            return money.ZERO
        return max(money.ZERO, self.settled - self.reserved)


@dataclass(frozen=True, slots=True)
class Totals:
    """The money of one scope, a run or a calendar month.

    `overrun` is the part of `settled` that no reservation had covered. A run is closed from
    `closed_at` on; it can settle and release, but reserve nothing more.
    """

    scope: str
    ceiling: Decimal
    settled: Decimal
    reserved: Decimal
    overrun: Decimal
    month: str
    closed_at: datetime | None = None

    @property
    def title(self) -> str:
        """The scope in a sentence."""
        return f"the month {self.month}" if self.scope.startswith("MONTH") else "the run"

    @property
    def committed(self) -> Decimal:
        return money.add(self.settled, self.reserved)

    @property
    def available(self) -> Decimal:
        """What may still be reserved; negative when bills passed the ceiling."""
        return self.ceiling - self.committed


@dataclass(frozen=True, slots=True)
class Purchase:
    """Who may buy a thing right now, with which reservation, since when.

    `writer` is the one invocation that wrote the intent; `version` counts the writes.
    """

    purchase_id: str
    run_id: str
    entry_id: str
    attempt: int
    writer: str
    intent_at: datetime


@dataclass(frozen=True, slots=True)
class TrainingPurchase(Purchase):
    """A fine-tuning job, by the digest of what it is made from.

    submitting: the creation may have happened; `job_id` is then a job that a reply named, which bears no
    mark of ours. created: the provider named a job. refused: the provider said no for good, `refusal` names
    the error. withdrawn: nothing was bought and anyone may try again. The price is the one in force when
    the job was bought, for `price_per` tokens or seconds (`price_unit`); the bill is of `trained_tokens` or
    `billed_seconds`. `bill_polls` counts the polls of a finished job that came without its bill. `file_id`
    was uploaded for this attempt alone, `earlier_files` for those before; `suffix` and `seed` are what the
    job was sent with. `file_unused`: surely no job was made from it.
    """

    provider: str
    model: str
    price_amount: Decimal
    price_per: int
    file_id: str
    state: TrainingState = "submitting"
    job_id: str | None = None
    fine_tuned_model: str | None = None
    trained_tokens: int | None = None
    price_unit: Literal["token", "second"] = "token"
    billed_seconds: int | None = None
    bill_polls: int = 0
    refusal: str = ""
    reason: str = ""
    base_model: str = ""
    earlier_files: tuple[str, ...] = ()
    suffix: str | None = None
    seed: int | None = None
    file_unused: bool = False
    version: int = 1


@dataclass(frozen=True, slots=True)
class AnswerPurchase(Purchase):
    """One answer of a model, by the digest of everything that was sent.

    lost: the reply never came and cannot be asked for; `losses` counts them within the owner's run.
    """

    losses: int = 0
    state: AnswerState = "submitting"
    text: str | None = None
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    finish_reason: str = ""
    cost: Decimal | None = None
    version: int = 1
