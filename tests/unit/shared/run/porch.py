"""The show of the tests, and the settings of a run of it."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from shared import catalogue
from shared.run import settings

SHOW: dict[str, Any] = {
    "name": "porch",
    "feed": "http://127.0.0.1:1/feed.xml",
    "host": {"name": "Ida Stone"},
    "rights": {"basis": "ours"},
    "consent": {"scope": "tests", "attested_by": "us", "date": "2026-01-01"},
    "questions": ["Why?"],
}


def resolved(when="2026-11-23", run_id="r1", **fields):
    asked = settings.parse_input({"show": SHOW, "ceiling_usd": "5.00", **fields})
    return settings.resolve(
        asked,
        settings.show_from(asked),
        catalogue.packaged(),
        run_id=run_id,
        started_at=datetime.fromisoformat(when).replace(tzinfo=UTC),
        code_version="test",
        month_ceiling_usd=Decimal(100),
    )
