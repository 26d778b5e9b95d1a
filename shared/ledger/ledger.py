"""Reservations and bills under two ceilings at once, the run's and the calendar month's.

For each scope `settled + reserved <= ceiling` always holds but for an overrun: a bill above its
reservation is money already gone, so it is recorded as it is and stops the run. Every number is
kept by conditional transactions; nothing is checked first and added later. `available` is stored
beside the sums because DynamoDB conditions cannot add.
"""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from shared import money
from shared.clock import jittered, utc_now
from shared.errors import SpendCeilingReached
from shared.ledger import transactions
from shared.ledger.codec import from_item, to_item
from shared.ledger.keys import ENTRY_PREFIX, entry_key, month_scope, run_scope, scope_key
from shared.ledger.notices import Notices
from shared.ledger.purchase_store import PurchaseStore
from shared.ledger.records import (
    AnswerPurchase,
    Entry,
    LedgerBusy,
    Reservation,
    RunClosed,
    RunNotOpen,
    SpendOverrun,
    Totals,
    TrainingPurchase,
)
from shared.ledger.table import Put, Table, Update

RACES = 50


class Ledger:
    """The money of all runs in one table; every method may be called twice with the same arguments.

    `client` is boto3's low-level DynamoDB client.
    """

    def __init__(
        self,
        client: Any,
        table: str,
        *,
        now: Callable[[], datetime] = utc_now,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[float], float] = jittered,
    ) -> None:
        self._table = Table(client, table, sleep, jitter)
        self._now = now
        self._months: dict[str, str] = {}
        self.trainings = PurchaseStore(self._table, "TRAINING", TrainingPurchase)
        self.answers = PurchaseStore(self._table, "ANSWER", AnswerPurchase)
        self.notices = Notices(self._table)

    def open_run(
        self, run_id: str, run_ceiling: Decimal, month: str, month_ceiling: Decimal
    ) -> None:
        """Give the run its ceiling and its month, and the month this ceiling from now on.

        `month` is like "2026-11". A run that is open keeps what it was opened with.
        """
        if self._scope(run_scope(run_id)) is not None:
            return
        self._open_month(month, month_ceiling)
        self._create_scope(run_scope(run_id), run_ceiling, month)

    def close_run(self, run_id: str) -> None:
        """From now on the run reserves nothing, not even for a Lambda that outlived it."""
        self._table.write(
            Update(
                scope_key(run_scope(run_id)),
                "SET #closed_at = :now",
                "attribute_exists(pk) AND attribute_not_exists(#closed_at)",
                {":now": self._now().isoformat()},
            )
        )

    def totals(self, run_id: str) -> Totals:
        """Raises RunNotOpen."""
        return self._known_scope(run_scope(run_id))

    def month_totals(self, month: str) -> Totals:
        """Raises RunNotOpen when no run was opened in `month`."""
        return self._known_scope(month_scope(month))

    def entry(self, run_id: str, entry_id: str) -> Entry | None:
        item = self._table.get(entry_key(run_id, entry_id))
        return None if item is None else from_item(Entry, item)

    def known_entry(self, run_id: str, entry_id: str) -> Entry:
        """Raises RunNotOpen when nothing was ever reserved under that name."""
        entry = self.entry(run_id, entry_id)
        if entry is None:
            raise RunNotOpen(f"run {run_id} never reserved anything under {entry_id}")
        return entry

    def entries(self, run_id: str) -> list[Entry]:
        """Return every entry of the run, by entry id."""
        items = self._table.items(run_scope(run_id), ENTRY_PREFIX)
        return [from_item(Entry, item) for item in items]

    def reserve(self, reservation: Reservation) -> Entry:
        """Hold the amount in both scopes, once; an entry that exists is returned as it is.

        Raises SpendCeilingReached when it does not fit, SpendOverrun when the run had one, and
        RunClosed.
        """
        entry = self._entry_for(reservation)
        for _ in range(RACES):
            if self._table.write(*transactions.reserving(entry)):
                return entry
            existing = self.entry(entry.run_id, entry.entry_id)
            if existing is not None:
                return existing
            self._refuse_unless_it_fits(entry)
        raise _still_racing(f"reserving {entry.entry_id}")

    def note_file(self, run_id: str, entry_id: str, file_id: str) -> Entry:
        """Remember which file was uploaded for a reservation that is still open; the first counts."""
        self._table.write(
            Update(
                entry_key(run_id, entry_id),
                "SET #file_id = :file_id",
                "#status = :reserved AND attribute_not_exists(#file_id)",
                {":file_id": file_id, ":reserved": "reserved"},
            )
        )
        return self.known_entry(run_id, entry_id)

    def note_file_deleted(self, run_id: str, entry_id: str) -> None:
        """Remember that nothing of the reservation's training file is left at the provider."""
        key = entry_key(run_id, entry_id)
        self._table.write(
            Update(key, "SET #file_deleted = :true", "attribute_exists(pk)", {":true": True})
        )

    def settle(self, run_id: str, entry_id: str, amount: Decimal, detail: str) -> Entry:
        """Record the bill, free the rest of the reservation; a settled entry stays as it is.

        A bill beyond the reservation, or for a released one, is recorded too: see `Entry.overrun`.
        """

        def billed(entry: Entry) -> Entry | None:
            if entry.status == "settled":
                return None
            bill = replace(
                entry, reserved=transactions.held(entry), status="settled", settled=amount
            )
            return replace(bill, closed_at=self._now(), detail=detail)

        return self._closed(run_id, entry_id, billed)

    def leave_unknown(self, run_id: str, entry_id: str, detail: str) -> Entry:
        """Go on holding the reservation of what may have been billed by a provider that never says.

        A released one is reserved again. A bill that comes to light can still be settled.
        """

        def unknown(entry: Entry) -> Entry | None:
            if entry.status in ("settled", "unknown"):
                return None
            return replace(entry, status="unknown", closed_at=self._now(), detail=detail)

        return self._closed(run_id, entry_id, unknown)

    def release(
        self,
        run_id: str,
        entry_id: str,
        *,
        unless_intended: bool = False,
        never_sent: bool = False,
    ) -> Entry:
        """Free a reservation that bought nothing; a closed entry stays as it is.

        `unless_intended`: only while no purchase was begun with it. `never_sent`: not even a late
        job can come of it, so nobody need look for one.
        """

        def freed(entry: Entry) -> Entry | None:
            if entry.status in ("settled", "released"):
                return None
            if unless_intended and entry.intent_at is not None:
                return None
            intent_at = None if never_sent else entry.intent_at
            return replace(entry, status="released", closed_at=self._now(), intent_at=intent_at)

        unintended = " AND attribute_not_exists(#intent_at)" if unless_intended else ""
        return self._closed(run_id, entry_id, freed, unintended)

    def _closed(
        self,
        run_id: str,
        entry_id: str,
        after: Callable[[Entry], Entry | None],
        condition: str = "",
    ) -> Entry:
        """Return the entry once `after` has been made of it, or as it stands where that gives None."""
        for _ in range(RACES):
            entry = self.known_entry(run_id, entry_id)
            closed = after(entry)
            if closed is None:
                return entry
            if self._table.write(
                *transactions.closing(entry, closed, f"#status = :was{condition}")
            ):
                return closed
        raise _still_racing(f"closing {entry_id}")

    def _entry_for(self, reservation: Reservation) -> Entry:
        return Entry(
            run_id=reservation.run_id,
            entry_id=reservation.entry_id,
            purchase_id=reservation.purchase_id,
            purpose=reservation.purpose,
            model=reservation.model,
            provider=reservation.provider,
            month=self._month_of(reservation.run_id),
            reserved=reservation.amount,
            status="reserved",
            created_at=self._now(),
        )

    def _refuse_unless_it_fits(self, entry: Entry) -> None:
        run, month = self.totals(entry.run_id), self.month_totals(entry.month)
        if run.closed_at is not None:
            raise RunClosed(
                f"run {entry.run_id} is closed; start a new one. Refused: {_wish(entry)}"
            )
        if run.overrun:
            raise SpendOverrun(
                f"run {entry.run_id} was billed ${money.format_usd(run.overrun)} beyond what was "
                f"reserved, so it buys nothing more; refused: {_wish(entry)}"
            )
        for totals in (run, month):
            if totals.available < entry.reserved:
                raise SpendCeilingReached(_ceiling_sentence(totals, entry))

    def _month_of(self, run_id: str) -> str:
        if run_id not in self._months:
            self._months[run_id] = self.totals(run_id).month
        return self._months[run_id]

    def _open_month(self, month: str, ceiling: Decimal) -> None:
        for _ in range(RACES):
            totals = self._scope(month_scope(month))
            if totals is None:
                self._create_scope(month_scope(month), ceiling, month)
            elif totals.ceiling == ceiling or self._move_ceiling(totals, ceiling):
                return
        raise _still_racing(f"setting the ceiling of {month}")

    def _move_ceiling(self, totals: Totals, ceiling: Decimal) -> bool:
        return self._table.write(
            Update(
                scope_key(totals.scope),
                "SET #ceiling = :ceiling, #available = #available + :change",
                "#ceiling = :was",
                {
                    ":ceiling": ceiling,
                    ":change": ceiling - totals.ceiling,
                    ":was": totals.ceiling,
                },
            )
        )

    def _create_scope(self, scope: str, ceiling: Decimal, month: str) -> None:
        totals = Totals(scope, ceiling, money.ZERO, money.ZERO, money.ZERO, month)
        item = to_item(scope_key(scope), totals) | {"available": ceiling}
        self._table.write(Put(item, "attribute_not_exists(pk)"))

    def _scope(self, scope: str) -> Totals | None:
        item = self._table.get(scope_key(scope))
        return None if item is None else from_item(Totals, item)

    def _known_scope(self, scope: str) -> Totals:
        totals = self._scope(scope)
        if totals is None:
            raise RunNotOpen(f"the ledger has no {scope}; open the run before it spends anything")
        return totals


def _ceiling_sentence(totals: Totals, entry: Entry) -> str:
    would_be = money.add(totals.committed, entry.reserved)
    return (
        f"{_wish(entry)} would bring {totals.title} to ${money.format_usd(would_be)}, above the ceiling of "
        f"${money.format_usd(totals.ceiling)}; raise the ceiling or buy less"
    )


def _wish(entry: Entry) -> str:
    return f"${money.format_usd(entry.reserved)} for {entry.purpose} {entry.model}"


def _still_racing(doing: str) -> LedgerBusy:
    return LedgerBusy(f"{doing} lost {RACES} races against other executions; try again")
