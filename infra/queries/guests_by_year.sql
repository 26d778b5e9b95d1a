-- Who was a guest in which year, to hold a model's claims about guests against.
SELECT
    episodes."show",
    episodes.year,
    guests.guest,
    count(*) AS episodes,
    min(CAST(episodes.published AS DATE)) AS first_published_on
FROM episodes
CROSS JOIN UNNEST(episodes.guests) AS guests (guest)
GROUP BY episodes."show", episodes.year, guests.guest
ORDER BY "show", year, guest
