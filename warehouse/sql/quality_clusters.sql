-- How many rows of one dataset are linked to one person, and how many people have each; of the given areas and programmes, or of everybody.
WITH own AS (
  SELECT DISTINCT holder.person_ref
  FROM (SELECT person_ref, unnest(application_ids) AS application_id FROM "current".person) AS holder
  JOIN (
    SELECT DISTINCT application_id FROM "current".household_verdict
    WHERE ($everything OR len(list_filter($regions, lambda code: starts_with(region_code, code))) > 0)
      AND ($all_programmes OR (requested AND list_contains($programmes, programme)))
  ) AS application USING (application_id)
)
SELECT dataset, least(linked, 10) AS rows_linked, count(*) AS people
FROM (
  SELECT dataset, person_ref, count(*) AS linked FROM "current".person_link
  WHERE tier IN ('A', 'B') AND ($whole OR person_ref IN (SELECT person_ref FROM own))
  GROUP BY ALL
)
GROUP BY ALL
ORDER BY ALL
