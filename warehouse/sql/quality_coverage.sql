-- Lines of coverage by source, institution and state; only of applications of the given areas and programmes.
SELECT line.source, line.institution, line.state, count(*) AS lines, max(line.as_of) AS newest_as_of
FROM "current".coverage AS line
WHERE line.application_id IN (
  SELECT application_id FROM "current".household_verdict
  WHERE ($everything OR len(list_filter($regions, lambda code: starts_with(region_code, code))) > 0)
    AND ($all_programmes OR (requested AND list_contains($programmes, programme)))
)
GROUP BY ALL
ORDER BY ALL
