"""The written schema of every table in the lake. The template's Glue tables repeat it; a test holds both together.

Money is decimal(24, 12) US dollars; times are UTC to the millisecond. `episodes`, `turns` and
`pairs` are partitioned by `year`, the year of publication, which is in the path, not in the file.

An `arm` is one who answers: `base`, the untuned model; `prompted`, the same with a persona card and
real exchanges; `tuned`; `host`, the host's own words; `impostor`, another person's. The last two have
no model in `generations`, are not `generated`, and answer only `held_out` items: `item_kind` is
`question`, one of the show's, `held_out`, what was said to the host in the pair `pair_id`, or
`probe`, what every show's models are asked. `topic_in_training` is of questions alone, and null where
a question is about nothing in particular.

A row of `judgements` is one question to one judge: the replies of two arms to a held-out item in the
order shown, `vote` which of them is more like the host, null where the judge's reply says neither. In
`metrics` the arm `judge` has a judge for its model; `cost_usd` is what the votes behind a number cost.
What `metrics` says of a measure and not of answers has neither arm nor model.
"""

import pyarrow as pa

MONEY = pa.decimal128(24, 12)
MOMENT = pa.timestamp("ms", tz="UTC")
STRINGS = pa.list_(pa.string())

PARTITIONED_BY_YEAR = ("episodes", "turns", "pairs")
HIVE_TYPES = {
    pa.string(): "string",
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.float64(): "double",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("ms", tz="UTC"): "timestamp",
    pa.decimal128(24, 12): "decimal(24,12)",
    pa.list_(pa.string()): "array<string>",
    pa.list_(pa.int32()): "array<int>",
    pa.list_(pa.int64()): "array<bigint>",
}
"""How Glue writes each type."""

