"""python -m tests.bench: writes build/bench.json, prints it as a table, fails when money was mishandled."""

import json
import os
import platform
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from infra import encodings
from infra.local.cloud import running
from tests.bench import bill, corpus, evaluation, machine, queries, selecting, starts
from tests.bench.growth import bytes_per_usable_pair, growth
from tests.campaign.judge import SERVICES, Campaign, run_campaign, run_on_every_core
from tests.campaign.race import CONTENDERS, FIT, contended_ledger, race
from tests.places import ROOT

SCHEDULES, EMBEDDED_SCHEDULES = 1_000, 40
RESULT = ROOT / "build" / "bench.json"


def main() -> int:
    os.environ["TIKTOKEN_CACHE_DIR"] = str(encodings.cache_dir())
    campaigns = {
        behaviour: run_on_every_core(range(SCHEDULES), behaviour) for behaviour in SERVICES
    }
    with tempfile.TemporaryDirectory() as state, running(Path(state)) as cloud:
        client = cloud.client("dynamodb")
        embedded = run_campaign(range(EMBEDDED_SCHEDULES), client)
        with contended_ledger(client) as ledger:
            won = race(ledger)
    figures = {
        "python": platform.python_version(),
        "computer": f"{platform.machine()}, {os.cpu_count()} processors",
        "fault_campaign": {
            behaviour: _campaign_figures(campaign) for behaviour, campaign in campaigns.items()
        },
        "fault_campaign_on_the_embedded_table": _campaign_figures(embedded),
        "race": {"reservations": CONTENDERS, "fit": FIT, "won": won},
        "corpus": corpus.measured(),
        "dataset": selecting.measured(),
        "cold_start": starts.measured(),
        "machine": machine.measured(),
        "bill": bill.measured(),
        "queries": queries.measured(),
        "evaluation": evaluation.measured(),
        "growth": {**growth(), "dataset_bytes_per_usable_pair": bytes_per_usable_pair()},
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    _print(figures)
    faulty = [campaign.faulty_seeds for campaign in (*campaigns.values(), embedded)]
    return 1 if any(faulty) or won != FIT else 0


def _campaign_figures(campaign: Campaign) -> dict[str, Any]:
    return {
        **asdict(campaign),
        "incidents": dict(campaign.incidents.most_common()),
        "incidents_total": campaign.incidents.total(),
    }


def _print(figures: Mapping[str, Any]) -> None:
    campaigns = figures["fault_campaign"]
    sections = {f"fault_campaign_of_{behaviour}": campaigns[behaviour] for behaviour in campaigns}
    for section, measured in {**sections, **figures}.items():
        if not isinstance(measured, dict) or measured is campaigns:
            continue
        print(section.replace("_", " ").capitalize())
        for name, value in measured.items():
            if not isinstance(value, dict | list):
                print(f"  {name.replace('_', ' '):45} {value:>8}")
    print(f"\nIncidents by kind are in {RESULT}")


if __name__ == "__main__":
    sys.exit(main())
