"""What a run came to, as metrics: one line in CloudWatch's embedded format, with the run's id beside them."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from aws_lambda_powertools import Metrics
from aws_lambda_powertools.metrics import MetricUnit

from shared.ledger import Totals

metrics = Metrics()  # its namespace is a variable of the environment


def emit(summary: Mapping[str, Any], month: Totals) -> None:
    """Put a closed run's numbers; dollars as numbers, because CloudWatch has no other."""
    metrics.add_metadata("run_id", summary["run_id"])
    counts = {
        "EpisodesParsed": summary["episodes"]["parsed"],
        "EpisodesFailed": summary["episodes"]["failed"],
        "TrainingPairs": summary["pairs"],
        "CorpusTokens": summary["tokens"],
        "JobsLeftRunning": len(summary["left_running"]),
    }
    for name, value in counts.items():
        metrics.add_metric(name, MetricUnit.Count, value or 0)
    metrics.add_metric("SettledUsd", MetricUnit.NoUnit, float(Decimal(summary["settled_usd"])))
    # What a provider never tells stays reserved for good: an alarm on it could not be cleared.
    held = Decimal(summary["reserved_usd"]) - Decimal(summary["unknown_usd"])
    metrics.add_metric("HeldUsd", MetricUnit.NoUnit, float(held))
    spent = 100 * month.committed / month.ceiling if month.ceiling else Decimal(0)
    metrics.add_metric("MonthPercent", MetricUnit.Percent, float(spent))
    for row in summary["metrics"]:
        if row["metric"] == "style" and row["arm"] == "tuned" and row["value"] is not None:
            metrics.add_metric("StyleOfTuned", MetricUnit.NoUnit, row["value"])
    metrics.flush_metrics()
