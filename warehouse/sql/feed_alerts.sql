-- The alerts of run $run, by what the change feed tells of them.
SELECT alert_id, facts_digest || ' ' || state AS alert_version, region_code
FROM publish.alert
WHERE run_id = $run
