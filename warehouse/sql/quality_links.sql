-- Links by dataset, tier and who decided them.
SELECT dataset, tier, decided_by, count(*) AS links, count(DISTINCT person_ref) AS people
FROM "current".person_link
GROUP BY ALL
ORDER BY ALL
