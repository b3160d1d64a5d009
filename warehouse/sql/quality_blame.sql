-- For each dataset, the alerts that were decided and rested on a row of it, by outcome: how often the source itself was wrong.
SELECT evidence.dataset, life.outcome, count(DISTINCT life.alert_id) AS alerts
FROM "current".alert_life AS life
JOIN (SELECT DISTINCT alert_id, dataset FROM publish.alert_evidence) AS evidence USING (alert_id)
WHERE life.outcome IS NOT NULL
GROUP BY ALL
ORDER BY ALL
