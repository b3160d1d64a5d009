-- The columns of the newest run's alerts that lists are filtered by, in the order of alert_id; row: where the whole row is.
SELECT rowid AS row, alert_id, code, severity, subject_kind, subject_id, region_code, state
FROM publish.alert
WHERE run_id = (SELECT max(run_id) FROM publish.run)
ORDER BY alert_id
