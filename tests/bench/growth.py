"""How time and memory grow with size: time as ratios of two sizes in one process, where 1 is linear."""

import random
import statistics
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from functools import partial

from shared import catalogue
from shared.catalogue import training_costs
from shared.dataset import selection, stages
from shared.dataset.selection import Candidate
from shared.lake import keys
from shared.lake.tables import Lake
from shared.run import settings
from shared.shows import Training
from shared.transcripts import Host, TranscriptRefused, read_transcript
from tests import talks
from tests.sample_run import SHOW, STARTED, sample_run

REPEATS = 5
SEED = 20261123
TRAINING = Training(must_have=("fence", "prairie", "humility"))
HOST, GUEST = Host("Vera Lund"), "Tom Ek"
SPEECH = "I think that you can see how the prairie and the fence were made by hand for a while"
MEGABYTE = 1_000_000
MONTHS = 100
HOSTILE = {
    "tags_in_tags": b"<b>",
    "labels": b"<p><b>Vera Lund:</b> a</p>",
    "quoted_labels": b"'Vera: ",
    "brackets": b"[",
    "entities": b"&#x110000;",
    "comments": b"<!-- ",
    "zeros": b"\0",
}
SHAPES = (
    *("plain, single line breaks", "label on a line with a colon", "name alone on a line"),
    *("time in brackets, name, colon", "time and name on a line", "name in brackets", "name, dash"),
    *("bold", "headings", "list with bold", "Markdown table", "VTT voices", "VTT labels"),
    *("SRT labels", "SRT cut anywhere", "SBV", "rolling captions", "ASS", "Podcasting 2.0 JSON"),
    *("Deepgram paragraphs", "AWS Transcribe", "Rev", "TTML", "Podlove XML", "CSV", "TSV", "RTF"),
    *("DOCX", "DOCX table", "page: strong", "page: plain paragraphs", "page: class names"),
    *("page: definition list", "page: line breaks", "page: cite", "page: table"),
)
"""Of every reader the shapes that it takes different ways for."""


def growth() -> dict[str, float]:
    """Time per unit at the large size over time per unit at the small one; medians of REPEATS."""
    return {
        "selection_per_pair_200000_over_2000": _ratio(selecting, 2_000, 200_000),
        "parsing_per_byte_10_mb_over_1_mb": _ratio(_parsing, MEGABYTE, 10 * MEGABYTE),
        "plan_per_model_budget_1000000_over_1": _ratio(_planning, 1, 1_000_000, units=1),
        **{
            f"{shape}_per_byte_10_mb_over_1_mb": _ratio(
                partial(_parsing_talk, shape, _two_people), MEGABYTE, 10 * MEGABYTE, repeats=1
            )
            for shape in SHAPES
        },
        **{
            f"{people.__name__[1:]}_per_byte_10_mb_over_1_mb": _ratio(
                partial(_parsing_talk, SHAPES[0], people), MEGABYTE, 10 * MEGABYTE, repeats=1
            )
            for people in (_strangers, _handles)
        },
        **{
            f"hostile_{name}_per_byte_10_mb_over_1_mb": _ratio(
                partial(_parsing_again_and_again, piece), MEGABYTE, 10 * MEGABYTE, repeats=1
            )
            for name, piece in HOSTILE.items()
        },
    }


def bytes_per_usable_pair() -> int:
    """What one usable pair adds to the most memory that building a data set takes, budget of $10.

    The difference between two corpora, so that what any corpus costs does not count. The original
    had 10,807 usable pairs, and 31,046 in all.
    """
    small, large = 5_000, 25_000
    return (bytes_at_most(large) - bytes_at_most(small)) // (large - small)


