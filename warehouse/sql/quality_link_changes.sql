-- How the links of two runs differ by dataset: new, gone, and of another tier; of people of the given areas, or of everybody.
WITH own AS (
  SELECT DISTINCT holder.run_id, holder.person_ref
  FROM (SELECT run_id, person_ref, unnest(application_ids) AS application_id FROM publish.person) AS holder
  JOIN (
    SELECT DISTINCT run_id, application_id FROM publish.household_verdict
    WHERE ($everything OR len(list_filter($regions, lambda code: starts_with(region_code, code))) > 0)
      AND ($all_programmes OR (requested AND list_contains($programmes, programme)))
  ) AS application USING (run_id, application_id)
)
SELECT coalesce(now.dataset, before.dataset) AS dataset, count(*) FILTER (before.person_ref IS NULL) AS added,
       count(*) FILTER (now.person_ref IS NULL) AS gone,
       count(*) FILTER (now.tier <> before.tier) AS retiered
FROM (
  SELECT dataset, record_key, person_ref, tier FROM publish.person_link
  WHERE run_id = $newest AND ($whole OR (run_id, person_ref) IN (SELECT (run_id, person_ref) FROM own))
) AS now
FULL JOIN (
  SELECT dataset, record_key, person_ref, tier FROM publish.person_link
  WHERE run_id = $previous AND ($whole OR (run_id, person_ref) IN (SELECT (run_id, person_ref) FROM own))
) AS before
  ON now.dataset = before.dataset AND now.record_key = before.record_key AND now.person_ref = before.person_ref
WHERE now.tier IS DISTINCT FROM before.tier
GROUP BY ALL
ORDER BY ALL
