-- How many applications of each county got which suggestion for the programme they asked for; only of the given areas.
SELECT left(region_code, 6) AS region_code, programme, suggestion, certain, count(*) AS applications
FROM "current".household_verdict
WHERE requested AND ($everything OR len(list_filter($regions, lambda code: starts_with(region_code, code))) > 0)
GROUP BY ALL
ORDER BY ALL
