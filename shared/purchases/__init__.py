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
from shared.purchases.shutdown import OpenPurchase, ShutdownResult, cancel_jobs
from shared.purchases.training import (
    JobStatus,
    ensure_job,
    poll_job,
    settle_job,
    settlement_of,
)

__all__ = [
    "Answer",
    "AnswerLost",
    "FineTuneFailed",
    "FineTuneTimedOut",
    "JobStatus",
    "OpenPurchase",
    "PurchaseContext",
    "PurchaseUnfinished",
    "Question",
    "ReservationReleased",
    "Settlement",
    "ShutdownResult",
    "TrainingOrder",
    "ask",
    "cancel_jobs",
    "ensure_job",
    "poll_job",
    "settle_job",
    "settlement_of",
]
