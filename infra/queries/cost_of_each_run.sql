-- What each run cost against its ceiling, training, answers and judging apart, latest first.
SELECT
    runs.started_at,
    runs.run_id,
    runs."show",
    runs.status,
    runs.error,
    runs.ceiling_usd,
    runs.settled_usd,
    runs.reserved_usd,
    coalesce(sum(CASE WHEN spend.purpose = 'training' THEN spend.settled_usd END), DECIMAL '0') AS training_usd,
    coalesce(sum(CASE WHEN spend.purpose = 'inference' THEN spend.settled_usd END), DECIMAL '0') AS answers_usd,
    coalesce(sum(CASE WHEN spend.purpose = 'judging' THEN spend.settled_usd END), DECIMAL '0') AS judging_usd
FROM runs
LEFT JOIN spend ON spend.run_id = runs.run_id
GROUP BY
    runs.started_at,
    runs.run_id,
    runs."show",
    runs.status,
    runs.error,
    runs.ceiling_usd,
    runs.settled_usd,
    runs.reserved_usd
ORDER BY runs.started_at DESC, runs.run_id
