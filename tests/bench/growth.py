"""How computing time grows with size, as ratios of two sizes in one process: 1 is linear on any machine."""

import random
import statistics
import time
from collections.abc import Callable
from decimal import Decimal

from shared import catalogue, plan, selection
from shared.selection import Candidate
from shared.shows import Training
from shared.transcripts import Host, read_transcript

REPEATS = 5
SEED = 20261123
TRAINING = Training(must_have=("fence", "prairie", "humility"))
HOST, GUEST = Host("Vera Lund"), "Tom Ek"
SPEECH = "I think that you can see how the prairie and the fence were made by hand for a while"
MEGABYTE = 1_000_000


def growth() -> dict[str, float]:
    """Time per unit at the large size over time per unit at the small one; medians of REPEATS."""
    return {
        "selection_per_pair_200000_over_2000": _ratio(_selecting, 2_000, 200_000),
        "parsing_per_byte_10_mb_over_1_mb": _ratio(_parsing, MEGABYTE, 10 * MEGABYTE),
        "plan_per_model_budget_1000000_over_1": _ratio(_planning, 1, 1_000_000, units=1),
    }


def _ratio(
    prepared: Callable[[int], Callable[[], object]],
    small: int,
    large: int,
    units: int | None = None,
) -> float:
    """`units` replaces the growth in size where the work should not depend on the size at all."""
    grown = large / small if units is None else units
    return round(
        _median_cpu_seconds(prepared(large)) / _median_cpu_seconds(prepared(small)) / grown, 2
    )


def _median_cpu_seconds(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(REPEATS):
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return statistics.median(seconds)


def _selecting(pairs: int) -> Callable[[], object]:
    draw = random.Random(SEED)
    candidates = [
        Candidate(
            pair_id=f"{draw.getrandbits(96):024x}",
            episode_id="episode",
            prompt_tokens=draw.randint(60, 500),
            completion_tokens=draw.randint(20, 500),
            must_have_patterns=tuple(draw.sample(range(3), draw.choice([0, 0, 0, 0, 1, 2]))),
        )
        for _ in range(pairs)
    ]
    budget = sum(candidate.n_tokens for candidate in candidates) // 2
    return lambda: selection.fitting(
        selection.ordered(candidates, TRAINING), budget, lambda candidate: candidate.n_tokens
    )


def _parsing(size: int) -> Callable[[], object]:
    draw = random.Random(SEED)
    words, rows, written = SPEECH.split(), [], 0
    while written < size:
        said = " ".join(draw.choices(words, k=draw.randint(20, 120)))
        speaker = HOST.name if len(rows) % 2 else GUEST
        rows.append(f"<tr><td>0:33</td><td><p><b>{speaker}:</b> {said}.</p></td></tr>")
        written += len(rows[-1])
    page = f'<html><body><table class="ts2">{"".join(rows)}</table></body></html>'.encode()
    return lambda: read_transcript(page, content_type=None, host=HOST, guests=(GUEST,))


def _planning(budget: int) -> Callable[[], object]:
    prices = [model.price("training") for model in catalogue.packaged().models if _trainable(model)]
    return lambda: [
        plan.affordable_tokens(price, Decimal(budget), 4, 2) for price in prices for _ in range(200)
    ]


def _trainable(model: catalogue.Model) -> bool:
    return any(price.purpose == "training" for price in model.prices)
