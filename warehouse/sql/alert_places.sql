-- Who each alert of the newest run is about: its subject, and every person of its list.
SELECT subject_id AS about, rowid AS "row" FROM publish.alert
WHERE run_id = (SELECT max(run_id) FROM publish.run)
UNION
SELECT unnest(person_refs) AS about, rowid AS "row" FROM publish.alert
WHERE run_id = (SELECT max(run_id) FROM publish.run)
