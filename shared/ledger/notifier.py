"""Warnings before the wall: half and four fifths of a ceiling are told to the topic, each once."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.clock import utc_now
from shared.ledger.ledger import Ledger
from shared.ledger.records import LedgerBusy, RunNotOpen, Totals
from shared.money import format_usd

WARN_AT_PERCENT = (50, 80)
logger = logging.getLogger(__name__)


def reached(totals: Totals) -> tuple[int, ...]:
    """Return those of WARN_AT_PERCENT that the committed money, settled and reserved, has reached."""
    return tuple(
        percent for percent in WARN_AT_PERCENT if 100 * totals.committed >= percent * totals.ceiling
    )


def message(totals: Totals, percent: int, run_id: str) -> tuple[str, str]:
    """Subject and body of one warning; `run_id` is the run whose money moved."""
    committed_percent = int(100 * totals.committed / totals.ceiling)
    body = (
        f"Run {run_id} has brought {totals.title} to ${format_usd(totals.committed)}, "
        f"{committed_percent} % of the ceiling of ${format_usd(totals.ceiling)}: "
        f"${format_usd(totals.settled)} settled and ${format_usd(totals.reserved)} reserved. "
        "Nothing is bought beyond the ceiling."
    )
    return f"EconChatR: {percent} % of the ceiling of {totals.title}", body


class Notifier:
    """Publishes warnings to an SNS topic; `client` is boto3's for SNS.

    Claim in the ledger, publish, mark as sent. Whoever calls at the same time stands back from the
    claim; a sender that dies or cannot publish leaves it to the next call after CLAIM_HOLDS. So a
    warning is never lost while money moves, and twice only when its sender dies after publishing.
    """

    def __init__(
        self, client: Any, topic_arn: str, ledger: Ledger, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._client = client
        self._topic_arn = topic_arn
        self._ledger = ledger
        self._now = now

    def warn(self, run_id: str) -> None:
        """Send what is due for the run and its month; a failure is logged and harms no purchase."""
        try:
            run = self._ledger.totals(run_id)
            for totals in (run, self._ledger.month_totals(run.month)):
                for percent in reached(totals):
                    self._send_once(totals, percent, run_id)
        except (BotoCoreError, ClientError, LedgerBusy, RunNotOpen) as error:
            logger.warning("a warning about run %s was not sent: %s", run_id, error)

    def _send_once(self, totals: Totals, percent: int, run_id: str) -> None:
        claimed = self._ledger.notices.claim(totals, percent, self._now())
        if claimed is None:
            return
        subject, body = message(totals, percent, run_id)
        self._client.publish(TopicArn=self._topic_arn, Subject=subject, Message=body)
        self._ledger.notices.sent(totals, percent, claimed, self._now())
