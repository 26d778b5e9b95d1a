"""Where each item of the ledger stands."""

from decimal import Decimal

from shared import money
from shared.ledger.table import Key

ENTRY_PREFIX = "ENTRY#"


def run_scope(run_id: str) -> str:
    return f"RUN#{run_id}"


def month_scope(month: str) -> str:
    return f"MONTH#{month}"


def scope_key(scope: str) -> Key:
    return scope, "SCOPE"


def entry_key(run_id: str, entry_id: str) -> Key:
    return run_scope(run_id), f"{ENTRY_PREFIX}{entry_id}"


def notice_key(scope: str, ceiling: Decimal, percent: int) -> Key:
    return scope, f"NOTICE#{money.format_usd(ceiling)}#{percent}"
