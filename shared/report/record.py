"""Everything that one run left behind, read once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from shared import money
from shared.lake import keys
from shared.lake.rows import (
    GenerationRow,
    JobMetricRow,
    JobRow,
    JudgementRow,
    MetricRow,
    PlanRow,
    ScoreRow,
    TokenStatsRow,
)
from shared.lake.tables import Lake, Typed
from shared.ledger import Entry, Totals
from shared.report.text import dollars
from shared.run import RunSettings, frozen

Row = Mapping[str, Any]
EPISODE_COLUMNS = (
    "episode_id",
    "url",
    "title",
    "guests",
    "published",
    "status",
    "reason",
    "detail",
    "warnings",
    "n_turns",
    "n_tokens",
)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run as it was found. Rows are in the schemas of their tables; a stage not reached has none.

    `episodes` are the show's as far as the run looks back, also those that earlier runs read;
    `evaluation` is what the arms were asked and shown, see `EvaluationSet`; `jurors` what became of
    each judge.
    """

    settings: RunSettings
    discovery: Mapping[str, Any] | None
    dataset: Mapping[str, Any] | None
    episodes: Sequence[Row]
    token_stats: Sequence[TokenStatsRow]
    plans: Sequence[PlanRow]
    jobs: Sequence[JobRow]
    job_metrics: Sequence[JobMetricRow]
    generations: Sequence[GenerationRow]
    judgements: Sequence[JudgementRow]
    jurors: Sequence[Row]
    evaluation: Mapping[str, Any] | None
    totals: Totals | None
    entries: Sequence[Entry]
    error: str | None
    cause: str | None
    finished_at: datetime
    ended: str | None = None
    left_running: Sequence[Row] = ()

    @property
    def run_id(self) -> str:
        """The run's name."""
        return self.settings.run_id

    @property
    def status(self) -> str:
        """SUCCEEDED, FAILED, ABORTED or TIMED_OUT, as Step Functions says or will say."""
        return self.ended or ("SUCCEEDED" if self.error is None else "FAILED")


def collect(
    lake: Lake,
    run_id: str,
    totals: Totals | None,
    entries: Sequence[Entry],
    error: str | None,
    cause: str | None,
    finished_at: datetime,
    status: str | None = None,
    left_running: Sequence[Row] = (),
) -> RunRecord | None:
    """The run as far as it came; None when it has no manifest, because its input was refused."""
    manifest = lake.read_json(keys.manifest(run_id))
    if manifest is None:
        return None
    settings = frozen(manifest)
    discovery = lake.read_json(keys.discovery(run_id))
    return RunRecord(
        settings=settings,
        discovery=discovery,
        dataset=lake.read_json(keys.dataset(run_id)),
        episodes=_episodes(lake, settings) if discovery else (),
        token_stats=_rows(lake, "token_stats", TokenStatsRow, run_id),
        plans=_rows(lake, "plans", PlanRow, run_id),
        jobs=_rows(lake, "jobs", JobRow, run_id),
        job_metrics=_rows(lake, "job_metrics", JobMetricRow, run_id),
        generations=_rows(lake, "generations", GenerationRow, run_id),
        judgements=_rows(lake, "judgements", JudgementRow, run_id),
        jurors=[lake.read_json(key) for key in lake.keys(keys.jurors(run_id))],
        evaluation=lake.read_json(keys.evaluation_set(run_id)),
        totals=totals,
        entries=tuple(entries),
        error=error,
        cause=cause,
        finished_at=finished_at,
        ended=status,
        left_running=left_running,
    )


def _rows(lake: Lake, table: str, kind: type[Typed], run_id: str) -> tuple[Typed, ...]:
    return tuple(lake.read_as(kind, keys.table_file(table, run_id)))


def _episodes(lake: Lake, settings: RunSettings) -> tuple[Row, ...]:
    found = [
        row
        for row in lake.show_rows("episodes", settings.show.name, EPISODE_COLUMNS)
        if settings.since is None or row["published"].date() >= settings.since
    ]
    return tuple(sorted(found, key=lambda row: (row["published"], row["episode_id"])))


def metric_row(settings: RunSettings, score: ScoreRow, cost: Decimal = money.ZERO) -> MetricRow:
    """Return a score as one of the run, with what the votes behind it cost."""
    return {"run_id": settings.run_id, "show": settings.show.name, **score, "cost_usd": cost}


def unknown(entries: Iterable[Entry]) -> Decimal:
    """The most that bills can come to which no provider ever told; it is held and not settled."""
    return money.add(*(entry.reserved for entry in entries if entry.status == "unknown"))


def untold(record: RunRecord) -> str:
    """What goes on after what a run cost: the most that nobody told, or nothing."""
    most = unknown(record.entries)
    return f", and at most {dollars(most)} that no provider has told" if most else ""
