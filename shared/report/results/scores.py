"""The free measures of a run's answers, and every score of the run as rows of `metrics`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from shared.dataset import Arm
from shared.evaluation import measures, scoring
from shared.evaluation.jury import JuryScore
from shared.evaluation.measures import Answer, Score, Words
from shared.lake.rows import GenerationRow, MetricRow
from shared.report.record import RunRecord, metric_row
from shared.report.results.copying import Copying
from shared.report.results.corpus import Corpus

Who = tuple[str, str | None]
"""An arm and its model; the host and the impostor have none."""


@dataclass(frozen=True, slots=True)
class Samples:
    """What was answered, by whom, in the order in which they come first.

    `questions` are what was asked that may be held against the show; `quoted` has, for each answer of a
    machine, what it quotes at length.
    """

    answers: Mapping[Who, Sequence[Answer]]
    questions: Set[str]
    quoted: Mapping[Who, Sequence[Sequence[Words]]]

    def quotations(self) -> list[Words]:
        """Return everything that the machines quote."""
        return [one for said in self.quoted.values() for own in said for one in own]


def samples(generations: Iterable[GenerationRow]) -> Samples:
    """Return the samples that rows of `generations` hold."""
    answers: dict[Who, list[Answer]] = {}
    for row in generations:
        cut_off = row["finish_reason"] == "length" if row["model"] else None
        answer = Answer(_asked(row), row["answer"], cut_off)
        answers.setdefault((row["arm"], row["model"]), []).append(answer)
    return Samples(
        answers,
        {answer.question for said in answers.values() for answer in said},
        {who: list(map(measures.quotations, said)) for who, said in answers.items() if who[1]},
    )


def known(record: RunRecord, sampled: Samples, corpus: Corpus) -> scoring.Known:
    """Return what the run's answers are held against: how the host's quotes go on, and who came when."""
    appearances = ((row["published"].year, row["guests"] or ()) for row in record.episodes)
    expected = record.evaluation.expected
    return scoring.known_of(
        record.settings.show, sampled.questions, corpus.wordings, appearances, expected
    )


def scores(
    record: RunRecord,
    sampled: Samples,
    facts: scoring.Known,
    corpus: Corpus,
    copying: Copying,
    judged: Iterable[JuryScore],
) -> list[MetricRow]:
    """Return every score of every arm and model that answered; none for a run without answers."""
    if not sampled.answers:
        return []
    of_arms = (
        *_of_texts(record, sampled, facts),
        *_lost(sampled, facts),
        *_unsaid(sampled, corpus),
        *copying.scores,
        *_relevance(record),
    )
    settings = record.settings
    return [
        *(metric_row(settings, score.row(arm, model)) for arm, model, score in of_arms),
        *(metric_row(settings, one.score.row(one.arm, one.model), one.cost) for one in judged),
        *_style(record),
    ]


_Scored = Iterator[tuple[str, str | None, Score]]


def _of_texts(record: RunRecord, sampled: Samples, facts: scoring.Known) -> _Scored:
    for (arm, model), said in sampled.answers.items():
        for score in scoring.score(said, record.settings.show, facts):
            yield arm, model, score


def _lost(sampled: Samples, facts: scoring.Known) -> _Scored:
    """Which key facts an arm lost that its untuned model has."""
    for (arm, model), said in sampled.answers.items():
        untuned = sampled.answers.get((Arm.BASE, model))
        if arm != Arm.BASE and untuned:
            for score in measures.key_facts_lost(said, untuned, facts.key_facts):
                yield arm, model, score


def _unsaid(sampled: Samples, corpus: Corpus) -> _Scored:
    """What the machines quote is held against all that anybody said on the show."""
    for (arm, model), quoted in sampled.quoted.items():
        for score in measures.unsaid(quoted, corpus.said):
            yield arm, model, score


def _relevance(record: RunRecord) -> _Scored:
    """Whether replies to held-out items answer what was said there."""
    asked = record.evaluation.held_out
    prompts = [measures.Prompt(one.pair_id, one.episode_id, one.prompt, one.host) for one in asked]
    episodes = {one.pair_id: one.episode_id for one in asked}
    replies: dict[Who, dict[str, str]] = {}
    for row in record.generations:
        if row["pair_id"] in episodes:
            replies.setdefault((row["arm"], row["model"]), {})[row["pair_id"]] = row["answer"]
    for (arm, model), said in replies.items():
        found = measures.relevance(prompts, said)
        if found:
            yield arm, model, measures.clustered_mean("relevance", found, episodes)


def _style(record: RunRecord) -> list[MetricRow]:
    """What *Measure style* left, or a row that says why it left nothing."""
    rows = record.style
    if rows is None:
        why = record.closing.style_failure or "nothing was left of it"
        rows = [Score("style", None, 0, reason=f"style was not measured: {why}").row(None, None)]
    return [metric_row(record.settings, row) for row in rows]


def _asked(row: GenerationRow) -> str:
    """What the show asks; what was said in a held-out episode asks for no quote and no guest."""
    return "" if row["item_kind"] == "held_out" else row["prompt"]
