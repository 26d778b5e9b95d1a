"""Buying from model providers exactly once, under the ledger's ceilings."""

from shared.purchases.answers import Answer, Question, ask
from shared.purchases.desk import (
    AnswerLost,
    Desk,
    FineTuneFailed,
    FineTuneTimedOut,
    PurchaseUnfinished,
    ReservationReleased,
    Settlement,
    TrainingOrder,
)
from shared.purchases.training import (
    Bought,
    JobStatus,
    bought,
    ensure_job,
    poll_job,
    settle_job,
)
from shared.purchases.winding_up import Closing, OpenPurchase, cancel_jobs

__all__ = [
    "Answer",
    "AnswerLost",
    "Bought",
    "Closing",
    "Desk",
    "FineTuneFailed",
    "FineTuneTimedOut",
    "JobStatus",
    "OpenPurchase",
    "PurchaseUnfinished",
    "Question",
    "ReservationReleased",
    "Settlement",
    "TrainingOrder",
    "ask",
    "bought",
    "cancel_jobs",
    "ensure_job",
    "poll_job",
    "settle_job",
]
