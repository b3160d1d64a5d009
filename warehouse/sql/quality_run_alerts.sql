-- Of each run that is kept, the open alerts of the given areas.
SELECT run_id, count(*) AS alerts_open
FROM publish.alert
WHERE state = 'open'
  AND ($everything OR len(list_filter($regions, lambda code: starts_with(coalesce(region_code, ''), code))) > 0)
GROUP BY run_id
ORDER BY run_id
