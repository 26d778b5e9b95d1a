-- Each question with the untuned and the tuned model's answer, latest run first.
SELECT
    runs.started_at,
    generations.run_id,
    generations."show",
    generations.question,
    generations.prompt,
    generations.model,
    max(CASE WHEN generations.arm = 'base' THEN generations.answer END) AS untuned_answer,
    max(CASE WHEN generations.arm = 'tuned' THEN generations.answer END) AS tuned_answer,
    max(generations.disclosure) AS disclosure
FROM generations
JOIN runs ON runs.run_id = generations.run_id
GROUP BY
    runs.started_at,
    generations.run_id,
    generations."show",
    generations.question,
    generations.prompt,
    generations.model
ORDER BY runs.started_at DESC, generations.run_id, generations.question, generations.model