def bytes_at_most(pairs: int, months: int = MONTHS) -> int:
    """The most memory that building a data set of `pairs` takes at once, in bytes."""
    show = {**SHOW, "questions": ["Why?"], "training": {"min_prompt_tokens": 1}}
    asked = settings.parse_input({"show": show, "ceiling_usd": "10.00", "dry_run": True})
    run = settings.resolve(
        asked,
        settings.show_from(asked),
        catalogue.packaged(),
        run_id="bench",
        started_at=STARTED,
        code_version="bench",
        month_ceiling_usd=Decimal(10),
    )
    with sample_run() as sample:
        for month in range(months):
            _write_talks(sample.lake, month, pairs // months)
        stages.build(sample.lake, run)  # pairs are made once; what is measured reads them
        tracemalloc.start()
        stages.build(sample.lake, run)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return peak


def _write_talks(lake: Lake, month: int, pairs: int) -> None:
    draw, words = random.Random(month), SPEECH.split()
    published = STARTED.replace(year=2000 + month // 12, month=month % 12 + 1)
    shard, name = keys.shard_of("porch", published), f"e{month}"
    turns = [
        {
            "show": "porch",
            "episode_id": name,
            "turn": number,
            "role": "host" if number % 2 else "guest",
            "text": (text := " ".join(draw.choices(words, k=draw.randint(60, 120)))),
            "n_tokens": len(text.split()),
        }
        for number in range(2 * pairs)
    ]
    lake.write_rows("turns", keys.shard_file("turns", shard), turns)
    row = {"show": "porch", "episode_id": name, "published": published, "status": "parsed"}
    lake.write_rows("episodes", keys.shard_file("episodes", shard), [row])


def _ratio(
    prepared: Callable[[int], Callable[[], object]],
    small: int,
    large: int,
    units: int | None = None,
    repeats: int = REPEATS,
) -> float:
    """`units` replaces the growth in size where the work should not depend on the size at all."""
    grown = large / small if units is None else units
    slow, fast = (median_cpu_seconds(prepared(size), repeats) for size in (large, small))
    return round(slow / fast / grown, 2)


def median_cpu_seconds(work: Callable[[], object], repeats: int) -> float:
    """Processor time of one call."""
    seconds = []
    for _ in range(repeats):
        began = time.process_time()
        work()
        seconds.append(time.process_time() - began)
    return statistics.median(seconds)


def peak_mb(code: str) -> int:
    """The most memory that a process of its own took to run the code, in megabytes; on Linux."""
    # Not getrusage: its peak starts at what the parent has.
    told = "print(re.search(r'VmHWM:\\s+(\\d+) kB', open('/proc/self/status').read())[1])"
    command = [sys.executable, "-c", f"import re; {code}; {told}"]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(ended.stdout) // 1024


def selecting(pairs: int) -> Callable[[], object]:
    """The choice of what fits a budget among so many invented pairs, to be made."""
    draw = random.Random(SEED)
    candidates = [
        Candidate(
            pair_id=f"{draw.getrandbits(96):024x}",
            episode_id="episode",
            prompt_tokens=draw.randint(60, 500),
            completion_tokens=draw.randint(20, 500),
            n_chars=draw.randint(400, 4000),
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
    words, written = SPEECH.split(), 0
    rows: list[str] = []
    while written < size:
        said = " ".join(draw.choices(words, k=draw.randint(20, 120)))
        speaker = HOST.name if len(rows) % 2 else GUEST
        rows.append(f"<tr><td>0:33</td><td><p><b>{speaker}:</b> {said}.</p></td></tr>")
        written += len(rows[-1])
    page = f'<html><body><table class="ts2">{"".join(rows)}</table></body></html>'.encode()
    return lambda: read_transcript(page, content_type=None, host=HOST, guests=(GUEST,))


def _two_people(turn: int) -> str:
    return (talks.HOST, talks.GUEST)[turn % 2]


def _strangers(turn: int) -> str:
    """Names of two words, none of which returns."""
    return f"{_letters(turn).capitalize()} {_letters(turn + 1).capitalize()}"


def _handles(turn: int) -> str:
    """Words that no name looks like; each returns once, with another in between."""
    return _letters(turn // 4 * 2 + turn % 2)


def _letters(number: int) -> str:
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number:07}")


def _parsing_talk(shape: str, who: Callable[[int], str], size: int) -> Callable[[], object]:
    """A talk in turns of one word, which makes the most lines and labels of a size."""

    def written(turns: int) -> bytes:
        return talks.SHAPES[shape]([(who(turn), "Mud.") for turn in range(turns)])

    sample = 1_000
    packed = 150 * sample if shape.startswith("DOCX") else len(written(sample))
    page = written(sample * size // packed // 2 * 2)

    def read() -> None:
        with suppress(TranscriptRefused):
            read_transcript(page, content_type=None, host=Host(talks.HOST), guests=(talks.GUEST,))

    return read


def _parsing_again_and_again(piece: bytes, size: int) -> Callable[[], object]:
    """A page in EconTalk's structure that holds one piece of markup or text and nothing else."""
    page = b'<table class="ts2"><tr><td>0:33</td><td>' + piece * (size // len(piece))

    def read() -> None:
        with suppress(TranscriptRefused):
            read_transcript(page, content_type=None, host=HOST, guests=(GUEST,))

    return read


def _planning(budget: int) -> Callable[[], object]:
    models = [model for model in catalogue.packaged().models if _trainable(model)]
    return lambda: [
        training_costs.affordable_tokens(model, Decimal(budget), 4)
        for model in models
        for _ in range(200)
    ]


def _trainable(model: catalogue.Model) -> bool:
    return any(price.purpose == "training" for price in model.prices)
