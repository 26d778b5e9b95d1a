-- What was noticed in each episode, worst first: a host who never speaks, not read at all, and everything milder.
SELECT
    "show",
    published_on,
    title,
    warning,
    url
FROM (
    SELECT
        episodes."show",
        CAST(episodes.published AS DATE) AS published_on,
        episodes.title,
        noticed.warning,
        episodes.url
    FROM episodes
    CROSS JOIN UNNEST(episodes.warnings) AS noticed (warning)
    WHERE episodes.status = 'parsed'
    UNION ALL
    SELECT
        "show",
        CAST(published AS DATE) AS published_on,
        title,
        status || ' (' || coalesce(reason, 'no reason') || '): ' || coalesce(detail, '') AS warning,
        url
    FROM episodes
    WHERE status <> 'parsed'
)
ORDER BY
    CASE
        WHEN warning LIKE 'the host, %, never speaks%' THEN 1
        WHEN warning LIKE 'failed (%' THEN 2
        WHEN warning LIKE 'refused (%duplicate)%' THEN 9
        WHEN warning LIKE 'refused (%' THEN 3
        WHEN warning LIKE 'inside turns stand what may be%' THEN 4
        WHEN warning LIKE 'read from the copy of%' THEN 5
        WHEN warning LIKE 'the transcript may be cut off%' THEN 6
        WHEN warning LIKE '%was offered and %' THEN 7
        ELSE 8
    END,
    published_on DESC,
    "show",
    title
