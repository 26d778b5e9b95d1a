"""Choosing what trains: how its time grows with the number of pairs, and what a million of them takes."""

import math

from tests.bench.growth import median_cpu_seconds, peak_mb, selecting

SIZES = (10_000, 100_000, 1_000_000)
REPEATS = 3


def measured() -> dict[str, float]:
    """The exponent between the smallest and the largest size, 1 being linear; megabytes of a process of its own."""
    seconds = {size: median_cpu_seconds(selecting(size), REPEATS) for size in SIZES}
    small, *_, large = SIZES
    grown = math.log(seconds[large] / seconds[small]) / math.log(large / small)
    peak = peak_mb(f"from tests.bench.growth import selecting; selecting({large})()")
    return {"exponent": round(grown, 2), "largest": large, "peak_mb": peak}
