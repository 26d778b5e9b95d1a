-- Each metric of each model before and after tuning, run by run, with the answers it was taken from.
SELECT
    metrics."show",
    metrics.model,
    metrics.metric,
    runs.started_at,
    metrics.run_id,
    max(CASE WHEN metrics.arm = 'base' THEN metrics.value END) AS untuned,
    max(CASE WHEN metrics.arm = 'base' THEN metrics.n END) AS untuned_n,
    max(CASE WHEN metrics.arm = 'tuned' THEN metrics.value END) AS tuned,
    max(CASE WHEN metrics.arm = 'tuned' THEN metrics.n END) AS tuned_n
FROM metrics
JOIN runs ON runs.run_id = metrics.run_id
GROUP BY metrics."show", metrics.model, metrics.metric, runs.started_at, metrics.run_id
ORDER BY metrics."show", metrics.model, metrics.metric, runs.started_at, metrics.run_id
