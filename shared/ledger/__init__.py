"""The one book about money: reservations, bills and purchases, in one DynamoDB table."""

from shared.ledger.book import Book
from shared.ledger.ledger import Ledger
from shared.ledger.notifier import Notifier
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
    "Book",
    "Entry",
    "Ledger",
    "LedgerBusy",
    "Notifier",
    "Purchase",
    "Reservation",
    "RunClosed",
    "RunNotOpen",
    "SpendOverrun",
    "SpendPurpose",
    "Totals",
    "TrainingPurchase",
]
