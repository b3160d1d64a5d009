-- Alerts of the newest run by code, severity and state, with the yuan at stake; only of the given areas.
SELECT code, severity, state, count(*) AS alerts, sum(amount) AS amount
FROM "current".alert
WHERE $everything OR len(list_filter($regions, lambda code: starts_with(coalesce(region_code, ''), code))) > 0
GROUP BY ALL
ORDER BY ALL
