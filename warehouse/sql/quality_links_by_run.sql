-- Links of every run that is kept, by tier, how many a clerk decided, and the middle score of what a model did; of people of the given areas, or of everybody.
WITH own AS (
  SELECT DISTINCT holder.run_id, holder.person_ref
  FROM (SELECT run_id, person_ref, unnest(application_ids) AS application_id FROM publish.person) AS holder
  JOIN (
    SELECT DISTINCT run_id, application_id FROM publish.household_verdict
    WHERE ($everything OR len(list_filter($regions, lambda code: starts_with(region_code, code))) > 0)
      AND ($all_programmes OR (requested AND list_contains($programmes, programme)))
  ) AS application USING (run_id, application_id)
)
SELECT run_id, count(*) FILTER (tier = 'A') AS a, count(*) FILTER (tier = 'B') AS b,
       count(*) FILTER (tier = 'C') AS c, count(*) FILTER (tier = 'D') AS d,
       count(*) FILTER (decided_by = 'clerk') AS clerk, median(score) FILTER (decided_by = 'model') AS score_median
FROM publish.person_link
WHERE $whole OR (run_id, person_ref) IN (SELECT (run_id, person_ref) FROM own)
GROUP BY run_id
ORDER BY run_id
