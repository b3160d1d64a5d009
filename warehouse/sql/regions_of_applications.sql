-- Applications with their region and the programmes they were looked at for.
SELECT application_id, any_value(region_code) AS region_code, list(DISTINCT programme ORDER BY programme) FILTER (requested) AS programmes
FROM "current".household_verdict
WHERE list_contains($applications, application_id)
GROUP BY application_id
ORDER BY application_id
