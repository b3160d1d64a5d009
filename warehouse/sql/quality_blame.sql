-- For each dataset, the alerts of the given areas that were decided and rested on a row of it, by outcome: how often the source was wrong.
SELECT evidence.dataset, life.outcome, count(DISTINCT life.alert_id) AS alerts
FROM "current".alert_life AS life
JOIN (SELECT DISTINCT alert_id, dataset FROM publish.alert_evidence) AS evidence USING (alert_id)
WHERE life.outcome IS NOT NULL
  AND ($everything OR len(list_filter($regions, lambda code: starts_with(coalesce(life.region_code, ''), code))) > 0)
GROUP BY ALL
ORDER BY ALL
