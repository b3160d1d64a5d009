-- Scores of links that a model gave, in steps of a twentieth.
SELECT tier, floor(score * 20) / 20 AS score_from, count(*) AS links
FROM "current".person_link
WHERE score IS NOT NULL AND decided_by = 'model'
GROUP BY ALL
ORDER BY score_from, tier
