"""How long importing takes: each handler and the command, in fresh processes, against boto3 and an empty program."""

import os
import statistics
import subprocess
import sys
from collections.abc import Sequence

from tests.places import ROOT

REPEATS = 3
LAMBDAS = {"POWERTOOLS_METRICS_NAMESPACE": "bench", "AWS_DEFAULT_REGION": "us-east-1"}
TIMED = "import os, time; began = time.process_time(); {code}; print(time.process_time() - began)"
HELP = "import sys; sys.argv = ['econchatr', '--help']; from infra.cli.main import main; main()"


def measured() -> dict[str, float]:
    """Ratios of processor time, each the median of REPEATS; the median handler and the slowest."""
    boto3 = _seconds("import boto3")
    handlers = {
        path.parent.name: _seconds(f"import functions.{path.parent.name}.handler") / boto3
        for path in sorted((ROOT / "functions").glob("*/handler.py"))
    }
    slowest = max(handlers, key=lambda name: handlers[name])
    return {
        "median_over_boto3": round(statistics.median(handlers.values()), 2),
        f"slowest_over_boto3_{slowest}": round(handlers[slowest], 2),
        "help_over_pass": round(_whole(["-c", HELP]) / _whole(["-c", "pass"]), 2),
    }


def _seconds(code: str) -> float:
    return statistics.median(float(_run(["-c", TIMED.format(code=code)])) for _ in range(REPEATS))


def _whole(arguments: Sequence[str]) -> float:
    """Processor time of a whole process, its start among it."""
    taken = []
    for _ in range(REPEATS):
        before = os.times()
        _run(arguments)
        after = os.times()
        own = after.children_user + after.children_system
        taken.append(own - before.children_user - before.children_system)
    return statistics.median(taken)


def _run(arguments: Sequence[str]) -> str:
    command = [sys.executable, *arguments]
    environment = {**os.environ, **LAMBDAS}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout
