-- How much was said in each year of a show, in tokens, and how much of it by the host.
SELECT
    "show",
    year,
    count(DISTINCT episode_id) AS episodes,
    count(*) AS turns,
    sum(n_tokens) AS tokens,
    sum(CASE WHEN role = 'host' THEN n_tokens ELSE 0 END) AS host_tokens,
    100 * CAST(sum(CASE WHEN role = 'host' THEN n_tokens END) AS DOUBLE) / sum(n_tokens) AS host_percent
FROM turns
GROUP BY "show", year
ORDER BY "show", year
