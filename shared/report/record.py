"""Everything that one run left behind but the words of its show: each object of the bucket is read once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypedDict

from shared import money
from shared.dataset.evaluation_set import EvaluationSet
from shared.evaluation.jury import JudgeStatus
from shared.lake import from_json, keys
from shared.lake.rows import (
    GenerationRow,
    Int32,
    JobMetricRow,
    JobRow,
    JudgementRow,
    MetricRow,
    PlanRow,
    ScoreRow,
    TokenStatsRow,
)
from shared.lake.tables import Lake, Typed, as_kept
from shared.report.ending import Closing, Training
from shared.run import RunSettings, frozen


class Discovery(TypedDict, total=False):
    """What *Discover episodes* left: how many episodes there are of which kind, and what it noticed."""

    discovered: int
    new: int
    changed: int
    unchanged: int
    removed: int
    excluded: int
    feed_moved_to: str | None
    passed_over: dict[str, int]
    notes: list[str]
    forgotten: int
    in_vain: list[str]
    trained_on_removed: list[dict[str, Any]]


class DatasetSize(TypedDict, total=False):
    """What *Build dataset* left of the usable corpus, and which patterns match nothing."""

    pairs: int
    tokens: int
    in_vain: list[str]


class EpisodeRead(TypedDict):
    """What a report tells of an episode."""

    episode_id: str
    url: str
    title: str | None
    guests: list[str] | None
    published: datetime
    status: str
    reason: str | None
    detail: str | None
    warnings: list[str] | None
    n_turns: Int32
    n_tokens: int


class Selected(TypedDict):
    """A pair that trains a model."""

    pair_id: str


class EpisodeCounts(TypedDict):
    """How many episodes the source lists, and how many of those looked at the lake has by status."""

    discovered: int
    parsed: int
    refused: int
    failed: int


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run as it was found; of a stage that it did not reach there is nothing.

    `episodes` are the show's as far as the run looks back, by publication, also those that earlier runs
    read; `selected` are the pairs that train each planned model; `style` is what *Measure style* left.
    """

    settings: RunSettings
    closing: Closing
    discovery: Discovery
    dataset: DatasetSize
    evaluation: EvaluationSet
    episodes: Sequence[EpisodeRead]
    token_stats: Sequence[TokenStatsRow]
    plans: Sequence[PlanRow]
    selected: Mapping[str, frozenset[str]]
    jobs: Sequence[JobRow]
    job_metrics: Sequence[JobMetricRow]
    generations: Sequence[GenerationRow]
    judgements: Sequence[JudgementRow]
    judges: Sequence[JudgeStatus]
    style: Sequence[ScoreRow] | None

    @property
    def run_id(self) -> str:
        """The run's name."""
        return self.settings.run_id


def read(lake: Lake, closing: Closing) -> RunRecord | None:
    """Return the run as far as it came; None when it has no manifest, because its input was refused."""
    run_id = closing.run_id
    manifest = lake.read_json(keys.manifest(run_id))
    if manifest is None:
        return None
    settings = frozen(manifest)
    discovery: Discovery = _document(lake, keys.discovery(run_id))
    dataset: DatasetSize = _document(lake, keys.dataset(run_id))
    evaluation = lake.read_json(keys.evaluation_set(run_id))
    plans = lake.read_as(PlanRow, keys.table_file("plans", run_id))
    return RunRecord(
        settings=settings,
        closing=closing,
        discovery=discovery,
        dataset=dataset,
        evaluation=EvaluationSet.from_document(evaluation) if evaluation else EvaluationSet(),
        episodes=_episodes(lake, settings) if discovery else (),
        token_stats=lake.read_as(TokenStatsRow, keys.table_file("token_stats", run_id)),
        plans=plans,
        selected={plan["model"]: _selected(lake, run_id, plan["model"]) for plan in plans},
        jobs=_jobs(lake, settings, closing.trainings, plans),
        job_metrics=_kept(lake, JobMetricRow, keys.run_folder(run_id, "curves")),
        generations=_kept(lake, GenerationRow, keys.answers_of(run_id)),
        judgements=_kept(lake, JudgementRow, keys.run_folder(run_id, "judgements")),
        judges=[lake.read_json(key) for key in lake.keys(keys.jurors(run_id))],
        style=None if closing.style_failure else _style(lake, run_id),
    )


