-- The applications of the given areas and programmes.
SELECT DISTINCT application_id
FROM "current".household_verdict
WHERE ($everything OR len(list_filter($regions, lambda code: starts_with(region_code, code))) > 0)
  AND ($all_programmes OR (requested AND list_contains($programmes, programme)))
ORDER BY application_id
