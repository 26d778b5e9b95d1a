"""A run and what it came to, each thing computed once: summary, pages and exports show the same objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.evaluation.measures import Number, Place, numbers
from shared.evaluation.verdicts import Verdict
from shared.lake.rows import MetricRow, SpendRow
from shared.lake.tables import Lake
from shared.report.arms import ModelArm, arms
from shared.report.data_quality import Finding, findings
from shared.report.ending import RunningJob, running_jobs
from shared.report.record import EpisodeCounts, RunRecord, episode_counts
from shared.report.results import copying, corpus, quiz, scores
from shared.report.results.answers import Question, questions
from shared.report.results.choice import Choice, choice
from shared.report.results.jury import Jury, judged, verdict
from shared.report.results.years import Year, corpus_by_year
from shared.report.spending import Commitment, ModelLine, commitment, model_line, spend_rows


@dataclass(frozen=True, slots=True)
class Report:
    """A run and what it came to.

    `arms` are in the order of the page's columns; `metrics` are all scores, `numbers` those that have a
    number; `questions` have everybody's answers; `quiz` are the items of the blind quiz, `no_quiz` why
    there is none.
    """

    record: RunRecord
    arms: Sequence[ModelArm]
    metrics: Sequence[MetricRow]
    numbers: Mapping[Place, Number]
    jury: Jury
    verdict: Verdict
    questions: Sequence[Question]
    quiz: Sequence[quiz.Item]
    no_quiz: str
    episodes: EpisodeCounts
    findings: Sequence[Finding]
    years: Sequence[Year]
    choice: Choice
    models: Sequence[ModelLine]
    commitment: Commitment
    spend: Sequence[SpendRow]
    left_running: Sequence[RunningJob]


def compute(lake: Lake, record: RunRecord) -> Report:
    """Return the report of a run; reads the show's turns and pairs, and what trained its models."""
    sampled = scores.samples(record.generations)
    spoken = corpus.read(lake, record, sampled.questions, sampled.quotations())
    copies = copying.read(lake, record, spoken.held_out)
    facts = scores.known(record, sampled, spoken)
    jury = judged(record)
    metrics = scores.scores(record, sampled, facts, spoken, copies, jury.scores)
    found = numbers(metrics)
    items = quiz.items(record)
    return Report(
        record=record,
        arms=arms(record.settings, record.generations),
        metrics=metrics,
        numbers=found,
        jury=jury,
        verdict=verdict(record, jury.judges, found),
        questions=questions(record, facts, copies.spans),
        quiz=items,
        no_quiz=quiz.missing(items),
        episodes=episode_counts(record),
        findings=findings(record.episodes, record.discovery, record.dataset),
        years=corpus_by_year(record.episodes),
        choice=choice(record, spoken.pairs),
        models=[model_line(record, model) for model in record.settings.models],
        commitment=commitment(record.plans),
        spend=spend_rows(record.settings, record.closing.entries),
        left_running=running_jobs(record.closing.trainings),
    )
