-- How often two judges of a run preferred the same reply when it was shown in the same order, and how often either gave no vote, latest run first.
SELECT
    runs.started_at,
    one.run_id,
    one."show",
    one.judge,
    other.judge AS other_judge,
    count(*) AS ballots,
    count(CASE WHEN one.vote IS NULL OR other.vote IS NULL THEN 1 END) AS without_two_votes,
    count(CASE WHEN one.vote = other.vote THEN 1 END) AS agreed,
    CAST(count(CASE WHEN one.vote = other.vote THEN 1 END) AS DOUBLE)
        / nullif(count(CASE WHEN one.vote IS NOT NULL AND other.vote IS NOT NULL THEN 1 END), 0) AS agreement
FROM judgements AS one
JOIN judgements AS other
    ON other.run_id = one.run_id
    AND other.pair_id = one.pair_id
    AND other.first_arm = one.first_arm
    AND other.second_arm = one.second_arm
    AND coalesce(other.model, '') = coalesce(one.model, '')
    AND other.judge > one.judge
JOIN runs ON runs.run_id = one.run_id
GROUP BY runs.started_at, one.run_id, one."show", one.judge, other.judge
ORDER BY runs.started_at DESC, one.run_id, one.judge, other.judge
