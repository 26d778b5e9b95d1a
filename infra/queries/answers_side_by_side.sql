-- Each item with the untuned, the prompted and the tuned model's answer and, of what was held out, the host's own, latest run first.
SELECT
    runs.started_at,
    generations.run_id,
    generations."show",
    generations.question,
    generations.item_kind,
    generations.prompt,
    generations.model,
    max(CASE WHEN generations.arm = 'base' THEN generations.answer END) AS untuned_answer,
    max(CASE WHEN generations.arm = 'prompted' THEN generations.answer END) AS prompted_answer,
    max(CASE WHEN generations.arm = 'tuned' THEN generations.answer END) AS tuned_answer,
    max(host.answer) AS host_reply,
    max(generations.disclosure) AS disclosure
FROM generations
JOIN runs ON runs.run_id = generations.run_id
LEFT JOIN generations AS host
    ON host.arm = 'host' AND host.run_id = generations.run_id AND host.question = generations.question
WHERE generations.model IS NOT NULL
GROUP BY
    runs.started_at,
    generations.run_id,
    generations."show",
    generations.question,
    generations.item_kind,
    generations.prompt,
    generations.model
ORDER BY runs.started_at DESC, generations.run_id, generations.question, generations.model
