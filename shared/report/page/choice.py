"""Which pairs train, why the others do not, and how many each must-have found."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.lake import keys
from shared.lake.tables import Lake
from shared.report.record import Row, RunRecord
from shared.report.text import integer
from shared.run import RunSettings

COLUMNS = (
    "pair_id",
    "episode_id",
    "prompt_tokens",
    "completion_tokens",
    "split",
    "must_have_patterns",
)
MAY_TRAIN = "may train"
HELD_OUT = "held out"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of some pairs, and what in the profile decides it."""

    name: str
    pairs: int
    why: str


@dataclass(frozen=True, slots=True)
class MustHave:
    """A pattern, how many pairs hold it, how many of these may train, and how many each model is trained on."""

    pattern: str
    pairs: int
    may_train: int
    chosen: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Every pair with what became of it, and the models in whose order `chosen` is."""

    models: tuple[str, ...]
    pairs: Sequence[Row]
    fates: Sequence[Fate]
    must_haves: Sequence[MustHave]


def read(lake: Lake, record: RunRecord) -> Choice:
    """The choice of the run, from the show's pairs of the episodes it looked at; empty before there are pairs."""
    models = tuple(plan["model"] for plan in record.plans)
    chosen = {
        model: {
            row["pair_id"]
            for row in lake.read_file(
                keys.table_file("selections", f"{record.run_id}.{model}"), ("pair_id",)
            )
        }
        for model in models
    }
    pairs = list(_pairs(lake, record, chosen)) if models else []
    settings = record.settings
    return Choice(
        models, pairs, list(_fates(pairs, settings)), list(_must_haves(pairs, settings, models))
    )


def fate(row: Row, settings: RunSettings) -> str:
    """What became of a pair before any budget."""
    misfit = settings.show.training.misfit(row["prompt_tokens"], row["completion_tokens"])
    return misfit or (MAY_TRAIN if row["split"] == "train" else HELD_OUT)


def _pairs(
    lake: Lake, record: RunRecord, chosen: Mapping[str, set[str]]
) -> Iterator[dict[str, Any]]:
    """A row a pair, each pair once; its words stay in the lake."""
    show = record.settings.show
    episodes = {row["episode_id"] for row in record.episodes if row["status"] == "parsed"}
    seen: set[str] = set()
    for row in lake.show_rows("pairs", show.name, COLUMNS):
        if row["episode_id"] not in episodes or row["pair_id"] in seen:
            continue
        seen.add(row["pair_id"])
        numbers = [
            at for at in row["must_have_patterns"] or () if at < len(show.training.must_have)
        ]
        yield {
            "pair_id": row["pair_id"],
            "episode_id": row["episode_id"],
            "prompt_tokens": row["prompt_tokens"],
            "completion_tokens": row["completion_tokens"],
            "fate": fate(row, record.settings),
            "must_have": [show.training.must_have[at] for at in numbers],
            "trains": [model for model, pairs in chosen.items() if row["pair_id"] in pairs],
        }


def _fates(pairs: Sequence[Row], settings: RunSettings) -> Iterator[Fate]:
    training, counts = settings.show.training, Counter(row["fate"] for row in pairs)
    told = {
        MAY_TRAIN: "long enough, not too long, and of an episode that trains",
        HELD_OUT: "of the latest episodes, which only measure",
        "prompt too short": f"below min_prompt_tokens, {integer(training.min_prompt_tokens)}",
        "answer too short": f"below min_completion_tokens, {integer(training.min_completion_tokens)}",
        "too long": f"above max_pair_tokens, {integer(training.max_pair_tokens)}",
    }
    yield from (Fate(name, counts[name], why) for name, why in told.items() if pairs)


def _must_haves(
    pairs: Sequence[Row], settings: RunSettings, models: Sequence[str]
) -> Iterator[MustHave]:
    for pattern in settings.show.training.must_have if pairs else ():
        found = [row for row in pairs if pattern in row["must_have"]]
        yield MustHave(
            pattern,
            len(found),
            sum(row["fate"] == MAY_TRAIN for row in found),
            tuple(sum(model in row["trains"] for row in found) for model in models),
        )
