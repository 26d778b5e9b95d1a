"""Choosing what trains: how its time grows with the number of pairs, and what a million of them takes."""

import math
import resource
import subprocess
import sys

from tests.bench.growth import median_cpu_seconds, selecting

SIZES = (10_000, 100_000, 1_000_000)
REPEATS = 3


def measured() -> dict[str, float]:
    """The exponent between the smallest and the largest size, 1 being linear; megabytes of a process of its own."""
    seconds = {size: median_cpu_seconds(selecting(size), REPEATS) for size in SIZES}
    small, *_, large = SIZES
    grown = math.log(seconds[large] / seconds[small]) / math.log(large / small)
    code = f"from tests.bench import selecting; selecting.print_peak({large})"
    command = [sys.executable, "-c", code]
    peak = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {"exponent": round(grown, 2), "largest": large, "peak_mb": int(peak)}


def print_peak(pairs: int) -> None:
    """Choose among so many, and print the most memory that this process took, in megabytes."""
    selecting(pairs)()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
