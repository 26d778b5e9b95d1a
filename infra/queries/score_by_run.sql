-- Each metric of each model untuned, prompted and tuned, run by run, with the answers it was taken from, beside the host and another person, and the price of the votes behind it.
SELECT
    metrics."show",
    metrics.model,
    metrics.metric,
    runs.started_at,
    metrics.run_id,
    max(CASE WHEN metrics.arm = 'base' THEN metrics.value END) AS untuned,
    max(CASE WHEN metrics.arm = 'base' THEN metrics.n END) AS untuned_n,
    max(CASE WHEN metrics.arm = 'prompted' THEN metrics.value END) AS prompted,
    max(CASE WHEN metrics.arm = 'prompted' THEN metrics.n END) AS prompted_n,
    max(CASE WHEN metrics.arm = 'tuned' THEN metrics.value END) AS tuned,
    max(CASE WHEN metrics.arm = 'tuned' THEN metrics.n END) AS tuned_n,
    max(coalesce(people.host, CASE WHEN metrics.arm = 'host' THEN metrics.value END)) AS host,
    max(people.another_person) AS another_person,
    max(metrics.cost_usd) AS judging_usd
FROM metrics
JOIN runs ON runs.run_id = metrics.run_id
LEFT JOIN (
    SELECT
        metrics.run_id,
        metrics.metric,
        max(CASE WHEN metrics.arm = 'host' THEN metrics.value END) AS host,
        max(CASE WHEN metrics.arm = 'impostor' THEN metrics.value END) AS another_person
    FROM metrics
    WHERE metrics.model IS NULL
    GROUP BY metrics.run_id, metrics.metric
) AS people ON people.run_id = metrics.run_id AND people.metric = metrics.metric
WHERE metrics.model IS NOT NULL AND metrics.arm <> 'judge'
GROUP BY metrics."show", metrics.model, metrics.metric, runs.started_at, metrics.run_id
ORDER BY metrics."show", metrics.model, metrics.metric, runs.started_at, metrics.run_id
