-- Of each judged item and tuned model the arm that the judges who qualified preferred most often, with its answer, latest run first.
SELECT
    runs.started_at,
    ranked.run_id,
    ranked."show",
    ranked.question,
    generations.prompt,
    ranked.model,
    ranked.arm AS best_arm,
    ranked.votes_won,
    ranked.votes,
    generations.answer
FROM (
    SELECT
        sides.run_id,
        sides."show",
        sides.question,
        sides.model,
        sides.arm,
        sum(sides.won) AS votes_won,
        count(*) AS votes,
        row_number() OVER (
            PARTITION BY sides.run_id, sides.question, sides.model
            ORDER BY CAST(sum(sides.won) AS DOUBLE) / count(*) DESC, sides.arm
        ) AS place
    FROM (
        SELECT run_id, "show", judge, question, model, first_arm AS arm,
            CASE WHEN vote = 'first' THEN 1 ELSE 0 END AS won
        FROM judgements
        WHERE model IS NOT NULL AND vote IS NOT NULL
        UNION ALL
        SELECT run_id, "show", judge, question, model, second_arm AS arm,
            CASE WHEN vote = 'second' THEN 1 ELSE 0 END AS won
        FROM judgements
        WHERE model IS NOT NULL AND vote IS NOT NULL
    ) AS sides
    JOIN metrics
        ON metrics.run_id = sides.run_id
        AND metrics.arm = 'judge'
        AND metrics.model = sides.judge
        AND metrics.metric = 'judge_accuracy'
        AND metrics.low > 0.5
    GROUP BY sides.run_id, sides."show", sides.question, sides.model, sides.arm
) AS ranked
JOIN runs ON runs.run_id = ranked.run_id
JOIN generations
    ON generations.run_id = ranked.run_id
    AND generations.question = ranked.question
    AND generations.model = ranked.model
    AND generations.arm = ranked.arm
WHERE ranked.place = 1
ORDER BY runs.started_at DESC, ranked.run_id, ranked.question, ranked.model
