-- Alerts about an application or any of these people. First the rows are found by the columns that tell, then only those are read
-- whole: lists are dear to read, and texts dearer.
SELECT * FROM publish.alert
WHERE rowid IN (
    SELECT rowid FROM publish.alert
    WHERE run_id = (SELECT max(run_id) FROM publish.run) AND subject_id = $application
    UNION
    SELECT "row" FROM (
        SELECT rowid AS "row", unnest(person_refs) AS person_ref FROM publish.alert
        WHERE run_id = (SELECT max(run_id) FROM publish.run)
    ) WHERE person_ref IN (SELECT unnest($people))
)
ORDER BY alert_id
