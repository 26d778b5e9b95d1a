"""python -m tests.bench: writes build/bench.json, prints it as a table, fails when money was mishandled."""

import json
import platform
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from infra.local.cloud import running
from tests.bench.growth import growth
from tests.campaign.judge import Campaign, run_campaign
from tests.campaign.race import CONTENDERS, FIT, contended_ledger, race

SCHEDULES = 1_000
RESULT = Path(__file__).resolve().parents[2] / "build" / "bench.json"


def main() -> int:
    campaign = run_campaign(range(SCHEDULES))
    won = _race_on_the_embedded_cloud()
    figures = {
        "python": platform.python_version(),
        "fault_campaign": {
            **asdict(campaign),
            "incidents": dict(campaign.incidents.most_common()),
            "incidents_total": campaign.incidents.total(),
        },
        "race": {"reservations": CONTENDERS, "fit": FIT, "won": won},
        "growth": growth(),
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    _print(figures)
    return 0 if _is_faultless(campaign) and won == FIT else 1


def _race_on_the_embedded_cloud() -> int:
    with (
        tempfile.TemporaryDirectory() as state,
        running(Path(state)) as cloud,
        contended_ledger(cloud.client("dynamodb")) as ledger,
    ):
        return race(ledger)


def _is_faultless(campaign: Campaign) -> bool:
    return campaign.schedules == SCHEDULES and not campaign.faulty_seeds


def _print(figures: Mapping[str, Any]) -> None:
    for section in ("fault_campaign", "race", "growth"):
        print(section.replace("_", " ").capitalize())
        for name, value in figures[section].items():
            if not isinstance(value, dict | list):
                print(f"  {name.replace('_', ' '):45} {value:>8}")
    print(f"\nIncidents by kind are in {RESULT}")


if __name__ == "__main__":
    sys.exit(main())
