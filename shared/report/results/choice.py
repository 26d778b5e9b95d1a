"""Which pairs train, why the others do not, and how many each must-have found."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.report.record import RunRecord
from shared.report.results.corpus import HELD_OUT, MAY_TRAIN, PairFate
from shared.report.text import integer
from shared.run import RunSettings


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
    pairs: Sequence[PairFate]
    fates: Sequence[Fate]
    must_haves: Sequence[MustHave]


def choice(record: RunRecord, pairs: Sequence[PairFate]) -> Choice:
    """Return the choice of the run; of one that planned nothing, an empty one."""
    models = tuple(plan["model"] for plan in record.plans)
    settings = record.settings
    return Choice(
        models, pairs, list(_fates(pairs, settings)), list(_must_haves(pairs, settings, models))
    )


def _fates(pairs: Sequence[PairFate], settings: RunSettings) -> Iterator[Fate]:
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
    pairs: Sequence[PairFate], settings: RunSettings, models: Sequence[str]
) -> Iterator[MustHave]:
    for pattern in settings.show.training.must_have if pairs else ():
        found = [row for row in pairs if pattern in row["must_have"]]
        yield MustHave(
            pattern,
            len(found),
            sum(row["fate"] == MAY_TRAIN for row in found),
            tuple(sum(model in row["trains"] for row in found) for model in models),
        )
