-- Episodes that were refused or failed, and why, latest first.
SELECT
    "show",
    CAST(published AS DATE) AS published_on,
    status,
    reason,
    detail,
    title,
    url
FROM episodes
WHERE status <> 'parsed'
ORDER BY published DESC, "show", url