SCHEMAS: dict[str, pa.Schema] = {
    "episodes": pa.schema(
        [
            ("show", pa.string()),
            ("episode_id", pa.string()),
            ("url", pa.string()),
            ("title", pa.string()),
            ("guests", STRINGS),
            ("published", MOMENT),
            ("recorded", pa.date32()),
            ("status", pa.string()),
            ("reason", pa.string()),
            ("detail", pa.string()),
            ("structure", pa.string()),
            ("n_turns", pa.int32()),
            ("n_tokens", pa.int64()),
            ("host_share", pa.float64()),
            ("n_replaced", pa.int32()),
            ("warnings", STRINGS),
            ("content_sha256", pa.string()),
            ("feed_fingerprint", pa.string()),
            ("parser_version", pa.int32()),
            ("fetched_at", MOMENT),
            ("turns_digest", pa.string()),
            ("guid", pa.string()),
            ("duplicate_of", pa.string()),
            ("sketch", pa.list_(pa.int64())),
        ]
    ),
    "turns": pa.schema(
        [
            ("show", pa.string()),
            ("episode_id", pa.string()),
            ("turn", pa.int32()),
            ("speaker", pa.string()),
            ("role", pa.string()),
            ("text", pa.string()),
            ("n_tokens", pa.int32()),
            ("n_words", pa.int32()),
            ("n_chars", pa.int32()),
        ]
    ),
    "pairs": pa.schema(
        [
            ("pair_id", pa.string()),
            ("show", pa.string()),
            ("episode_id", pa.string()),
            ("turn", pa.int32()),
            ("prompt", pa.string()),
            ("completion", pa.string()),
            ("prompt_tokens", pa.int32()),
            ("completion_tokens", pa.int32()),
            ("prompt_words", pa.int32()),
            ("completion_words", pa.int32()),
            ("prompt_chars", pa.int32()),
            ("completion_chars", pa.int32()),
            ("split", pa.string()),
            ("must_have", pa.bool_()),
            ("must_have_patterns", pa.list_(pa.int32())),
        ]
    ),
    "selections": pa.schema(
        [
            ("run_id", pa.string()),
            ("show", pa.string()),
            ("model", pa.string()),
            ("position", pa.int32()),
            ("pair_id", pa.string()),
            ("episode_id", pa.string()),
            ("must_have", pa.bool_()),
            ("n_tokens", pa.int32()),
        ]
    ),
    "token_stats": pa.schema(
        [
            ("run_id", pa.string()),
            ("show", pa.string()),
            ("scope", pa.string()),
            ("text", pa.string()),
            ("unit", pa.string()),
            ("n", pa.int64()),
            ("mean", pa.float64()),
            ("sum", pa.int64()),
        ]
    ),
    "plans": pa.schema(
        [
            ("run_id", pa.string()),
            ("show", pa.string()),
            ("model", pa.string()),
            ("provider", pa.string()),
            ("n_epochs", pa.int32()),
            ("usable_pairs", pa.int64()),
            ("usable_tokens", pa.int64()),
            ("usable_usd_per_epoch", MONEY),
            ("usable_usd", MONEY),
            ("budget_usd", MONEY),
            ("budget_tokens", pa.int64()),
            ("budget_share", pa.float64()),
            ("selected_pairs", pa.int64()),
            ("selected_tokens", pa.int64()),
            ("selected_share", pa.float64()),
            ("estimated_usd", MONEY),
            ("reserved_usd", MONEY),
            ("evaluation_expected_usd", MONEY),
            ("evaluation_usd", MONEY),
            ("fits", pa.bool_()),
            ("training_sha256", pa.string()),
            ("judging_usd", MONEY),
        ]
    ),
    "jobs": pa.schema(
        [
            ("run_id", pa.string()),
            ("show", pa.string()),
            ("model", pa.string()),
            ("provider", pa.string()),
            ("purchase_id", pa.string()),
            ("job_id", pa.string()),
            ("status", pa.string()),
            ("fine_tuned_model", pa.string()),
            ("bought_by", pa.string()),
            ("training_tokens", pa.int64()),
            ("estimated_usd", MONEY),
            ("settled_usd", MONEY),
            ("error", pa.string()),
            ("stand_in", pa.bool_()),
        ]
    ),
    "job_metrics": pa.schema(
        [
            ("run_id", pa.string()),
            ("show", pa.string()),
            ("model", pa.string()),
            ("job_id", pa.string()),
            ("step", pa.int32()),
            ("train_loss", pa.float64()),
            ("train_accuracy", pa.float64()),
            ("valid_loss", pa.float64()),
            ("valid_mean_token_accuracy", pa.float64()),
            ("at", MOMENT),
            ("level", pa.string()),
            ("message", pa.string()),
        ]
    ),
    "spend": pa.schema(
        [
            ("run_id", pa.string()),
            ("show", pa.string()),
            ("month", pa.string()),
            ("entry_id", pa.string()),
            ("purpose", pa.string()),
            ("model", pa.string()),
            ("provider", pa.string()),
            ("status", pa.string()),
            ("reserved_usd", MONEY),
            ("settled_usd", MONEY),
            ("created_at", MOMENT),
            ("settled_at", MOMENT),
            ("detail", pa.string()),
            ("stand_in", pa.bool_()),
        ]
    ),
    "generations": pa.schema(
        [
            ("run_id", pa.string()),
            ("show", pa.string()),
            ("generation_id", pa.string()),
            ("arm", pa.string()),
            ("model", pa.string()),
            ("model_id", pa.string()),
            ("question", pa.int32()),
            ("item_kind", pa.string()),
            ("pair_id", pa.string()),
            ("prompt", pa.string()),
            ("topic_in_training", pa.bool_()),
            ("answer", pa.string()),
            ("finish_reason", pa.string()),
            ("prompt_tokens", pa.int32()),
            ("completion_tokens", pa.int32()),
            ("cost_usd", MONEY),
            ("bought_now", pa.bool_()),
            ("created_at", MOMENT),
            ("generated", pa.bool_()),
            ("disclosure", pa.string()),
            ("stand_in", pa.bool_()),
        ]
    ),
    "judgements": pa.schema(
        [
            ("run_id", pa.string()),
            ("show", pa.string()),
            ("judgement_id", pa.string()),
            ("judge", pa.string()),
            ("family", pa.string()),
            ("model", pa.string()),
            ("question", pa.int32()),
            ("pair_id", pa.string()),
            ("episode_id", pa.string()),
            ("first_arm", pa.string()),
            ("second_arm", pa.string()),
            ("first_chars", pa.int32()),
            ("second_chars", pa.int32()),
            ("vote", pa.string()),
            ("preferred_arm", pa.string()),
            ("reply", pa.string()),
            ("prompt_tokens", pa.int32()),
            ("completion_tokens", pa.int32()),
            ("cost_usd", MONEY),
            ("bought_now", pa.bool_()),
            ("created_at", MOMENT),
            ("stand_in", pa.bool_()),
        ]
    ),
    "metrics": pa.schema(
        [
            ("run_id", pa.string()),
            ("show", pa.string()),
            ("arm", pa.string()),
            ("model", pa.string()),
            ("metric", pa.string()),
            ("value", pa.float64()),
            ("n", pa.int32()),
            ("low", pa.float64()),
            ("high", pa.float64()),
            ("reason", pa.string()),
            ("cost_usd", MONEY),
        ]
    ),
    "runs": pa.schema(
        [
            ("run_id", pa.string()),
            ("show", pa.string()),
            ("status", pa.string()),
            ("error", pa.string()),
            ("cause", pa.string()),
            ("dry_run", pa.bool_()),
            ("code_version", pa.string()),
            ("ceiling_usd", MONEY),
            ("settled_usd", MONEY),
            ("reserved_usd", MONEY),
            ("episodes_discovered", pa.int32()),
            ("episodes_parsed", pa.int32()),
            ("episodes_refused", pa.int32()),
            ("episodes_failed", pa.int32()),
            ("pairs", pa.int64()),
            ("tokens", pa.int64()),
            ("started_at", MOMENT),
            ("finished_at", MOMENT),
        ]
    ),
}
