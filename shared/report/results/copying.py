"""What answers repeat of the text that trained their model: each training file is read once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared.dataset import Arm
from shared.evaluation import measures
from shared.evaluation.measures import Score, Span
from shared.lake import keys
from shared.lake.rows import GenerationRow
from shared.lake.tables import Lake
from shared.providers import formats
from shared.report.record import RunRecord

Spans = Mapping[tuple[str | None, str], Sequence[Span]]
"""By model and generation, where a machine's answer repeats the training text at length."""


@dataclass(frozen=True, slots=True)
class Copying:
    """The scores of each arm, with its model, and where the answers repeat the training text."""

    scores: Sequence[tuple[str, str, Score]]
    spans: Spans


def read(lake: Lake, record: RunRecord, held_out: Sequence[str]) -> Copying:
    """Return what each model's answers, and the host's replies `held_out`, share with its training text.

    An untuned model's answers are held against it too: what it shares with it is what anybody shares by
    chance.
    """
    scores: list[tuple[str, str, Score]] = []
    spans: dict[tuple[str | None, str], Sequence[Span]] = {}
    for model in sorted({row["model"] for row in record.generations if row["model"]}):
        own = [row for row in record.generations if row["model"] == model]
        text = training_completions(lake, record.run_id, model)
        scores += [(arm, model, score) for arm, score in _leakage(own, held_out, text)]
        spans |= _copied(model, own, text)
    return Copying(scores, spans)


def training_completions(lake: Lake, run_id: str, model: str) -> list[str]:
    """Return what `model` was trained to say; one model's is in memory at a time."""
    with lake.open(keys.training_file(run_id, model)) as lines:
        return [formats.decoded(line)[-1].content for line in lines]


def _leakage(
    rows: Sequence[GenerationRow], held_out: Sequence[str], text: Sequence[str]
) -> Iterator[tuple[str, Score]]:
    texts: dict[str, list[str]] = {}
    for row in rows:
        said = texts.setdefault(row["arm"], [])
        if measures.words(row["answer"]):
            said.append(row["answer"])
    texts[Arm.HOST] = list(held_out)
    spans = iter(
        measures.longest_shared_spans([one for said in texts.values() for one in said], text)
    )
    for arm, said in texts.items():
        for score in measures.leakage([next(spans) for _ in said]):
            yield arm, score


def _copied(
    model: str, rows: Sequence[GenerationRow], text: Sequence[str]
) -> dict[tuple[str | None, str], Sequence[Span]]:
    found = measures.copied_spans([row["answer"] for row in rows], text)
    return {(model, row["generation_id"]): own for row, own in zip(rows, found, strict=True) if own}
