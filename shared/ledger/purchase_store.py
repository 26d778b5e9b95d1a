"""Which purchase is whose: one record a purchase, written only by whoever read it last."""

from dataclasses import replace
from typing import Any, Generic, TypeVar

from shared.ledger.codec import from_item, to_item
from shared.ledger.keys import entry_key
from shared.ledger.records import AnswerPurchase, TrainingPurchase
from shared.ledger.table import Key, Put, Table, Update

P = TypeVar("P", TrainingPurchase, AnswerPurchase)


class PurchaseStore(Generic[P]):
    """The purchases of one kind."""

    def __init__(self, table: Table, kind: str, record_type: type[P]) -> None:
        self._table = table
        self._kind = kind
        self._type: type[P] = record_type

    def get(self, purchase_id: str) -> P | None:
        item = self._table.get(self._key(purchase_id))
        return None if item is None else from_item(self._type, item)

    def claim(self, purchase: P, previous: P | None) -> P | None:
        """Write the intent to buy, if `previous` still stands and the reservation is open.

        Both in one transaction, so that a reservation that was released can never buy. Returns the
        record as it stands afterwards: the claim succeeded when it carries the same `writer`.
        """
        claimed = replace(purchase, version=1 if previous is None else previous.version + 1)
        mine = self._table.write(
            self._put(claimed, previous),
            Update(
                entry_key(purchase.run_id, purchase.entry_id),
                "SET #intent_at = :now",
                "#status = :reserved",
                {":now": purchase.intent_at.isoformat(), ":reserved": "reserved"},
            ),
        )
        return claimed if mine else self.get(purchase.purchase_id)

    def update(self, purchase: P, **changes: Any) -> P:
        """Write `changes` if `purchase` is still the latest; returns the record as it stands."""
        changed = replace(purchase, version=purchase.version + 1, **changes)
        if self._table.write(self._put(changed, purchase)):
            return changed
        return self.get(purchase.purchase_id) or purchase

    def _put(self, purchase: P, previous: P | None) -> Put:
        item = to_item(self._key(purchase.purchase_id), purchase)
        if previous is None:
            return Put(item, "attribute_not_exists(pk)")
        return Put(item, "#version = :version", {":version": previous.version})

    def _key(self, purchase_id: str) -> Key:
        return f"PURCHASE#{purchase_id}", self._kind
