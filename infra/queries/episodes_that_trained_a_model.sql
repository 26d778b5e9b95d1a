-- Which episodes trained which tuned model, for example to answer a request for removal.
SELECT
    jobs.fine_tuned_model,
    jobs.model,
    jobs.run_id,
    jobs.job_id,
    episodes.title,
    CAST(episodes.published AS DATE) AS published_on,
    episodes.url,
    selections.episode_id,
    count(*) AS pairs,
    sum(selections.n_tokens) AS tokens_per_epoch
FROM jobs
JOIN selections ON selections.run_id = jobs.run_id AND selections.model = jobs.model
LEFT JOIN episodes ON episodes."show" = selections."show" AND episodes.episode_id = selections.episode_id
WHERE jobs.status = 'succeeded'
GROUP BY
    jobs.fine_tuned_model,
    jobs.model,
    jobs.run_id,
    jobs.job_id,
    episodes.title,
    CAST(episodes.published AS DATE),
    episodes.url,
    selections.episode_id
ORDER BY jobs.run_id, jobs.model, tokens_per_epoch DESC, selections.episode_id
