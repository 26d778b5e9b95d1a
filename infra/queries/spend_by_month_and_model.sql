-- What each month cost, by purpose and model, what is still reserved, and the most of bills that were never told.
SELECT
    month,
    "show",
    purpose,
    provider,
    model,
    coalesce(stand_in, false) AS stand_in,
    count(*) AS purchases,
    sum(coalesce(settled_usd, DECIMAL '0')) AS settled_usd,
    sum(CASE WHEN status = 'reserved' THEN reserved_usd ELSE DECIMAL '0' END) AS still_reserved_usd,
    sum(CASE WHEN status = 'unknown' THEN reserved_usd ELSE DECIMAL '0' END) AS unknown_at_most_usd
FROM spend
WHERE status <> 'released'
GROUP BY month, "show", purpose, provider, model, coalesce(stand_in, false)
ORDER BY month DESC, settled_usd DESC, model, purpose
