"""Buying from model providers exactly once, under the ledger's ceilings."""

from shared.purchases.answers import Answer, Question, ask
from shared.purchases.context import (
    AnswerLost,
    FineTuneFailed,
    FineTuneTimedOut,
    PurchaseContext,
    PurchaseUnfinished,
    ReservationReleased,
    Settlement,
    TrainingOrder,
)
from shared.purchases.training import (
    JobStatus,
    ensure_job,
    poll_job,
    settle_job,
    settlement_of,
)
from shared.purchases.winding_up import Closing, OpenPurchase, cancel_jobs

__all__ = [
    "Answer",
    "AnswerLost",
    "Closing",
    "FineTuneFailed",
    "FineTuneTimedOut",
    "JobStatus",
    "OpenPurchase",
    "PurchaseContext",
    "PurchaseUnfinished",
    "Question",
    "ReservationReleased",
    "Settlement",
    "TrainingOrder",
    "ask",
    "cancel_jobs",
    "ensure_job",
    "poll_job",
    "settle_job",
    "settlement_of",
]
