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
    chance. What the prompted arm is shown counts as training text of either side.
    """
    scores: list[tuple[str, str, Score]] = []
    spans: dict[tuple[str | None, str], Sequence[Span]] = {}
    for model in sorted({row["model"] for row in record.generations if row["model"]}):
        own = [row for row in record.generations if row["model"] == model]
        examples = list(_training_examples(lake, record.run_id, model))
        text = [completion for _, completion in examples]
        shown = (
            part for one in record.evaluation.exchanges for part in (one.prompt, one.completion)
        )
        seen = [*text, *(prompt for prompt, _ in examples), *shown]
        scores += [(arm, model, score) for arm, score in _leakage(own, held_out, text, seen)]
        spans |= _copied(model, own, text)
    return Copying(scores, spans)


def _training_examples(lake: Lake, run_id: str, model: str) -> Iterator[tuple[str, str]]:
    """What was said to `model` in training and what it was trained to say; one model's is in memory at a time."""
    with lake.open(keys.training_file(run_id, model)) as lines:
        for line in lines:
            *_, prompt, completion = formats.decoded(line)
            yield prompt.content, completion.content


def _leakage(
    rows: Sequence[GenerationRow], held_out: Sequence[str], text: Sequence[str], seen: Sequence[str]
) -> Iterator[tuple[str, Score]]:
    """The scores of each arm; what it copies of all that its model has `seen` counts, of either side."""
    texts: dict[str, list[str]] = {}
    for row in rows:
        said = texts.setdefault(row["arm"], [])
        if measures.words(row["answer"]):
            said.append(row["answer"])
    texts[Arm.HOST] = list(held_out)
    everything = [one for said in texts.values() for one in said]
    spans = iter(measures.longest_shared_spans(everything, text))
    copied = iter(measures.copied_words(everything, seen))
    for arm, said in texts.items():
        for score in (
            *measures.leakage([next(spans) for _ in said]),
            *measures.recital([next(copied) for _ in said]),
        ):
            yield arm, score


def _copied(
    model: str, rows: Sequence[GenerationRow], text: Sequence[str]
) -> dict[tuple[str | None, str], Sequence[Span]]:
    found = measures.copied_spans([row["answer"] for row in rows], text)
    return {(model, row["generation_id"]): own for row, own in zip(rows, found, strict=True) if own}