def _document(lake: Lake, key: str) -> Any:
    return lake.read_json(key) or {}


def _kept(lake: Lake, kind: type[Typed], folder: str) -> list[Typed]:
    """The rows that the stages left as JSON, as they stand in their table."""
    return as_kept(
        kind, [from_json(kind, row) for key in lake.keys(folder) for row in lake.read_json(key)]
    )


def _style(lake: Lake, run_id: str) -> list[ScoreRow] | None:
    rows = lake.read_json(keys.style(run_id))
    return None if rows is None else [from_json(ScoreRow, row) for row in rows]


def _jobs(
    lake: Lake, settings: RunSettings, trainings: Iterable[Training], plans: Iterable[PlanRow]
) -> list[JobRow]:
    """Each training as it was settled; one that the run was stopped before it settled as it was left."""
    settled = lake.keys(keys.run_folder(settings.run_id, "jobs"))
    estimates = {plan["model"]: plan["estimated_usd"] for plan in plans}
    unsettled = [
        _unsettled_job(settings, training, estimates.get(training.entry.model))
        for training in trainings
        if keys.outcome(settings.run_id, training.entry.model) not in settled
    ]
    return as_kept(
        JobRow, [*unsettled, *(from_json(JobRow, lake.read_json(key)) for key in settled)]
    )


def _unsettled_job(
    settings: RunSettings, training: Training, estimated_usd: Decimal | None
) -> JobRow:
    entry, purchase = training
    return {
        "run_id": settings.run_id,
        "show": settings.show.name,
        "model": entry.model,
        "provider": entry.provider,
        "purchase_id": entry.purchase_id,
        "job_id": purchase.job_id,
        "status": "running" if purchase.state == "created" else purchase.state,
        "fine_tuned_model": purchase.fine_tuned_model,
        "bought_by": settings.run_id,
        "training_tokens": purchase.trained_tokens,
        "estimated_usd": estimated_usd,
        "settled_usd": entry.settled or money.ZERO,
        "error": purchase.reason or None,
        "stand_in": settings.stand_in,
    }


def _episodes(lake: Lake, settings: RunSettings) -> list[EpisodeRead]:
    return sorted(_looked_at(lake, settings), key=lambda row: (row["published"], row["episode_id"]))


def _looked_at(lake: Lake, settings: RunSettings) -> Iterator[EpisodeRead]:
    for key in lake.show_files("episodes", settings.show.name):
        for row in lake.read_as(EpisodeRead, key):
            if settings.since is None or row["published"].date() >= settings.since:
                yield row


def _selected(lake: Lake, run_id: str, model: str) -> frozenset[str]:
    rows = lake.read_as(Selected, keys.table_file("selections", f"{run_id}.{model}"))
    return frozenset(row["pair_id"] for row in rows)


def episode_counts(record: RunRecord) -> EpisodeCounts:
    """Return how many episodes there are of each kind."""
    by_status = Counter(row["status"] for row in record.episodes)
    return {
        "discovered": record.discovery.get("discovered", 0),
        "parsed": by_status["parsed"],
        "refused": by_status["refused"],
        "failed": by_status["failed"],
    }


def metric_row(settings: RunSettings, score: ScoreRow, cost: Decimal = money.ZERO) -> MetricRow:
    """Return a score as one of the run, with what the votes behind it cost."""
    return {"run_id": settings.run_id, "show": settings.show.name, **score, "cost_usd": cost}
