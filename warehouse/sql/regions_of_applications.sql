-- Applications with their region and the programmes they were looked at for.
SELECT application_id, any_value(region_code) AS region_code, list(DISTINCT programme ORDER BY programme) FILTER (requested) AS programmes
FROM "current".household_verdict
WHERE application_id IN (SELECT unnest($applications::VARCHAR[]))
GROUP BY application_id
ORDER BY application_id
