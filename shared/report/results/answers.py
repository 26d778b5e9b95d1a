"""The items with everybody's answers: copied words marked, and what a quote or a fact should have been."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from shared.evaluation import measures, scoring, unanswered
from shared.evaluation.measures import Answer, Span
from shared.lake.rows import GenerationRow
from shared.report.arms import model_then_arm
from shared.report.record import RunRecord
from shared.report.results.copying import Spans
from shared.report.text import counted, listed

MOST_NAMES = 40


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of an answer, and whether it stands in the training text."""

    text: str
    copied: bool


@dataclass(frozen=True, slots=True)
class Check:
    """What a rule found in an answer."""

    kind: Literal["good", "bad", "note"]
    text: str


@dataclass(frozen=True, slots=True)
class Shown:
    """An answer, cut where copying begins and ends, with what the rules found in it."""

    row: GenerationRow
    pieces: tuple[Piece, ...]
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One model's answers to one question, in the order of the arms."""

    model: str
    answers: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One item and what each model made of it; of a held-out one also what people said.

    `expected` is what a right answer holds, where a rule knows; `differs` whether the rules found
    other things in one arm's answer than in another's. `on_topic` is how many pairs that may train
    are about it, None where that cannot be said.
    """

    number: int
    text: str
    exchanges: tuple[Exchange, ...]
    held_out: bool = False
    spoken: tuple[Shown, ...] = ()
    expected: str = ""
    differs: bool = False
    on_topic: int | None = None
    probe: bool = False


def questions(record: RunRecord, facts: scoring.Known, copied: Spans) -> list[Question]:
    """Every question with its answers; of a run that did not come to asking, the questions alone."""
    if not record.generations:
        return [
            Question(number, text, ())
            for number, text in enumerate(record.settings.show.questions, 1)
        ]
    settings = record.settings
    rows = sorted(
        record.generations,
        key=lambda row: (row["question"], *model_then_arm(settings, row["model"], row["arm"])),
    )
    by_number = groupby(rows, lambda row: row["question"])
    return [_question(record, facts, copied, number, list(asked)) for number, asked in by_number]


def _question(
    record: RunRecord,
    facts: scoring.Known,
    copied: Spans,
    number: int,
    asked: Sequence[GenerationRow],
) -> Question:
    shown = [_shown(record, facts, copied, row) for row in asked]
    machines = [one for one in shown if one.row["generated"]]
    found = {tuple((check.kind, check.text) for check in one.checks) for one in machines}
    held_out = asked[0]["item_kind"] == "held_out"
    return Question(
        number,
        asked[0]["prompt"],
        tuple(
            Exchange(model, tuple(answers))
            for model, answers in groupby(machines, lambda one: one.row["model"])
        ),
        held_out=held_out,
        spoken=tuple(one for one in shown if not one.row["generated"]),
        expected="" if held_out else _expected(record, facts, asked[0]["prompt"]),
        differs=len(found) > 1,
        on_topic=record.evaluation.on_topic.get(asked[0]["prompt"]),
        probe=asked[0]["item_kind"] == "probe",
    )


def _shown(record: RunRecord, facts: scoring.Known, copied: Spans, row: GenerationRow) -> Shown:
    spans = copied.get((row["model"], row["generation_id"]), ())
    return Shown(
        row,
        tuple(_pieces(row["answer"], spans)),
        tuple(_checks(record, facts, row, spans)) if row["generated"] else (),
    )


def _pieces(text: str, spans: Sequence[Span]) -> Iterator[Piece]:
    at = 0
    for span in spans:
        if span.start > at:
            yield Piece(text[at : span.start], copied=False)
        yield Piece(text[span.start : span.end], copied=True)
        at = span.end
    if at < len(text):
        yield Piece(text[at:], copied=False)


def _checks(
    record: RunRecord, facts: scoring.Known, row: GenerationRow, spans: Sequence[Span]
) -> Iterator[Check]:
    if not measures.words(row["answer"]):
        yield Check("bad", "no answer" if unanswered.no_answer(row) else "empty")
        return
    if row["item_kind"] != "held_out":
        yield from _quoted(facts, Answer(row["prompt"], row["answer"]))
        yield from _named(record, facts, row)
        yield from _held(facts, row)
        yield from _owned_up(record, row)
    if spans:
        longest = max(span.n_words for span in spans)
        yield Check("note", f"recites {counted(longest, 'word')} of the training text")
    if row["finish_reason"] == "length":
        yield Check("note", "cut off")


def _quoted(facts: scoring.Known, answer: Answer) -> Iterator[Check]:
    for score in measures.quote_completion([answer], facts.wordings):
        if score.metric == "quote_exact" and score.value is not None:
            yield Check("good", "the quote") if score.value else Check("bad", "not the quote")


def _held(facts: scoring.Known, row: GenerationRow) -> Iterator[Check]:
    expected = facts.key_facts.get(row["prompt"], ())
    held = measures.facts_in(row["answer"], expected)
    if expected:
        yield Check(
            "good" if len(held) == len(expected) else "bad",
            f"{len(held)} of {counted(len(expected), 'key fact')}",
        )


def _owned_up(record: RunRecord, row: GenerationRow) -> Iterator[Check]:
    host = record.settings.show.host.name
    if measures.asks_who_speaks(row["prompt"], host):
        owned = measures.says_it_is_none(row["answer"], host)
        yield Check("good", "owns up") if owned else Check("bad", "does not own up")
    if measures.gives_away(row["answer"]):
        yield Check("bad", "holds an address or a number")


def _named(record: RunRecord, facts: scoring.Known, row: GenerationRow) -> Iterator[Check]:
    question = row["prompt"]
    if not measures.asks_for_guests(question):
        return
    named = measures.people_named(
        row["answer"], scoring.no_guests(record.settings.show), facts.guests
    )
    if not named:
        yield Check("note", "names nobody")
        return
    found = measures.sorted_out(question, named, facts.guests)
    if found.right:
        yield Check("good", f"right: {_some(found.right)}")
    if found.other_year:
        yield Check("bad", f"of another year: {_some(found.other_year)}")
    if found.never:
        yield Check("bad", f"never a guest: {_some(found.never)}")


def _expected(record: RunRecord, facts: scoring.Known, question: str) -> str:
    """The quote as the host has it, the key facts, or the guests of the years asked for; empty where no rule knows."""
    if wordings := facts.wordings.get(question):
        said = sorted({" ".join(wording) for wording in wordings})
        return "… " + " / … ".join(said)
    if expected := facts.key_facts.get(question):
        return listed([" or ".join(fact) for fact in expected])
    years = measures.years_asked(question)
    if not measures.asks_for_guests(question) or not years:
        return ""
    guests = dict.fromkeys(
        guest
        for row in record.episodes
        if row["published"].year in years
        for guest in row["guests"] or ()
    )
    return _some(list(guests))


def _some(names: Sequence[str]) -> str:
    more = len(names) - MOST_NAMES
    shown = list(names[:MOST_NAMES])
    return listed([*shown, f"{more:,} more"] if more > 0 else shown)
