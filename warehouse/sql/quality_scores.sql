-- Scores of links that a model gave, in steps of a twentieth; only of people of the given areas and programmes, or of everybody.
WITH own AS (
  SELECT DISTINCT holder.person_ref
  FROM (SELECT person_ref, unnest(application_ids) AS application_id FROM "current".person) AS holder
  JOIN (
    SELECT DISTINCT application_id FROM "current".household_verdict
    WHERE ($everything OR len(list_filter($regions, lambda code: starts_with(region_code, code))) > 0)
      AND ($all_programmes OR (requested AND list_contains($programmes, programme)))
  ) AS application USING (application_id)
)
SELECT tier, least(floor(score * 20), 19)::INTEGER AS step, count(*) AS links
FROM "current".person_link
WHERE score IS NOT NULL AND decided_by = 'model' AND ($whole OR person_ref IN (SELECT person_ref FROM own))
GROUP BY ALL
ORDER BY ALL
