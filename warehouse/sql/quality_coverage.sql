-- Lines of coverage by source, institution and state; only of the given areas.
SELECT line.source, line.institution, line.state, count(*) AS lines, max(line.as_of) AS newest_as_of
FROM "current".coverage AS line
JOIN (SELECT DISTINCT application_id, region_code FROM "current".household_verdict) AS application USING (application_id)
WHERE $everything OR len(list_filter($regions, lambda code: starts_with(application.region_code, code))) > 0
GROUP BY ALL
ORDER BY ALL
