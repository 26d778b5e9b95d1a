"""One type for the rows of each table of the lake: its columns in order, and which of them may be empty.

The Parquet schemas are made from these types, see `schemas`. A column that a table got after a file was
written is empty there, whatever its type says. All money is in US dollars, all times are in UTC.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, TypedDict

Int32 = Annotated[int, "32 bits"]


class EpisodeRow(TypedDict):
    """One episode as it was last read; `status` is parsed, refused or failed, and `reason` a code for why."""

    show: str
    episode_id: str
    url: str
    title: str | None
    guests: list[str] | None
    published: datetime
    recorded: date | None
    status: str
    reason: str | None
    detail: str | None
    structure: str | None
    n_turns: Int32
    n_tokens: int
    host_share: float | None
    n_replaced: Int32 | None
    warnings: list[str] | None
    content_sha256: str | None
    feed_fingerprint: str
    parser_version: Int32
    fetched_at: datetime | None
    turns_digest: str | None
    guid: str | None
    duplicate_of: str | None
    sketch: list[int] | None
    asked_since: datetime | None


class TurnRow(TypedDict):
    """What one speaker says without a break; `role` is host, guest or other."""

    show: str
    episode_id: str
    turn: Int32
    speaker: str | None
    role: str
    text: str
    n_tokens: Int32
    n_words: Int32
    n_chars: Int32


class PairRow(TypedDict):
    """What somebody says and what the host answers, cleaned; `must_have_patterns` by their place in the profile."""

    pair_id: str
    show: str
    episode_id: str
    turn: Int32
    prompt: str
    completion: str
    prompt_tokens: Int32
    completion_tokens: Int32
    prompt_words: Int32
    completion_words: Int32
    prompt_chars: Int32
    completion_chars: Int32
    split: str
    must_have: bool
    must_have_patterns: list[Int32] | None


class OfRun(TypedDict):
    """The columns that rows of a run begin with."""

    run_id: str
    show: str


class SelectionRow(OfRun):
    """A pair that trains a model, and its place in the training file."""

    model: str
    position: Int32
    pair_id: str
    episode_id: str
    must_have: bool
    n_tokens: Int32


class TokenStatsRow(OfRun):
    """How many tokens, words or characters (`unit`) the prompts, completions or pairs (`text`) have."""

    scope: str
    text: str
    unit: str
    n: int
    mean: float
    sum: int


class PlanRow(OfRun):
    """What a model would cost and what its budget buys, see `dataset.plan.ModelPlan`."""

    model: str
    provider: str
    n_epochs: Int32
    usable_pairs: int
    usable_tokens: int
    usable_usd_per_epoch: Decimal
    usable_usd: Decimal
    budget_usd: Decimal
    budget_tokens: int
    budget_share: float
    selected_pairs: int
    selected_tokens: int
    selected_share: float
    estimated_usd: Decimal
    reserved_usd: Decimal
    evaluation_expected_usd: Decimal
    evaluation_usd: Decimal
    fits: bool
    training_sha256: str
    judging_usd: Decimal | None


class JobRow(OfRun):
    """The training of a model and how it ended; `bought_by` is the run that pays for it."""

    model: str
    provider: str
    purchase_id: str
    job_id: str | None
    status: str
    fine_tuned_model: str | None
    bought_by: str
    training_tokens: int | None
    estimated_usd: Decimal | None
    settled_usd: Decimal
    error: str | None
    stand_in: bool


class JobMetricRow(OfRun):
    """A step of a training with its losses, or a message of the provider's about it."""

    model: str
    job_id: str | None
    step: Int32 | None
    train_loss: float | None
    train_accuracy: float | None
    valid_loss: float | None
    valid_mean_token_accuracy: float | None
    at: datetime | None
    level: str | None
    message: str | None


class SpendRow(OfRun):
    """A reservation of money and what became of it, see `ledger.Entry`."""

    month: str
    entry_id: str
    purpose: str
    model: str
    provider: str
    status: str
    reserved_usd: Decimal
    settled_usd: Decimal | None
    created_at: datetime
    settled_at: datetime | None
    detail: str
    stand_in: bool


class GenerationRow(OfRun):
    """What one arm answered to one item.

    An `arm` is one who answers: `base`, the untuned model; `prompted`, the same with a persona card and
    real exchanges; `tuned`; `host`, the host's own words; `impostor`, another person's. The last two have
    no model, are not `generated`, and answer only `held_out` items: `item_kind` is `question`, one of the
    show's, `held_out`, what was said to the host in the pair `pair_id`, or `probe`, what every show's models
    are asked. `topic_in_training` is of questions alone, and empty where a question is about nothing in
    particular. `cost_usd` is empty where the provider did not count. `finish_reason` is the provider's word;
    of a question that it refused, or whose reply was lost, "no answer: " and why, and the answer is empty.
    """

    generation_id: str
    arm: str
    model: str | None
    model_id: str | None
    question: Int32
    item_kind: Literal["question", "held_out", "probe"]
    pair_id: str | None
    prompt: str
    topic_in_training: bool | None
    answer: str
    finish_reason: str | None
    prompt_tokens: Int32 | None
    completion_tokens: Int32 | None
    cost_usd: Decimal | None
    bought_now: bool
    created_at: datetime
    generated: bool
    disclosure: str
    stand_in: bool


class JudgementRow(OfRun):
    """One question to one judge: the replies of two arms to a held-out item in the order shown.

    `vote` is which of them is more like the host, empty where the judge's reply says neither; `model` the
    tuned one whose arms meet, empty where host and impostor do.
    """

    judgement_id: str
    judge: str
    family: str
    model: str | None
    question: Int32
    pair_id: str
    episode_id: str
    first_arm: str
    second_arm: str
    first_chars: Int32
    second_chars: Int32
    vote: Literal["first", "second"] | None
    preferred_arm: str | None
    reply: str | None
    prompt_tokens: Int32 | None
    completion_tokens: Int32 | None
    cost_usd: Decimal | None
    bought_now: bool
    created_at: datetime
    stand_in: bool


class ScoreRow(TypedDict):
    """A score of an arm of a model, see `evaluation.measures.Score`; of a measure itself it has neither."""

    arm: str | None
    model: str | None
    metric: str
    value: float | None
    n: Int32
    low: float | None
    high: float | None
    reason: str | None


class MetricRow(OfRun, ScoreRow):
    """A score of a run. The arm `judge` has a judge for its model; `cost_usd` is what the votes behind it cost."""

    cost_usd: Decimal


class RunRow(OfRun):
    """A run, how it ended, and its figures."""

    status: str
    error: str | None
    cause: str | None
    dry_run: bool
    code_version: str
    ceiling_usd: Decimal
    settled_usd: Decimal
    reserved_usd: Decimal
    episodes_discovered: Int32
    episodes_parsed: Int32
    episodes_refused: Int32
    episodes_failed: Int32
    pairs: int
    tokens: int
    started_at: datetime
    finished_at: datetime


TABLES: dict[str, type] = {
    "episodes": EpisodeRow,
    "turns": TurnRow,
    "pairs": PairRow,
    "selections": SelectionRow,
    "token_stats": TokenStatsRow,
    "plans": PlanRow,
    "jobs": JobRow,
    "job_metrics": JobMetricRow,
    "spend": SpendRow,
    "generations": GenerationRow,
    "judgements": JudgementRow,
    "metrics": MetricRow,
    "runs": RunRow,
}
