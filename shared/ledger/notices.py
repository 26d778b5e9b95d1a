"""Which warnings about money were sent: one record for each ceiling and percentage, so that each is sent once."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.ledger.codec import from_item, to_item
from shared.ledger.keys import notice_key
from shared.ledger.records import Totals
from shared.ledger.table import Put, Table

# Longer than sending may take, so that only a sender that died or failed is taken over from.
CLAIM_HOLDS = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Notice:
    """That a warning is being sent since `claimed_at`, and from `sent_at` on that it is out."""

    claimed_at: datetime
    sent_at: datetime | None = None


class Notices:
    """The warnings of every scope; a ceiling that was moved is another one, and warned of anew."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, totals: Totals, percent: int) -> Notice | None:
        item = self._table.get(notice_key(totals.scope, totals.ceiling, percent))
        return None if item is None else from_item(Notice, item)

    def claim(self, totals: Totals, percent: int, now: datetime) -> Notice | None:
        """Return the right to send this warning; None when it is out or another is sending it.

        A claim that did not lead to `sent` within CLAIM_HOLDS can be taken over.
        """
        standing = self.get(totals, percent)
        if standing is not None and (standing.sent_at or now - standing.claimed_at <= CLAIM_HOLDS):
            return None
        claimed = Notice(now)
        return claimed if self._write(totals, percent, claimed, standing) else None

    def sent(self, totals: Totals, percent: int, claimed: Notice, now: datetime) -> None:
        """Record that the warning claimed before is out."""
        self._write(totals, percent, replace(claimed, sent_at=now), claimed)

    def _write(self, totals: Totals, percent: int, notice: Notice, previous: Notice | None) -> bool:
        item = to_item(notice_key(totals.scope, totals.ceiling, percent), notice)
        if previous is None:
            return self._table.write(Put(item, "attribute_not_exists(pk)"))
        unchanged = "#claimed_at = :claimed_at AND attribute_not_exists(#sent_at)"
        values = {":claimed_at": previous.claimed_at.isoformat()}
        return self._table.write(Put(item, unchanged, values))
