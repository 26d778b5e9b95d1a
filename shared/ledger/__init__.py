"""Everything about money: reservations, bills and purchases, in one DynamoDB table."""

from shared.ledger.ledger import Ledger
from shared.ledger.notifier import Notifier
from shared.ledger.purchase_store import PurchaseStore
from shared.ledger.records import (
    AnswerPurchase,
    Entry,
    LedgerBusy,
    Purchase,
    Reservation,
    RunClosed,
    RunNotOpen,
    SpendOverrun,
    SpendPurpose,
    Totals,
    TrainingPurchase,
)

__all__ = [
    "AnswerPurchase",
    "Entry",
    "Ledger",
    "LedgerBusy",
    "Notifier",
    "Purchase",
    "PurchaseStore",
    "Reservation",
    "RunClosed",
    "RunNotOpen",
    "SpendOverrun",
    "SpendPurpose",
    "Totals",
    "TrainingPurchase",
]
