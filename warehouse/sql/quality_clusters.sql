-- How many rows of one dataset are linked to one person: the sizes, and how many people have each.
SELECT dataset, least(linked, 10) AS rows_linked, count(*) AS people
FROM (SELECT dataset, person_ref, count(*) AS linked FROM "current".person_link WHERE tier IN ('A', 'B') GROUP BY ALL)
GROUP BY ALL
ORDER BY ALL
