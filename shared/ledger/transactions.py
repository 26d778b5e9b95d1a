"""What reserving and closing an entry write at once: the entry, and the sums of both its scopes."""

from decimal import Decimal

from shared import money
from shared.ledger.codec import to_item
from shared.ledger.keys import entry_key, month_scope, run_scope, scope_key
from shared.ledger.records import Entry
from shared.ledger.table import Put, Update


def reserving(entry: Entry) -> tuple[Put, Update, Update]:
    """Return a new entry, if it fits both scopes, and the run is open and had no overrun."""
    expression = "SET #available = #available - :amount, #reserved = #reserved + :amount"
    fits = "#available >= :amount"
    values = {":amount": entry.reserved}
    return (
        Put(to_item(entry_key(entry.run_id, entry.entry_id), entry), "attribute_not_exists(pk)"),
        Update(
            scope_key(run_scope(entry.run_id)),
            expression,
            f"{fits} AND #overrun = :none AND attribute_not_exists(#closed_at)",
            values | {":none": money.ZERO},
        ),
        Update(scope_key(month_scope(entry.month)), expression, fits, values),
    )


def closing(before: Entry, after: Entry, condition: str) -> tuple[Put, Update, Update]:
    """`after` in place of `before`, if `condition` holds and no upload was noted in between."""
    was_held, now_held, billed = held(before), held(after), after.settled or money.ZERO
    values = {
        ":held": now_held - was_held,
        ":billed": billed,
        ":freed": was_held - now_held - billed,
        ":overrun": max(money.ZERO, billed + now_held - was_held),
    }
    expression = "ADD #reserved :held, #settled :billed, #available :freed, #overrun :overrun"
    key = entry_key(after.run_id, after.entry_id)
    exists = "attribute_exists(pk)"
    if before.file_id is None:
        condition += " AND attribute_not_exists(#file_id)"
    return (
        Put(to_item(key, after), condition, {":was": before.status}),
        Update(scope_key(run_scope(after.run_id)), expression, exists, values),
        Update(scope_key(month_scope(after.month)), expression, exists, values),
    )


def held(entry: Entry) -> Decimal:
    """Return the dollars that the entry holds in its scopes besides its bill."""
    return entry.reserved if entry.status in ("reserved", "unknown") else money.ZERO
